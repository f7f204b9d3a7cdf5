import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/index.js';
import { OssClient } from './oss-client.js';

const MIN = 100 * 1024;
const SOURCE = "from/a b+测试'.bin";
const sourceHeader = { 'x-oss-copy-source': `/examplebucket/${encodeURIComponent(SOURCE)}` };

let emulator: Emulator;
let oss: OssClient;
beforeAll(async () => {
	emulator = await startEmulator();
	oss = new OssClient(emulator);
	await oss.put(SOURCE, `0123456789${'x'.repeat(MIN)}`, {
		'content-type': 'text/plain',
		'x-oss-meta-by': 'alice',
		'x-oss-tagging': 'a=1&b=2',
	});
});
afterAll(() => emulator.close());

const stored = (key: string) => emulator.object('examplebucket', key);
const copyPart = (key: string, uploadId: string, partNumber: number, headers: Record<string, string> = {}) =>
	oss.part(key, uploadId, partNumber, '', { ...sourceHeader, ...headers });

describe('CopyObject [E6]', () => {
	test('makes an object of the same bytes and metadata', async () => {
		const answer = await oss.put('copy', '', sourceHeader);
		expect(answer.status).toBe(200);
		const [source, copy] = [await stored(SOURCE), await stored('copy')];
		expect(copy).toMatchObject({ size: MIN + 10, sha256: source?.sha256, crc64: source?.crc64 });
		expect(copy?.headers).toEqual(source?.headers);
		expect(answer.text).toContain('<CopyObjectResult');
		expect(answer.xml('ETag')).toBe(copy?.etag);
		expect(answer.xml('LastModified')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/);
		expect(answer.headers['x-oss-hash-crc64ecma']).toBe(copy?.crc64);
		expect(emulator.requests.at(-1)).toMatchObject({ operation: 'CopyObject', stored: true });
	});

	test('outlives its source', async () => {
		await oss.put('mortal', 'hello');
		await oss.put('heir', '', { 'x-oss-copy-source': '/examplebucket/mortal' });
		await oss.say({ method: 'DELETE', key: 'mortal' });
		expect((await oss.say({ method: 'GET', key: 'heir' })).text).toBe('hello');
	});

	test('may copy an object onto itself, with other metadata', async () => {
		await oss.put('self', 'hello', { 'x-oss-meta-v': 'one' });
		const answer = await oss.put('self', '', {
			'x-oss-copy-source': '/examplebucket/self',
			'x-oss-metadata-directive': 'REPLACE',
			'x-oss-meta-v': 'two',
		});
		expect(answer.status).toBe(200);
		expect(await stored('self')).toMatchObject({ size: 5, headers: { 'x-oss-meta-v': 'two' } });
	});

	test('keeps what is there with x-oss-forbid-overwrite', async () => {
		await oss.put('there', 'old');
		const answer = await oss.put('there', '', { ...sourceHeader, 'x-oss-forbid-overwrite': 'true' });
		expect(answer.xml('Code')).toBe('FileAlreadyExists');
		expect(await stored('there')).toMatchObject({ size: 3 });
	});

	test.each([
		['a source that is not there', '/examplebucket/nothing', 404, 'NoSuchKey'],
		['a source in no bucket', '/nobucket/nothing', 404, 'NoSuchBucket'],
		['a source without a bucket', 'nothing', 400, 'InvalidArgument'],
		['a source that is no percent-encoding', '/examplebucket/%zz', 400, 'InvalidArgument'],
		['a version', '/examplebucket/copy?versionId=1', 400, 'InvalidArgument'],
	])('refuses %s', async (_, source, status, code) => {
		const answer = await oss.put('refused', '', { 'x-oss-copy-source': source });
		expect(answer.status).toBe(status);
		expect(answer.xml('Code')).toBe(code);
		expect(await stored('refused')).toBeUndefined();
	});

	test.each([
		['if-match', () => '"00000000000000000000000000000000"', 412],
		['if-match', (etag: string) => etag, 200],
		['if-none-match', (etag: string) => etag, 304],
		['if-none-match', () => '"00000000000000000000000000000000"', 200],
		['if-unmodified-since', () => new Date(Date.now() - 60_000).toUTCString(), 412],
		['if-unmodified-since', () => new Date(Date.now() + 60_000).toUTCString(), 200],
		['if-modified-since', () => new Date(Date.now() + 60_000).toUTCString(), 304],
		['if-modified-since', () => new Date(Date.now() - 60_000).toUTCString(), 200],
	])('minds x-oss-copy-source-%s', async (condition, value, status) => {
		const etag = (await stored(SOURCE))?.etag ?? '';
		const headers = { ...sourceHeader, [`x-oss-copy-source-${condition}`]: value(etag) };
		expect((await oss.put('conditional', '', headers)).status).toBe(status);
	});
});

describe('UploadPartCopy [E6]', () => {
	test('makes parts of a whole object and of a range, which complete with sent ones', async () => {
		const uploadId = await oss.initiate('mosaic');
		const whole = await copyPart('mosaic', uploadId, 1);
		const range = await copyPart('mosaic', uploadId, 3, { 'x-oss-copy-source-range': 'bytes=2-5' });
		const sent = await oss.part('mosaic', uploadId, 2, 'y'.repeat(MIN));
		expect(whole.text).toContain('<CopyPartResult');
		expect(range.xml('ETag')).toBe(range.headers.etag);
		expect(emulator.requests.at(-2)).toMatchObject({
			operation: 'UploadPartCopy',
			partNumber: 3,
			stored: true,
		});
		const answer = await oss.complete('mosaic', uploadId, [
			[1, whole.xml('ETag') ?? ''],
			[2, sent.headers.etag ?? ''],
			[3, range.xml('ETag') ?? ''],
		]);
		expect(answer.status).toBe(200);
		const { text } = await oss.say({ method: 'GET', key: 'mosaic' });
		expect(text).toBe(`0123456789${'x'.repeat(MIN)}${'y'.repeat(MIN)}2345`);
	});

	test('is listed like any other part', async () => {
		const uploadId = await oss.initiate('listed');
		await copyPart('listed', uploadId, 1, { 'x-oss-copy-source-range': 'bytes=0-9' });
		const list = await oss.say({ method: 'GET', key: 'listed', query: [['uploadId', uploadId]] });
		expect(list.xml('Size')).toBe('10');
	});

	test('needs an upload, a part number and a source that exist', async () => {
		expect((await copyPart('k', 'GONE', 1)).xml('Code')).toBe('NoSuchUpload');
		const uploadId = await oss.initiate('k');
		expect((await copyPart('k', uploadId, 10_001)).xml('Code')).toBe('InvalidArgument');
		const missing = await copyPart('k', uploadId, 1, { 'x-oss-copy-source': '/examplebucket/nothing' });
		expect(missing.xml('Code')).toBe('NoSuchKey');
	});
});

describe('copying needs the right to read the source besides the right to put [E6]', () => {
	const sent = async (
		policy: readonly ('oss:PutObject' | 'oss:GetObject')[],
		keys?: readonly string[],
	): Promise<number> => {
		const client = new OssClient(emulator, emulator.mintCredentials({ policy, ...(keys && { keys }) }));
		return (await client.put('rights', '', sourceHeader)).status;
	};

	test('both are enough', async () => expect(await sent(['oss:PutObject', 'oss:GetObject'])).toBe(200));
	test('PutObject alone is not', async () => expect(await sent(['oss:PutObject'])).toBe(403));
	test('GetObject alone is not', async () => expect(await sent(['oss:GetObject'])).toBe(403));
	test('a token for the target alone is not', async () =>
		expect(await sent(['oss:PutObject', 'oss:GetObject'], ['rights'])).toBe(403));
});

test.each([
	['HEAD', []],
	['GET', []],
	['POST', [['uploads', '']]],
] as const)('%s copies nothing: a source is refused [E6]', async (method, query) => {
	const answer = await oss.say({ method, key: SOURCE, query, headers: sourceHeader });
	expect(answer.status).toBe(400);
});

test('an emulator that discards has no bytes to copy [E6]', async () => {
	const discarding = await startEmulator({ discard: true });
	const client = new OssClient(discarding);
	await client.put('a', 'hello');
	expect((await client.put('b', '', { 'x-oss-copy-source': '/examplebucket/a' })).status).toBe(501);
	await discarding.close();
});

import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/index.js';
import { completeXml, OssClient } from './oss-client.js';

const MIN = 100 * 1024;
const part = (fill: string, size = MIN): Buffer => Buffer.alloc(size, fill);
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

let emulator: Emulator;
let oss: OssClient;
beforeAll(async () => {
	emulator = await startEmulator();
	oss = new OssClient(emulator);
});
afterAll(() => emulator.close());

test('parts make an object in the order of their numbers, gaps allowed', async () => {
	const uploadId = await oss.initiate('gaps', { 'content-type': 'video/mp4', 'x-oss-meta-a': 'b' });
	const last = await oss.part('gaps', uploadId, 10_000, part('c', 1));
	const first = await oss.part('gaps', uploadId, 3, part('a'));
	const answer = await oss.complete('gaps', uploadId, [
		[3, first.headers.etag ?? ''],
		[10_000, last.headers.etag ?? ''],
	]);
	expect(answer.status).toBe(200);
	expect(answer.xml('ETag')).toMatch(/^"[\dA-F]{32}-2"$/);
	expect(answer.xml('Key')).toBe('gaps');
	expect(answer.xml('Location')).toBe(`${emulator.url}/examplebucket/gaps`);
	const whole = Buffer.concat([part('a'), part('c', 1)]);
	expect(await emulator.object('examplebucket', 'gaps')).toMatchObject({
		size: MIN + 1,
		sha256: sha256(whole),
		crc64: answer.headers['x-oss-hash-crc64ecma'],
		headers: { 'content-type': 'video/mp4', 'x-oss-meta-a': 'b' },
	});
	const put = await oss.put('gaps-put', whole);
	expect(put.headers['x-oss-hash-crc64ecma']).toBe(answer.headers['x-oss-hash-crc64ecma']);
	const head = await oss.say({ method: 'HEAD', key: 'gaps' });
	expect(head.headers).toMatchObject({ 'x-oss-object-type': 'Multipart', etag: answer.xml('ETag') });
	expect(head.headers['content-md5']).toBeUndefined();
	expect((await oss.say({ method: 'GET', key: 'gaps' })).bytes.equals(whole)).toBe(true);
});

test('the same number again replaces the part', async () => {
	const uploadId = await oss.initiate('again');
	await oss.part('again', uploadId, 1, 'first');
	const second = await oss.part('again', uploadId, 1, 'second');
	await oss.complete('again', uploadId, [[1, second.headers.etag ?? '']]);
	expect((await oss.say({ method: 'GET', key: 'again' })).text).toBe('second');
});

test('an unfinished upload leaves the object of its name alone', async () => {
	await oss.put('untouched', 'old');
	const { uploadId } = await oss.uploaded('untouched', ['new']);
	expect((await oss.say({ method: 'GET', key: 'untouched' })).text).toBe('old');
	expect(emulator.uploads('examplebucket').find((upload) => upload.uploadId === uploadId)).toMatchObject({
		key: 'untouched',
		parts: [{ partNumber: 1, size: 3 }],
	});
	await emulator.forgetUpload(uploadId);
});

test.each(['0', '10001', '-1', '1.5', 'one', ''])('a part number of %j is refused', async (number) => {
	const uploadId = await oss.initiate('numbers');
	const answer = await oss.part('numbers', uploadId, number, 'x');
	expect(answer.status).toBe(400);
	expect(answer.xml('Code')).toBe('InvalidArgument');
	expect(answer.xml('Message')).toBe('Part number must be an integer between 1 and 10000, inclusive.');
	expect(answer.xml('ArgumentName')).toBe('partNumber');
	expect(answer.xml('EC')).toBe('0017-00000220');
});

test('encryption is asked for at Initiate, not with a part', async () => {
	const uploadId = await oss.initiate('sse', { 'x-oss-server-side-encryption': 'AES256' });
	const answer = await oss.part('sse', uploadId, 1, 'x', { 'x-oss-server-side-encryption': 'AES256' });
	expect(answer.status).toBe(400);
	expect(answer.xml('Code')).toBe('InvalidArgument');
	expect(answer.xml('ArgumentName')).toBe('x-oss-server-side-encryption');
});

test('a part whose Content-MD5 is wrong is not stored', async () => {
	const uploadId = await oss.initiate('digest');
	const answer = await oss.part('digest', uploadId, 1, 'x', { 'content-md5': 'nd2dMaIMcCF0AsANEbMdfg==' });
	expect(answer.xml('Code')).toBe('InvalidDigest');
	expect(emulator.uploads('examplebucket').find((upload) => upload.uploadId === uploadId)?.parts).toEqual([]);
});

describe('an upload that is not there', () => {
	const expectGone = (answer: Awaited<ReturnType<OssClient['put']>>) => {
		expect(answer.status).toBe(404);
		expect(answer.xml('Code')).toBe('NoSuchUpload');
		expect(answer.xml('UploadId')).toBe('GONE');
		expect(answer.xml('EC')).toBe('0017-00000244');
	};

	test('takes no part', async () => expectGone(await oss.part('k', 'GONE', 1, 'x')));
	test('cannot be completed', async () => expectGone(await oss.complete('k', 'GONE', [[1, '"x"']])));
	test.each(['GET', 'DELETE'])('answers %s with NoSuchUpload', async (method) =>
		expectGone(await oss.say({ method, key: 'k', query: [['uploadId', 'GONE']] })),
	);
});

test('an upload belongs to its key', async () => {
	const uploadId = await oss.initiate('mine');
	expect((await oss.part('yours', uploadId, 1, 'x')).xml('Code')).toBe('NoSuchUpload');
});

test('an aborted upload is gone', async () => {
	const { uploadId } = await oss.uploaded('aborted', ['x']);
	const abort = { method: 'DELETE', key: 'aborted', query: [['uploadId', uploadId] as const] };
	expect((await oss.say(abort)).status).toBe(204);
	expect((await oss.say(abort)).xml('Code')).toBe('NoSuchUpload');
});

test('a completed upload is gone', async () => {
	const { uploadId, parts } = await oss.uploaded('completed', ['x']);
	expect((await oss.complete('completed', uploadId, parts)).status).toBe(200);
	expect((await oss.complete('completed', uploadId, parts)).xml('Code')).toBe('NoSuchUpload');
});

describe('Complete', () => {
	test.each([
		['of one part below 100 KiB', [1]],
		['with a small last part', [MIN, 1]],
	])('is accepted %s', async (_, sizes) => {
		const { uploadId, parts } = await oss.uploaded(
			'sizes',
			sizes.map((size) => part('x', size)),
		);
		expect((await oss.complete('sizes', uploadId, parts)).status).toBe(200);
	});

	test('refuses a small part that is not the last, and keeps the upload', async () => {
		const { uploadId, parts } = await oss.uploaded('sizes', [part('x', MIN - 1), part('x', 1)]);
		const answer = await oss.complete('sizes', uploadId, parts);
		expect(answer.status).toBe(400);
		expect(answer.xml('Code')).toBe('EntityTooSmall');
		expect(answer.xml('EC')).toBe('0042-00000213');
		expect(answer.xml('PartNumber')).toBe('1');
		expect(emulator.uploads('examplebucket').some((upload) => upload.uploadId === uploadId)).toBe(true);
	});

	test.each([
		['another ETag', 1, '"D41D8CD98F00B204E9800998ECF8427E"'],
		['a part that was never sent', 2, '"5D41402ABC4B2A76B9719D911017C592"'],
	])('refuses %s', async (_, number, etag) => {
		const { uploadId } = await oss.uploaded('etags', ['hello']);
		const answer = await oss.complete('etags', uploadId, [[number, etag]]);
		expect(answer.status).toBe(400);
		expect(answer.xml('Code')).toBe('InvalidPart');
		expect(answer.xml('PartNumber')).toBe(String(number));
		expect(answer.xml('ETag')).toBe(etag);
		expect(answer.xml('UploadId')).toBe(uploadId);
	});

	test('takes an ETag with entities for its quotes', async () => {
		const { uploadId } = await oss.uploaded('etags', ['hello']);
		const etag = '&quot;5D41402ABC4B2A76B9719D911017C592&#34;';
		expect((await oss.complete('etags', uploadId, [[1, etag]])).status).toBe(200);
	});

	test.each([[[2, 1]], [[1, 1]]])('refuses the order %j', async (numbers) => {
		const { uploadId, parts } = await oss.uploaded('order', [part('a'), part('b')]);
		const named = numbers.map((number) => [number, parts[number - 1]?.[1] ?? ''] as const);
		const answer = await oss.complete('order', uploadId, named);
		expect(answer.status).toBe(400);
		expect(answer.xml('Code')).toBe('InvalidPartOrder');
	});

	test('leaves out parts that are not named', async () => {
		const { uploadId, parts } = await oss.uploaded('some', [part('a'), part('b'), part('c', 1)]);
		await oss.complete(
			'some',
			uploadId,
			parts.filter(([number]) => number !== 2),
		);
		expect(await emulator.object('examplebucket', 'some')).toMatchObject({ size: MIN + 1 });
	});

	test.each([
		'',
		'hello',
		'<CompleteMultipartUpload/>',
		'<CompleteMultipartUpload><Part><PartNumber>1</PartNumber></Part></CompleteMultipartUpload>',
		'<CompleteMultipartUpload><Part><PartNumber>x</PartNumber><ETag>x</ETag></Part></CompleteMultipartUpload>',
		'<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>x</Part></CompleteMultipartUpload>',
		'<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>&bad;</ETag></Part></CompleteMultipartUpload>',
		'<!DOCTYPE a [<!ENTITY b "c">]><CompleteMultipartUpload></CompleteMultipartUpload>',
		'<Other><Part><PartNumber>1</PartNumber><ETag>x</ETag></Part></Other>',
		'<a>'.repeat(100_000),
		`${completeXml([[1, 'x']])}<again/>`,
		'\u0000\u0001\u0002',
	])('refuses the body %.60j', async (body) => {
		const uploadId = await oss.initiate('xml');
		const answer = await oss.completeWith('xml', uploadId, body);
		expect(answer.status).toBe(400);
		expect(answer.xml('Code')).toBe('MalformedXML');
	});

	test('with x-oss-complete-all takes every part, and no body', async () => {
		const { uploadId, parts } = await oss.uploaded('all', [part('a'), part('b')]);
		const all = { 'x-oss-complete-all': 'yes' };
		const refused = await oss.completeWith('all', uploadId, completeXml(parts), all);
		expect(refused.xml('EC')).toBe('0042-00000216');
		expect((await oss.completeWith('all', uploadId, '', all)).status).toBe(200);
		expect(await emulator.object('examplebucket', 'all')).toMatchObject({ size: 2 * MIN });
	});

	test('with x-oss-forbid-overwrite keeps the object that is there, and the upload', async () => {
		await oss.put('forbid', 'old');
		const { uploadId, parts } = await oss.uploaded('forbid', ['new']);
		const answer = await oss.complete('forbid', uploadId, parts, { 'x-oss-forbid-overwrite': 'true' });
		expect(answer.status).toBe(409);
		expect(answer.xml('Code')).toBe('FileAlreadyExists');
		expect(answer.xml('EC')).toBe('0042-00000214');
		expect((await oss.complete('forbid', uploadId, parts)).status).toBe(200);
	});
});

describe('ListParts', () => {
	const numbers = (text: string): number[] =>
		[...text.matchAll(/<PartNumber>(\d+)<\/PartNumber>/g)].map(([, number]) => Number(number));

	test('pages, and says where the next page begins', async () => {
		const { uploadId } = await oss.uploaded('pages', ['a', 'b', 'c', 'd', 'e']);
		const list = (query: readonly (readonly [string, string])[]) =>
			oss.say({ method: 'GET', key: 'pages', query: [['uploadId', uploadId], ...query] });
		const first = await list([['max-parts', '2']]);
		expect(numbers(first.text)).toEqual([1, 2]);
		expect(first.xml('IsTruncated')).toBe('true');
		expect(first.xml('NextPartNumberMarker')).toBe('2');
		const rest = await list([['part-number-marker', '2']]);
		expect(numbers(rest.text)).toEqual([3, 4, 5]);
		expect(rest.xml('IsTruncated')).toBe('false');
		expect(rest.xml('Size')).toBe('1');
		expect(rest.xml('HashCrc64ecma')).toMatch(/^\d+$/);
		for (const bad of ['0', '1001', 'x']) {
			expect((await list([['max-parts', bad]])).xml('Code')).toBe('InvalidArgument');
		}
	});

	test('of an empty page has a NextPartNumberMarker without a value [E5]', async () => {
		const { uploadId } = await oss.uploaded('none', []);
		const list = (query: readonly (readonly [string, string])[] = []) =>
			oss.say({ method: 'GET', key: 'none', query: [['uploadId', uploadId], ...query] });
		expect((await list()).text).toContain('<NextPartNumberMarker></NextPartNumberMarker>');
		await oss.part('none', uploadId, 1, 'x');
		expect((await list()).xml('NextPartNumberMarker')).toBe('1');
		const beyond = await list([['part-number-marker', '5']]);
		expect(beyond.xml('PartNumberMarker')).toBe('5');
		expect(beyond.xml('NextPartNumberMarker')).toBe('');
		expect(beyond.xml('IsTruncated')).toBe('false');
	});

	test('never has more than 1,000 parts on a page', async () => {
		const uploadId = await oss.initiate('many');
		let number = 0;
		const sendAll = async (): Promise<void> => {
			while (number < 1001) await oss.part('many', uploadId, ++number, '');
		};
		await Promise.all(Array.from({ length: 8 }, sendAll));
		const answer = await oss.say({ method: 'GET', key: 'many', query: [['uploadId', uploadId]] });
		expect(numbers(answer.text)).toHaveLength(1000);
		expect(answer.xml('IsTruncated')).toBe('true');
		expect(answer.xml('NextPartNumberMarker')).toBe('1000');
	}, 30_000);

	test('writes the key encoded when asked to', async () => {
		const key = 'a b/\u0001';
		const uploadId = await oss.initiate(key);
		const answer = await oss.say({
			method: 'GET',
			key,
			query: [
				['uploadId', uploadId],
				['encoding-type', 'url'],
			],
		});
		expect(answer.xml('EncodingType')).toBe('url');
		expect(decodeURIComponent(answer.xml('Key') ?? '')).toBe(key);
	});
});

test('ListMultipartUploads pages by key and upload', async () => {
	const own = await startEmulator();
	const client = new OssClient(own);
	const ids = [await client.initiate('a'), await client.initiate('b'), await client.initiate('b')];
	const list = (query: readonly (readonly [string, string])[]) =>
		client.say({ method: 'GET', query: [['uploads', ''], ...query] });
	const seen: string[] = [];
	let markers: readonly (readonly [string, string])[] = [];
	for (let truncated = true; truncated; ) {
		const page = await list([['max-uploads', '1'], ...markers]);
		seen.push(page.xml('UploadId') ?? '');
		truncated = page.xml('IsTruncated') === 'true';
		markers = [
			['key-marker', page.xml('NextKeyMarker') ?? ''],
			['upload-id-marker', page.xml('NextUploadIdMarker') ?? ''],
		];
	}
	expect(seen.sort()).toEqual(ids.sort());
	expect((await list([['prefix', 'a']])).text.match(/<Upload>/g)).toHaveLength(1);
	await own.close();
});

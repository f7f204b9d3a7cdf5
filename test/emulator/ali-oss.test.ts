import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/index.js';

/** As much of ali-oss as is used here; it brings no types. */
interface AliOss {
	put(key: string, body: Buffer): Promise<{ readonly name: string }>;
	head(key: string): Promise<{ readonly res: { readonly headers: Record<string, string> } }>;
	get(key: string): Promise<{ readonly content: Buffer }>;
	delete(key: string): Promise<unknown>;
	multipartUpload(
		key: string,
		body: Buffer,
		options: { readonly partSize: number; readonly parallel?: number; readonly mime?: string },
	): Promise<{ readonly etag: string }>;
	initMultipartUpload(key: string): Promise<{ readonly uploadId: string }>;
	uploadPart(
		key: string,
		uploadId: string,
		partNumber: number,
		body: Buffer,
		start: number,
		end: number,
	): Promise<{ readonly etag: string }>;
	listParts(
		key: string,
		uploadId: string,
	): Promise<{ readonly parts: readonly Record<string, string>[] | Record<string, string> }>;
	listUploads(
		query: Record<string, unknown>,
	): Promise<{ readonly uploads: readonly { readonly uploadId: string }[] }>;
	abortMultipartUpload(key: string, uploadId: string): Promise<unknown>;
	signatureUrl(key: string, options?: Record<string, unknown>): string;
	signatureUrlV4(method: string, expires: number, request: unknown, key: string): Promise<string>;
}
type AliOssConstructor = new (options: Record<string, unknown>) => AliOss;
const Oss: AliOssConstructor = createRequire(import.meta.url)('ali-oss');

const KIB = 1024;
const body = Buffer.from(Array.from({ length: 250 * KIB + 7 }, (_, at) => (at * 31) % 251));
const KEY = "folder/a b+c#d%e?f&g'h()!*~ 测试 🙂.bin";

let emulator: Emulator;
beforeAll(async () => {
	emulator = await startEmulator();
});
afterAll(() => emulator.close());

// With an IP as endpoint ali-oss addresses the bucket by the Host header; with `sldEnable`, by the path.
const ADDRESSING = {
	'virtual host': () => ({ endpoint: emulator.url }),
	'path style': () => ({ endpoint: emulator.url.replace('127.0.0.1', 'localhost'), sldEnable: true }),
};

function client(options: Record<string, unknown>): AliOss {
	const { accessKeyId, accessKeySecret, securityToken } = emulator.mintCredentials();
	const keys = { accessKeyId, accessKeySecret, stsToken: securityToken };
	return new Oss({
		region: 'oss-cn-hangzhou',
		bucket: 'examplebucket',
		refreshSTSToken: () => Promise.resolve(keys),
		...keys,
		...options,
	});
}

describe.each([
	['V4', 'virtual host'],
	['V4', 'path style'],
	['V1', 'virtual host'],
	['V1', 'path style'],
] as const)('ali-oss with %s signatures, %s', (version, addressing) => {
	const make = (options: Record<string, unknown> = {}): AliOss =>
		client({ authorizationV4: version === 'V4', ...ADDRESSING[addressing](), ...options });

	test('puts, heads, gets and deletes an object of a difficult name', async () => {
		const oss = make();
		await oss.put(KEY, body);
		expect((await oss.head(KEY)).res.headers['content-length']).toBe(String(body.length));
		expect((await oss.get(KEY)).content.equals(body)).toBe(true);
		expect(await emulator.object('examplebucket', KEY)).toMatchObject({ size: body.length, type: 'Normal' });
		await oss.delete(KEY);
		expect(await emulator.object('examplebucket', KEY)).toBeUndefined();
	});

	test('uploads in parts', async () => {
		const result = await make().multipartUpload(KEY, body, { partSize: 100 * KIB, parallel: 3 });
		expect(result.etag).toMatch(/^"[\dA-F]{32}-3"$/);
		expect((await make().get(KEY)).content.equals(body)).toBe(true);
		expect(emulator.uploads('examplebucket')).toEqual([]);
	});

	test('lists the parts and the uploads, and aborts', async () => {
		const oss = make();
		const { uploadId } = await oss.initMultipartUpload('unfinished');
		const { etag } = await oss.uploadPart('unfinished', uploadId, 2, body, 0, 100 * KIB);
		const { parts } = await oss.listParts('unfinished', uploadId);
		expect([parts].flat()).toMatchObject([{ PartNumber: '2', ETag: etag, Size: String(100 * KIB) }]);
		const { uploads } = await oss.listUploads({ 'max-uploads': 10 });
		expect(uploads.map((upload) => upload.uploadId)).toEqual([uploadId]);
		await oss.abortMultipartUpload('unfinished', uploadId);
		await expect(oss.listParts('unfinished', uploadId)).rejects.toMatchObject({
			code: 'NoSuchUpload',
			status: 404,
		});
	});

	test('is refused with a wrong secret', async () => {
		await expect(
			make({ accessKeySecret: 'wrong', refreshSTSToken: null }).put('a', body),
		).rejects.toMatchObject({
			code: 'SignatureDoesNotMatch',
			status: 403,
		});
	});

	test('is refused with a date an hour off', async () => {
		await expect(make({ amendTimeSkewed: 3_600_000 }).put('a', body)).rejects.toMatchObject({
			code: 'RequestTimeTooSkewed',
		});
		await expect(make({ amendTimeSkewed: -3_600_000 }).put('a', body)).rejects.toMatchObject({
			code: 'RequestTimeTooSkewed',
		});
	});

	test('is refused with an expired token', async () => {
		const oss = make();
		emulator.expireTokens();
		await expect(oss.put('a', body)).rejects.toMatchObject({ code: 'SecurityTokenExpired', status: 403 });
	});
});

test('an address presigned by ali-oss with V1 opens', async () => {
	await client({ endpoint: emulator.url }).put('presigned', Buffer.from('hello'));
	const url = client({
		endpoint: emulator.url.replace('127.0.0.1', 'localhost'),
		sldEnable: true,
	}).signatureUrl('presigned');
	expect(await (await fetch(url)).text()).toBe('hello');
});

test('an address presigned by ali-oss with V4 opens', async () => {
	await client({ endpoint: emulator.url }).put('presigned', Buffer.from('hello'));
	const oss = client({
		endpoint: emulator.url.replace('127.0.0.1', 'localhost'),
		sldEnable: true,
		authorizationV4: true,
	});
	const url = await oss.signatureUrlV4('GET', 60, undefined, 'presigned');
	expect(await (await fetch(url)).text()).toBe('hello');
});

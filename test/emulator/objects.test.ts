import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/index.js';
import { http, OssClient } from './oss-client.js';

const md5 = (body: string): string => createHash('md5').update(body).digest('base64');

let emulator: Emulator;
let oss: OssClient;
beforeAll(async () => {
	emulator = await startEmulator({ cnames: { 'files.example.com': 'examplebucket' } });
	oss = new OssClient(emulator);
});
afterAll(() => emulator.close());

test('a put object comes back with everything that was said of it', async () => {
	const put = await oss.put('dir/hello.txt', 'hello', {
		'content-type': 'text/plain;charset=UTF-8',
		'cache-control': 'no-cache',
		'x-oss-meta-author': 'alice',
		'x-oss-tagging': 'A=1&B=2',
		'x-oss-object-acl': 'private',
		'content-md5': md5('hello'),
	});
	expect(put.status).toBe(200);
	expect(put.headers.etag).toBe('"5D41402ABC4B2A76B9719D911017C592"');
	expect(put.headers['x-oss-hash-crc64ecma']).toMatch(/^\d+$/);
	expect(put.headers['x-oss-request-id']).toMatch(/^[\dA-F]{24}$/);
	expect(put.headers['x-oss-server-time']).toMatch(/^\d+$/);
	const head = await oss.say({ method: 'HEAD', key: 'dir/hello.txt' });
	expect(head.headers).toMatchObject({
		'content-length': '5',
		'content-type': 'text/plain;charset=UTF-8',
		'cache-control': 'no-cache',
		'x-oss-meta-author': 'alice',
		'x-oss-tagging-count': '2',
		'x-oss-object-type': 'Normal',
		'content-md5': md5('hello'),
		etag: put.headers.etag,
		'x-oss-hash-crc64ecma': put.headers['x-oss-hash-crc64ecma'],
	});
	expect(Date.parse(head.headers['last-modified'] ?? '')).toBeGreaterThan(0);
	expect((await oss.say({ method: 'GET', key: 'dir/hello.txt' })).text).toBe('hello');
	const range = await oss.say({ method: 'GET', key: 'dir/hello.txt', headers: { range: 'bytes=1-3' } });
	expect(range).toMatchObject({ status: 206, text: 'ell' });
	expect(range.headers['content-range']).toBe('bytes 1-3/5');
});

test('a header value in UTF-8 comes back byte for byte', async () => {
	const bytes = Buffer.from('inline; filename=测试.txt').toString('latin1');
	const { path, headers } = oss.sign({
		method: 'PUT',
		key: 'utf8',
		headers: { 'x-oss-meta-name': 'inline; filename=测试.txt' },
	});
	const answer = await http(emulator.url, {
		method: 'PUT',
		path,
		headers: { ...headers, 'x-oss-meta-name': bytes },
	});
	expect(answer.status).toBe(200);
	const head = await oss.say({ method: 'HEAD', key: 'utf8' });
	expect(head.headers['x-oss-meta-name']).toBe(bytes);
});

test('an empty object has the checksum of nothing', async () => {
	expect((await oss.put('empty')).headers).toMatchObject({
		etag: '"D41D8CD98F00B204E9800998ECF8427E"',
		'x-oss-hash-crc64ecma': '0',
	});
	expect((await oss.say({ method: 'GET', key: 'empty' })).text).toBe('');
});

describe('keys', () => {
	test.each([
		'a+b',
		'a b',
		'a#b',
		'a%b',
		'a%2Fb',
		'a?b&c=d',
		"it's (a) ~test!*",
		'a//b',
		'a/',
		'目录/测试',
		'🙂',
		'a/../b',
		'./a',
		'\u0001',
		'<&">',
	])('%j is stored under exactly that name', async (key) => {
		expect((await oss.put(key, key)).status).toBe(200);
		expect((await oss.say({ method: 'GET', key })).text).toBe(key);
		expect(await emulator.object('examplebucket', key)).toBeDefined();
	});

	test('may have 1,023 bytes', async () => {
		expect((await oss.put('测'.repeat(341))).status).toBe(200);
	});

	test.each(['/a', '\\a', '测'.repeat(342)])('%j is refused', async (key) => {
		const answer = await oss.put(key);
		expect(answer.status).toBe(400);
		expect(answer.xml('Code')).toBe('InvalidObjectName');
	});
});

test.each([
	['a virtual host', 'examplebucket.oss-cn-hangzhou.aliyuncs.com'],
	['a bound domain', 'files.example.com'],
])('%s names the bucket', async (_, host) => {
	const { path, headers } = oss.sign({ method: 'PUT', key: 'by/host' });
	const answer = await http(emulator.url, {
		method: 'PUT',
		path: path.replace('/examplebucket', ''),
		headers: { ...headers, host },
		body: host,
	});
	expect(answer.status).toBe(200);
	expect((await oss.say({ method: 'GET', key: 'by/host' })).text).toBe(host);
});

test('a bucket that does not exist is not found', async () => {
	const answer = await oss.say({ method: 'PUT', bucket: 'nobucket', key: 'a' });
	expect(answer.status).toBe(404);
	expect(answer.xml('Code')).toBe('NoSuchBucket');
});

test('an object that does not exist is not found; HEAD says so without a body', async () => {
	const get = await oss.say({ method: 'GET', key: 'nothing' });
	expect(get.status).toBe(404);
	expect(get.xml('Code')).toBe('NoSuchKey');
	const head = await oss.say({ method: 'HEAD', key: 'nothing' });
	expect(head).toMatchObject({ status: 404, text: '' });
});

test('deleting what does not exist is no error', async () => {
	await oss.put('gone');
	expect((await oss.say({ method: 'DELETE', key: 'gone' })).status).toBe(204);
	expect((await oss.say({ method: 'DELETE', key: 'gone' })).status).toBe(204);
});

test('x-oss-forbid-overwrite keeps the object that is there', async () => {
	await oss.put('once', 'first');
	const answer = await oss.put('once', 'second', { 'x-oss-forbid-overwrite': 'true' });
	expect(answer.status).toBe(409);
	expect(answer.xml('Code')).toBe('FileAlreadyExists');
	expect((await oss.say({ method: 'GET', key: 'once' })).text).toBe('first');
});

test.each([md5('other'), 'nonsense'])(
	'a Content-MD5 of %j is refused and nothing is stored',
	async (digest) => {
		const answer = await oss.put('digest', 'hello', { 'content-md5': digest });
		expect(answer.status).toBe(400);
		expect(answer.xml('Code')).toBe('InvalidDigest');
		expect(await emulator.object('examplebucket', 'digest')).toBeUndefined();
	},
);

test.each([
	['x-oss-storage-class', 'Cheap', 'InvalidArgument'],
	['x-oss-object-acl', 'everybody', 'InvalidArgument'],
	['x-oss-forbid-overwrite', 'maybe', 'InvalidArgument'],
	['x-oss-traffic-limit', '245759', 'InvalidArgument'],
	['x-oss-traffic-limit', '838860801', 'InvalidArgument'],
	['x-oss-traffic-limit', 'fast', 'InvalidArgument'],
	['x-oss-server-side-encryption', 'ROT13', 'InvalidEncryptionAlgorithmError'],
	['x-oss-meta-under_score', 'a', 'InvalidArgument'],
	['x-oss-meta-long', 'a'.repeat(8192), 'InvalidArgument'],
	['x-oss-tagging', 'a=1&b=1&c=1&d=1&e=1&f=1&g=1&h=1&i=1&j=1&k=1', 'InvalidTag'],
])('%s: %.20s is refused', async (name, value, code) => {
	const answer = await oss.put('headers', 'x', { [name]: value });
	expect(answer.status).toBe(400);
	expect(answer.xml('Code')).toBe(code);
});

test.each(['245760', '838860800'])('a traffic limit of %s bit/s is accepted', async (limit) => {
	expect((await oss.put('headers', 'x', { 'x-oss-traffic-limit': limit })).status).toBe(200);
});

test('an emulator that discards knows size and checksums, and keeps no byte', async () => {
	const discarding = await startEmulator({ discard: true });
	const client = new OssClient(discarding);
	const put = await client.put('k', 'hello');
	expect(put.headers.etag).toBe('"5D41402ABC4B2A76B9719D911017C592"');
	expect(await discarding.object('examplebucket', 'k')).toMatchObject({ size: 5, sha256: '' });
	expect((await client.say({ method: 'GET', key: 'k' })).status).toBe(501);
	await discarding.close();
});

test('close removes what lay on disk and leaves the directory it was given', async () => {
	const { mkdtemp, rm } = await import('node:fs/promises');
	const { tmpdir } = await import('node:os');
	const directory = await mkdtemp(`${tmpdir()}/emulator-test-`);
	const own = await startEmulator({ directory });
	await new OssClient(own).put('k', 'hello');
	expect((await readdir(directory, { recursive: true })).some((name) => name.includes('segment'))).toBe(true);
	await own.close();
	expect(await readdir(directory)).toEqual([]);
	await rm(directory, { recursive: true });
});

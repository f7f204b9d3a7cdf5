import { once } from 'node:events';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/index.js';
import { OssClient } from './oss-client.js';

let emulator: Emulator;
let oss: OssClient;
let server: Server;
let callbackUrl: string;
let status = 200;
let said = '{"Status":"OK"}';
let hold: Promise<void> = Promise.resolve();
let calls: { readonly body: string; readonly type: string | undefined; readonly host: string | undefined }[] =
	[];

beforeAll(async () => {
	emulator = await startEmulator();
	oss = new OssClient(emulator);
	server = createServer((request, response) => {
		let body = '';
		request.setEncoding('utf8').on('data', (chunk: string) => {
			body += chunk;
		});
		request.on('end', () => {
			calls.push({ body, type: request.headers['content-type'], host: request.headers.host });
			void hold.then(() => response.writeHead(status).end(said));
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	callbackUrl = `http://127.0.0.1:${port}/done`;
});
afterAll(async () => {
	server.closeAllConnections();
	server.close();
	await emulator.close();
});
beforeEach(() => {
	status = 200;
	said = '{"Status":"OK"}';
	hold = Promise.resolve();
	calls = [];
});

const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64');

test('Complete calls back with what it knows, and hands on the answer in place of the XML', async () => {
	const key = 'dir/测试&.bin';
	const { uploadId, parts } = await oss.uploaded(key, ['hello']);
	const answer = await oss.complete(key, uploadId, parts, {
		'x-oss-callback': base64({
			callbackUrl,
			callbackHost: 'app.example.com',
			// biome-ignore lint/suspicious/noTemplateCurlyInString: OSS fills these in.
			callbackBody: 'bucket=${bucket}&object=${object}&size=${size}&etag=${etag}&user=${x:user}',
		}),
		'x-oss-callback-var': base64({ 'x:user': 'a b' }),
	});
	expect(answer).toMatchObject({ status: 200, text: '{"Status":"OK"}' });
	expect(answer.headers['x-oss-hash-crc64ecma']).toMatch(/^\d+$/);
	const [call] = calls;
	expect(call).toMatchObject({ type: 'application/x-www-form-urlencoded', host: 'app.example.com' });
	const said = new URLSearchParams(call?.body);
	expect(Object.fromEntries(said)).toMatchObject({
		bucket: 'examplebucket',
		object: key,
		size: '5',
		user: 'a b',
	});
});

test('PutObject calls back in JSON, with strings quoted', async () => {
	const answer = await oss.put('k"', 'hello', {
		'x-oss-callback': base64({
			callbackUrl: `http://example.com/;${callbackUrl}`,
			// biome-ignore lint/suspicious/noTemplateCurlyInString: OSS fills these in.
			callbackBody: '{"key":${object},"size":${size},"type":${mimeType}}',
			callbackBodyType: 'application/json',
		}),
	});
	expect(answer.text).toBe('{"Status":"OK"}');
	expect(JSON.parse(calls[0]?.body ?? '')).toEqual({ key: 'k"', size: 5, type: 'application/octet-stream' });
});

test('a callback server that fails is answered with 203, and the object is stored', async () => {
	status = 500;
	const answer = await oss.put('failing', 'hello', {
		'x-oss-callback': base64({ callbackUrl, callbackBody: 'a=b' }),
	});
	expect(answer.status).toBe(203);
	expect(answer.xml('Code')).toBe('CallbackFailed');
	expect(await emulator.object('examplebucket', 'failing')).toMatchObject({ size: 5 });
});

test('a callback server that answers no JSON has failed, as OSS sees it', async () => {
	said = '<p>thank you</p>';
	const answer = await oss.put('thanked', 'hello', {
		'x-oss-callback': base64({ callbackUrl, callbackBody: 'a=b' }),
	});
	expect(answer.status).toBe(203);
	expect(answer.xml('Code')).toBe('CallbackFailed');
	expect(await emulator.object('examplebucket', 'thanked')).toMatchObject({ size: 5 });
});

test('a callback under way is finished though the client has gone', async () => {
	let release = (): void => {};
	hold = new Promise((resolve) => {
		release = resolve;
	});
	const called = once(server, 'request');
	const { path, headers } = oss.sign({
		method: 'PUT',
		key: 'gone',
		headers: { 'x-oss-callback': base64({ callbackUrl, callbackBody: 'a=b' }) },
	});
	const request = httpRequest(emulator.url + path, { method: 'PUT', headers });
	request.on('error', () => {});
	request.end('hello');
	const [, response] = await called;
	const answered = once(response, 'close');
	request.destroy();
	// By the time another request is answered, the emulator has seen the first client go.
	await oss.put('meanwhile');
	release();
	await answered;
	expect(response.writableFinished).toBe(true);
	expect(await emulator.whenRequest(({ key }) => key === 'gone')).toMatchObject({ status: 0, stored: true });
});

test('nobody outside this machine is called', async () => {
	const answer = await oss.put('outside', 'hello', {
		'x-oss-callback': base64({ callbackUrl: 'http://example.com/', callbackBody: 'a=b' }),
	});
	expect(answer.xml('Code')).toBe('CallbackFailed');
});

test.each([
	['a header', { headers: { 'x-oss-callback': 'CALLBACK' } }],
	['a parameter', { query: [['callback', 'CALLBACK'] as const] }],
])('where callbacks are off, one in %s is refused, and nobody is called [E7]', async (_, asked) => {
	const quiet = await startEmulator({ callbacks: false });
	const callback = base64({ callbackUrl, callbackBody: 'a=b' });
	const request = JSON.parse(JSON.stringify(asked).replace('CALLBACK', callback));
	const answer = await new OssClient(quiet).say({ method: 'PUT', key: 'k', body: 'hello', ...request });
	expect(answer.status).toBe(400);
	expect(answer.xml('Message')).toContain('Callbacks are off');
	expect(await quiet.object('examplebucket', 'k')).toBeUndefined();
	expect(calls).toEqual([]);
	await quiet.close();
});

test.each([
	['no base64', '{}'],
	['no JSON', Buffer.from('hello').toString('base64')],
	['an array', base64([])],
	['no address', base64({ callbackBody: 'a=b' })],
	['no body', base64({ callbackUrl: 'http://127.0.0.1/' })],
	[
		'another type of body',
		base64({ callbackUrl: 'http://127.0.0.1/', callbackBody: 'a', callbackBodyType: 'text/plain' }),
	],
	['more than 5 KB', base64({ callbackUrl: 'http://127.0.0.1/', callbackBody: 'a'.repeat(5000) })],
])('a callback that is %s is refused, and nothing is stored', async (_, callback) => {
	const answer = await oss.put('refused', 'hello', { 'x-oss-callback': callback });
	expect(answer.status).toBe(400);
	expect(answer.xml('Code')).toBe('InvalidArgument');
	expect(await emulator.object('examplebucket', 'refused')).toBeUndefined();
});

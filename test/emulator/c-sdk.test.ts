import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Emulator, type StsCredentials, startEmulator } from '../../emulator/index.js';
import { completeXml, OssClient } from './oss-client.js';

/*
 * Requests byte for byte as the C SDK 3.11 and its libcurl send them: it names a Content-Length of its own and lets
 * libcurl chunk the body nevertheless, and where the endpoint is an IP it encodes `bucket/key` as one name.
 */

const KEY = 'dir/测试 a.bin';

let emulator: Emulator;
let credentials: StsCredentials;
beforeAll(async () => {
	emulator = await startEmulator();
	credentials = emulator.mintCredentials();
});
afterAll(() => emulator.close());

interface RawAnswer {
	readonly line: string;
	readonly body: string;
	header(name: string): string | undefined;
}

const raw = (bytes: string): Promise<RawAnswer> =>
	new Promise((resolve, reject) => {
		const socket = connect(Number(new URL(emulator.url).port), '127.0.0.1');
		let text = '';
		socket.setEncoding('latin1').on('data', (chunk: string) => {
			text += chunk;
		});
		socket.on('error', reject);
		socket.on('close', () => {
			const [head = '', body = ''] = text.split('\r\n\r\n');
			resolve({
				line: head.split('\r\n')[0] ?? '',
				body,
				header: (name) => new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1]?.trim(),
			});
		});
		socket.write(bytes, 'latin1');
	});

const chunked = (body: string): string =>
	body === '' ? '0\r\n\r\n' : `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;

/** Signed for `/bucket/key`, sent to `/bucket%2Fkey`. */
async function send(
	method: string,
	query: readonly (readonly [string, string])[],
	body = '',
	announced = body.length,
): Promise<RawAnswer> {
	const client = new OssClient(emulator, credentials);
	const { headers } = client.sign({
		method,
		key: KEY,
		query,
		headers: { 'content-type': 'application/x-www-form-urlencoded' },
	});
	const path = `/${encodeURIComponent(`examplebucket/${KEY}`)}`;
	const search = query.map(([name, value]) => (value === '' ? name : `${name}=${value}`)).join('&');
	const lines = [
		`${method} ${path}?${search} HTTP/1.1`,
		`Host: ${new URL(emulator.url).host}`,
		'User-Agent: aliyun-sdk-c/3.11.2(Compatible Unknown)',
		'Accept: */*',
		'Transfer-Encoding: chunked',
		`Content-Length: ${announced}`,
		...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
		'Connection: close',
	];
	return raw(`${lines.join('\r\n')}\r\n\r\n${chunked(body)}`);
}

test('an upload of the C SDK: chunked with a Content-Length, the slash after the bucket encoded [E1, E2]', async () => {
	const initiated = await send('POST', [['uploads', '']]);
	expect(initiated.line).toBe('HTTP/1.1 200 OK');
	const uploadId = /<UploadId>(\w+)<\/UploadId>/.exec(initiated.body)?.[1] ?? '';
	const part = await send(
		'PUT',
		[
			['partNumber', '1'],
			['uploadId', uploadId],
		],
		'hello',
	);
	expect(part.line).toBe('HTTP/1.1 200 OK');
	const parts = completeXml([[1, part.header('ETag') ?? '']]);
	expect((await send('POST', [['uploadId', uploadId]], parts)).line).toBe('HTTP/1.1 200 OK');
	expect(await emulator.object('examplebucket', KEY)).toMatchObject({ size: 5 });
});

test('a Content-Length that the chunks contradict is refused, and nothing is stored [E1]', async () => {
	const uploadId = await new OssClient(emulator).initiate(KEY);
	const query = [
		['partNumber', '1'],
		['uploadId', uploadId],
	] as const;
	const answer = await send('PUT', query, 'hello', 4);
	expect(answer.line).toBe('HTTP/1.1 400 Bad Request');
	expect(answer.body).toContain('<Code>IncompleteBody</Code>');
	expect(emulator.uploads('examplebucket').find((upload) => upload.uploadId === uploadId)?.parts).toEqual([]);
});

test('a bucket alone may have its slash encoded too [E2]', async () => {
	const client = new OssClient(emulator, credentials);
	const { headers } = client.sign({ method: 'GET', query: [['uploads', '']] });
	const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
	const host = new URL(emulator.url).host;
	const answer = await raw(
		`GET /examplebucket%2F?uploads HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${lines.join('')}\r\n`,
	);
	expect(answer.line).toBe('HTTP/1.1 200 OK');
});

test('a minted secret fits into the 64 bytes that the C SDK keeps of an HMAC key [E3]', () => {
	const secrets = Array.from({ length: 20 }, () => emulator.mintCredentials().accessKeySecret);
	for (const secret of secrets) expect(secret).toMatch(/^[\dA-Za-z]{44}$/);
	expect(new Set(secrets).size).toBe(20);
	expect(`aliyun_v4${emulator.accessKeySecret}`.length).toBeLessThanOrEqual(64);
});

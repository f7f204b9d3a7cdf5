import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/index.js';
import { http, OssClient } from './oss-client.js';

let emulator: Emulator;
let oss: OssClient;
beforeAll(async () => {
	emulator = await startEmulator();
	oss = new OssClient(emulator);
});
afterAll(() => emulator.close());
// Whatever was said, the next client is served.
afterEach(async () => {
	expect((await oss.put('alive')).status).toBe(200);
});

const PUT = (header: string): string =>
	`PUT /examplebucket/a HTTP/1.1\r\nHost: localhost\r\n${header}\r\n\r\n`;

/** The first line of what comes back for bytes that no client library would send. */
const raw = (bytes: string): Promise<string> =>
	new Promise((resolve, reject) => {
		const socket = connect(Number(new URL(emulator.url).port), '127.0.0.1');
		let answer = '';
		socket.on('data', (chunk) => {
			answer += chunk.toString('latin1');
			if (answer.includes('\r\n')) {
				socket.destroy();
				resolve(answer.split('\r\n')[0] ?? '');
			}
		});
		socket.on('error', reject);
		socket.on('close', () => resolve(answer));
		socket.write(bytes, 'latin1');
	});

test.each([
	['an address that is no percent-encoding', 'GET', '/examplebucket/%zz'],
	['an address that is no UTF-8', 'GET', '/examplebucket/%ff'],
	['a query that is no UTF-8', 'GET', '/examplebucket/a?b=%ff'],
	['no bucket', 'GET', '/'],
	['a bucket operation that does not exist here', 'GET', '/examplebucket'],
	['an operation that does not exist', 'PATCH', '/examplebucket/a'],
	['a part without an upload', 'PUT', '/examplebucket/a?partNumber=1'],
	['two sub-resources', 'POST', '/examplebucket/a?uploads&uploadId=1'],
	['sub-resources named like what every object has', 'GET', '/__proto__/constructor?__proto__=1&constructor'],
])('%s is the fault of the client', async (_, method, path) => {
	const answer = await http(emulator.url, { method, path });
	expect(answer.status).toBeGreaterThanOrEqual(400);
	expect(answer.status).toBeLessThan(500);
	expect(answer.xml('Code')).toBeTruthy();
});

test.each([
	['a line that is no HTTP', 'hello\r\n\r\n', /^HTTP\/1\.1 400/],
	[
		'a header that is no header',
		'GET /examplebucket/a HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n',
		/^HTTP\/1\.1 400/,
	],
	[
		'headers without end',
		`GET /examplebucket/a HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(200_000)}\r\n\r\n`,
		/^HTTP\/1\.1 431/,
	],
	[
		'two lengths',
		'PUT /examplebucket/a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
		/^HTTP\/1\.1 400/,
	],
	[
		'a negative length',
		'PUT /examplebucket/a HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n',
		/^HTTP\/1\.1 400/,
	],
	['no host', 'GET /examplebucket/a HTTP/1.1\r\n\r\n', /^HTTP\/1\.1 400/],
	[
		'bytes that are no text in a header',
		'GET /examplebucket/a HTTP/1.1\r\nHost: localhost\r\nx-oss-date: \xff\xfe\r\nAuthorization: OSS \xff:\xfe\r\n\r\n',
		/^HTTP\/1\.1 4\d\d/,
	],
	['a coding that is not chunked', PUT('Transfer-Encoding: gzip'), /^HTTP\/1\.1 400/],
	['a coding around chunks', `${PUT('Transfer-Encoding: gzip, chunked')}0\r\n\r\n`, /^HTTP\/1\.1 400/],
	['a coding of a similar name', `${PUT('Transfer-Encoding: xchunked')}0\r\n\r\n`, /^HTTP\/1\.1 400/],
	['chunks that are none', `${PUT('Transfer-Encoding: chunked')}zz\r\n\r\n`, /^HTTP\/1\.1 400/],
	['a control character in a header', PUT('Content-Length: 0\r\nX: a\u0001b'), /^HTTP\/1\.1 400/],
	['a NUL in a header', PUT('Content-Length: 0\r\nX: a\u0000b'), /^HTTP\/1\.1 400/],
	['a space before the colon', PUT('Content-Length: 0\r\nX : a'), /^HTTP\/1\.1 400/],
	['a version that does not exist', 'GET /examplebucket/a HTTP/9.9\r\nHost: x\r\n\r\n', /^HTTP\/1\.1 400/],
	['a host of nonsense', 'GET /a HTTP/1.1\r\nHost: ...:x\r\n\r\n', /^HTTP\/1\.1 4\d\d/],
])('%s is refused', async (_, bytes, line) => {
	expect(await raw(bytes)).toMatch(line);
});

test('a client that goes in the middle of a part leaves nothing behind', async () => {
	const uploadId = await oss.initiate('half');
	const { path, headers } = oss.sign({
		method: 'PUT',
		key: 'half',
		query: [
			['partNumber', '1'],
			['uploadId', uploadId],
		],
	});
	const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
	const socket = connect(Number(new URL(emulator.url).port), '127.0.0.1');
	socket.write(
		`PUT ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n${lines.join('')}\r\nhalf of it`,
	);
	await emulator.whenArrived((record) => record.uploadId === uploadId && record.operation === 'UploadPart');
	socket.destroy();
	const record = await emulator.whenRequest(
		({ operation, uploadId: id }) => operation === 'UploadPart' && id === uploadId,
	);
	expect(record).toMatchObject({ status: 0, stored: false });
	expect(emulator.uploads('examplebucket')).toMatchObject([{ uploadId, parts: [] }]);
});

test('a body of many megabytes where XML belongs is refused', async () => {
	const uploadId = await oss.initiate('long');
	const answer = await oss.completeWith('long', uploadId, ' '.repeat(9 * 1024 * 1024));
	expect(answer.status).toBe(400);
	expect(answer.xml('Code')).toBe('EntityTooLarge');
});

import { request as httpRequest } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Emulator, type FaultAction, startEmulator } from '../../emulator/index.js';
import { OssClient } from './oss-client.js';

const MIB = 1024 * 1024;

let emulator: Emulator;
let oss: OssClient;
beforeEach(async () => {
	emulator = await startEmulator();
	oss = new OssClient(emulator);
});
afterEach(() => emulator.close());

const onPut = (action: FaultAction) => emulator.addFault({ operation: 'PutObject', action });

describe('a rule', () => {
	const action: FaultAction = { type: 'status', status: 503 };
	const statuses = async (keys: readonly string[]): Promise<number[]> => {
		const found: number[] = [];
		for (const key of keys) found.push((await oss.put(key)).status);
		return found;
	};

	test('strikes once, the first time, unless it says otherwise', async () => {
		emulator.addFault({ action });
		expect(await statuses(['a', 'a'])).toEqual([503, 200]);
	});
	test('begins at its occurrence and lasts its times', async () => {
		emulator.addFault({ occurrence: 2, times: 2, action });
		expect(await statuses(['a', 'a', 'a', 'a'])).toEqual([200, 503, 503, 200]);
	});
	test('can last for ever, until it is cleared', async () => {
		emulator.addFault({ times: 'always', action });
		expect(await statuses(['a', 'a', 'a'])).toEqual([503, 503, 503]);
		emulator.clearFaults();
		expect(await statuses(['a'])).toEqual([200]);
	});
	test('can be for each third request from its occurrence on', async () => {
		emulator.addFault({ occurrence: 2, every: 3, times: 2, action });
		const keys = Array<string>(9).fill('a');
		expect(await statuses(keys)).toEqual([200, 503, 200, 200, 503, 200, 200, 200, 200]);
	});
	test('can be taken away alone, and what hangs by it goes on', async () => {
		const end = emulator.addFault({ key: 'b', times: 'always', action: { type: 'hang' } });
		emulator.addFault({ key: 'a', times: 'always', action });
		const hanging = oss.put('b');
		await emulator.whenArrived(({ key }) => key === 'b');
		end();
		expect((await hanging).status).toBe(200);
		expect(await statuses(['a', 'b'])).toEqual([503, 200]);
	});
	test('can be for one key, counting only that', async () => {
		emulator.addFault({ key: 'b', occurrence: 2, action });
		expect(await statuses(['a', 'b', 'a', 'b'])).toEqual([200, 200, 200, 503]);
	});
	test('can be for one method', async () => {
		emulator.addFault({ method: 'GET', action });
		expect(await statuses(['a'])).toEqual([200]);
		expect((await oss.say({ method: 'GET', key: 'a' })).status).toBe(503);
	});
	test('can be for one part', async () => {
		emulator.addFault({ operation: 'UploadPart', partNumber: 2, action });
		const uploadId = await oss.initiate('k');
		expect((await oss.part('k', uploadId, 1, 'x')).status).toBe(200);
		expect((await oss.part('k', uploadId, 2, 'x')).status).toBe(503);
	});
});

test('status: answers so, with its code and headers, and applies nothing', async () => {
	onPut({ type: 'status', status: 503, code: 'ServiceUnavailable', headers: { 'Retry-After': '3' } });
	const answer = await oss.put('k', 'hello');
	expect(answer.status).toBe(503);
	expect(answer.xml('Code')).toBe('ServiceUnavailable');
	expect(answer.headers['retry-after']).toBe('3');
	expect(await emulator.object('examplebucket', 'k')).toBeUndefined();
	expect(emulator.requests).toMatchObject([
		{ status: 503, code: 'ServiceUnavailable', faulted: 'status', stored: false, bytes: 5 },
	]);
});

test('status: can have a body that is no XML', async () => {
	onPut({ type: 'status', status: 502, body: '<html>Bad gateway' });
	expect(await oss.put('k')).toMatchObject({ status: 502, text: '<html>Bad gateway' });
});

test('cut: ends the connection after so many bytes, and stores nothing', async () => {
	onPut({ type: 'cut', afterBytes: MIB });
	await expect(oss.put('k', Buffer.alloc(8 * MIB))).rejects.toThrow();
	const record = await emulator.whenRequest(() => true);
	expect(record).toMatchObject({ status: 0, stored: false, faulted: 'cut' });
	expect(record.bytes).toBeGreaterThanOrEqual(MIB);
	expect(record.bytes).toBeLessThan(2 * MIB);
	expect(await emulator.object('examplebucket', 'k')).toBeUndefined();
});

test('cut: at the end of a body that is shorter', async () => {
	onPut({ type: 'cut', afterBytes: MIB });
	await expect(oss.put('k', 'hello')).rejects.toThrow();
	expect(await emulator.whenRequest(() => true)).toMatchObject({ bytes: 5, stored: false });
});

test('cut: an old part survives its broken replacement', async () => {
	const { uploadId, parts } = await oss.uploaded('k', ['old']);
	emulator.addFault({ operation: 'UploadPart', action: { type: 'cut', afterBytes: 1 } });
	await expect(oss.part('k', uploadId, 1, 'new')).rejects.toThrow();
	await emulator.whenRequest(({ faulted }) => faulted === 'cut');
	expect((await oss.complete('k', uploadId, parts)).status).toBe(200);
});

test('hang: the request goes on when the rule is cleared', async () => {
	onPut({ type: 'hang' });
	const answer = oss.put('k', 'hello');
	await emulator.whenArrived(({ operation }) => operation === 'PutObject');
	expect(emulator.inFlight).toBe(1);
	emulator.clearFaults();
	expect((await answer).status).toBe(200);
	expect(emulator.inFlight).toBe(0);
});

test('hang: ends when the client goes, and applies nothing', async () => {
	onPut({ type: 'hang' });
	const { path, headers } = oss.sign({ method: 'PUT', key: 'k' });
	const request = httpRequest(emulator.url + path, { method: 'PUT', headers });
	request.on('error', () => {});
	request.end('hello');
	await emulator.whenArrived(({ operation }) => operation === 'PutObject');
	request.destroy();
	expect(await emulator.whenRequest(() => true)).toMatchObject({ status: 0, stored: false });
	expect(await emulator.object('examplebucket', 'k')).toBeUndefined();
});

test('hang: does not keep the emulator from closing', async () => {
	onPut({ type: 'hang' });
	const answer = expect(oss.put('k')).rejects.toThrow();
	await emulator.whenArrived(() => true);
	await emulator.close();
	await answer;
	emulator = await startEmulator();
});

test('hang: with `applied` only the answer hangs', async () => {
	onPut({ type: 'hang', applied: true });
	const answer = oss.put('k', 'hello');
	const record = await emulator.whenArrived(({ operation }) => operation === 'PutObject');
	await expect.poll(() => record.stored).toBe(true);
	expect((await oss.say({ method: 'GET', key: 'k' })).text).toBe('hello');
	emulator.clearFaults();
	expect((await answer).status).toBe(200);
});

test('delay: answers later', async () => {
	onPut({ type: 'delay', ms: 50 });
	const startedAt = performance.now();
	expect((await oss.put('k')).status).toBe(200);
	expect(performance.now() - startedAt).toBeGreaterThanOrEqual(49);
});

test('delay: with `applied` the object is stored though the client has gone meanwhile', async () => {
	onPut({ type: 'delay', ms: 60_000, applied: true });
	const { path, headers } = oss.sign({ method: 'PUT', key: 'k' });
	const request = httpRequest(emulator.url + path, { method: 'PUT', headers });
	request.on('error', () => {});
	request.end('hello');
	const record = await emulator.whenArrived(({ operation }) => operation === 'PutObject');
	await expect.poll(() => record.stored).toBe(true);
	request.destroy();
	expect(await emulator.whenRequest(() => true)).toMatchObject({ status: 0, stored: true });
});

test('drop-reply: the object is stored and nobody hears of it', async () => {
	onPut({ type: 'drop-reply' });
	await expect(oss.put('k', 'hello')).rejects.toThrow();
	expect(await emulator.whenRequest(() => true)).toMatchObject({ status: 0, stored: true });
	expect(await emulator.object('examplebucket', 'k')).toMatchObject({ size: 5 });
});

test('corrupt: a part is stored with a flipped byte, and OSS tells the checksum of that', async () => {
	emulator.addFault({ operation: 'UploadPart', action: { type: 'corrupt' } });
	const { uploadId, parts } = await oss.uploaded('k', ['hello']);
	const good = await oss.put('good', 'iello');
	expect(parts[0]?.[1]).toBe(good.headers.etag);
	await oss.complete('k', uploadId, parts);
	expect((await oss.say({ method: 'GET', key: 'k' })).text).toBe('iello');
});

test('corrupt: a Content-MD5 notices', async () => {
	onPut({ type: 'corrupt' });
	const answer = await oss.put('k', 'hello', { 'content-md5': 'XUFAKrxLKna5cZ2REBfFkg==' });
	expect(answer.xml('Code')).toBe('InvalidDigest');
});

test('corrupt: the finished object differs from its parts, and so does its checksum', async () => {
	const { uploadId, parts } = await oss.uploaded('k', [Buffer.alloc(MIB, 'a'), 'b']);
	emulator.addFault({ operation: 'CompleteMultipartUpload', action: { type: 'corrupt' } });
	const answer = await oss.complete('k', uploadId, parts);
	const bytes = Buffer.concat([Buffer.alloc(MIB, 'a'), Buffer.from('b')]);
	bytes.write('`', 0);
	const same = await oss.put('same', bytes);
	expect(answer.headers['x-oss-hash-crc64ecma']).toBe(same.headers['x-oss-hash-crc64ecma']);
	expect((await oss.say({ method: 'GET', key: 'k' })).bytes.equals(bytes)).toBe(true);
});

test('forget-upload: the upload is gone before the request is looked at', async () => {
	const uploadId = await oss.initiate('k');
	emulator.addFault({ operation: 'UploadPart', action: { type: 'forget-upload' } });
	expect((await oss.part('k', uploadId, 1, 'x')).xml('Code')).toBe('NoSuchUpload');
	expect(emulator.uploads('examplebucket')).toEqual([]);
});

test('expire-tokens: the tokens of today are worthless, those of tomorrow are not', async () => {
	const client = new OssClient(emulator, emulator.mintCredentials());
	onPut({ type: 'expire-tokens' });
	expect((await client.put('k')).xml('Code')).toBe('SecurityTokenExpired');
	expect((await client.put('k')).xml('Code')).toBe('SecurityTokenExpired');
	expect((await new OssClient(emulator, emulator.mintCredentials()).put('k')).status).toBe(200);
});

test('skew-clock: the server lives in another time', async () => {
	onPut({ type: 'skew-clock', ms: -3_600_000 });
	const refused = await oss.put('k');
	expect(refused.xml('Code')).toBe('RequestTimeTooSkewed');
	const at = Date.parse(refused.xml('ServerTime') ?? '');
	expect((await oss.say({ method: 'PUT', key: 'k', at })).status).toBe(200);
});

test('hide-headers: CORS does not expose them', async () => {
	onPut({ type: 'hide-headers', names: ['etag', 'x-oss-hash-crc64ecma'] });
	const answer = await oss.say({ method: 'PUT', key: 'k', headers: { origin: 'http://page.test' } });
	expect(answer.headers['access-control-expose-headers']).not.toMatch(/etag|crc64/i);
	expect(answer.headers['access-control-expose-headers']).toContain('x-oss-request-id');
});

test('throttle: the body is read no faster than that', async () => {
	onPut({ type: 'throttle', bytesPerSecond: 10 * MIB });
	const startedAt = performance.now();
	expect((await oss.put('k', Buffer.alloc(MIB))).status).toBe(200);
	expect(performance.now() - startedAt).toBeGreaterThan(90);
});

test('replace-body: applied, and answered with something else', async () => {
	const { uploadId, parts } = await oss.uploaded('k', ['hello']);
	emulator.addFault({
		operation: 'CompleteMultipartUpload',
		action: { type: 'replace-body', body: '<Error><Code>InternalError</Code></Error>' },
	});
	const answer = await oss.complete('k', uploadId, parts);
	expect(answer.status).toBe(200);
	expect(answer.xml('Code')).toBe('InternalError');
	expect(await emulator.object('examplebucket', 'k')).toBeDefined();
});

test('public-endpoint-forbidden: 400 with its EC, and nothing is applied', async () => {
	onPut({ type: 'public-endpoint-forbidden' });
	const answer = await oss.put('k', 'hello');
	expect(answer.status).toBe(400);
	expect(answer.xml('Code')).toBe('PublicEndpointForbidden');
	expect(answer.xml('EC')).toBe('0048-00000401');
	expect(answer.headers['x-oss-ec']).toBe('0048-00000401');
	expect(await emulator.object('examplebucket', 'k')).toBeUndefined();
});

test.each([
	[503, 'TotalQpsLimitExceeded', '0004-00000302'],
	[503, 'UploadTrafficRateLimitExceeded', '0004-00000502'],
	[409, 'FileAlreadyExists', '0042-00000214'],
	[404, 'NoSuchUpload', '0017-00000244'],
])('status: %i %s has the EC that OSS has for it [E4]', async (status, code, ec) => {
	onPut({ type: 'status', status, code });
	expect((await oss.put('k')).xml('EC')).toBe(ec);
});

test('status: can have any EC, and HEAD has it in its header [E4]', async () => {
	const action: FaultAction = { type: 'status', status: 403, code: 'AccessDenied', ec: '0003-00000501' };
	emulator.addFault({ times: 'always', action });
	expect((await oss.put('k')).xml('EC')).toBe('0003-00000501');
	const head = await oss.say({ method: 'HEAD', key: 'k' });
	expect(head.headers['x-oss-ec']).toBe('0003-00000501');
	expect(Buffer.from(head.headers['x-oss-err'] ?? '', 'base64').toString()).toContain('0003-00000501');
});

test('headers: an answer that is otherwise OSS’s own says that it was held', async () => {
	onPut({ type: 'headers', headers: { 'x-oss-qos-delay-time': '1500' } });
	const answer = await oss.say({
		method: 'PUT',
		key: 'k',
		body: 'hello',
		headers: { origin: 'http://page.test' },
	});
	expect(answer).toMatchObject({ status: 200, headers: { 'x-oss-qos-delay-time': '1500' } });
	expect(answer.headers['access-control-expose-headers']).toContain('x-oss-qos-delay-time');
	expect(answer.headers.etag).toBeTruthy();
	expect(await emulator.object('examplebucket', 'k')).toMatchObject({ size: 5 });
});

test('headers: null takes one away, whatever its case, of errors too', async () => {
	const headers = { etag: null, 'X-OSS-Hash-CRC64ECMA': null, 'x-oss-request-id': null };
	onPut({ type: 'headers', headers });
	const answer = await oss.put('k', 'hello');
	expect(answer.status).toBe(200);
	expect(Object.keys(answer.headers)).not.toContain('etag');
	expect(Object.keys(answer.headers).filter((name) => /crc64|request-id/.test(name))).toEqual([]);
	onPut({ type: 'status', status: 503 });
	onPut({ type: 'headers', headers: { 'Retry-After': '7' } });
	expect((await oss.put('k')).headers['retry-after']).toBe('7');
});

test('a rule with a slip of the pen is refused at once', () => {
	const rule = JSON.parse('{"operation":"UploadPartt","action":{"type":"cut"}}');
	expect(() => emulator.addFault(rule)).toThrow('Expected operation to be an operation of OSS');
});

test('the acl that was asked for is kept with the object, by PutObject and by Complete', async () => {
	await oss.put('k', 'hello', { 'x-oss-object-acl': 'private' });
	expect(await emulator.object('examplebucket', 'k')).toMatchObject({ acl: 'private' });
	const { uploadId, parts } = await oss.uploaded('k', ['hello']);
	await oss.complete('k', uploadId, parts, { 'x-oss-object-acl': 'public-read' });
	expect(await emulator.object('examplebucket', 'k')).toMatchObject({ acl: 'public-read' });
});

test('a part that is still arriving when its upload is aborted is not stored', async () => {
	const uploadId = await oss.initiate('k');
	emulator.addFault({ operation: 'UploadPart', action: { type: 'hang' } });
	const answer = oss.part('k', uploadId, 1, 'x');
	await emulator.whenArrived(({ operation }) => operation === 'UploadPart');
	await emulator.forgetUpload(uploadId);
	emulator.clearFaults();
	expect((await answer).xml('Code')).toBe('NoSuchUpload');
});

test('an object that is replaced while it is read is read to its end', async () => {
	const first = Buffer.alloc(16 * MIB, 'a');
	await oss.put('k', first);
	const { path, headers } = oss.sign({ method: 'GET', key: 'k' });
	const bytes = await new Promise<number>((resolve, reject) => {
		httpRequest(emulator.url + path, { headers }, (response) => {
			let size = 0;
			response.once('readable', () => {
				oss.put('k', 'second').then(() => {
					response.on('data', (chunk: Buffer) => {
						if (chunk.equals(first.subarray(0, chunk.length))) size += chunk.length;
					});
				}, reject);
			});
			response.on('end', () => resolve(size));
		})
			.on('error', reject)
			.end();
	});
	expect(bytes).toBe(first.length);
	expect((await oss.say({ method: 'GET', key: 'k' })).text).toBe('second');
});

test('the most requests at once are counted', async () => {
	emulator.addFault({ times: 'always', action: { type: 'hang' } });
	const answers = ['a', 'b', 'c'].map((key) => oss.put(key));
	await Promise.all(['a', 'b', 'c'].map((key) => emulator.whenArrived((record) => record.key === key)));
	expect(emulator.maxInFlight).toBe(3);
	emulator.clearFaults();
	await Promise.all(answers);
	emulator.clearRequests();
	expect(emulator.maxInFlight).toBe(0);
	expect(emulator.requests).toEqual([]);
});

import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { loadSha256 } from '../../src/browser/sha256.js';
import type { ObjectSettings } from '../../src/core/ports.js';
import { ServiceError, UploadError } from '../../src/errors.js';
import { createOssClient, type OssClientOptions } from '../../src/oss/client.js';
import type { CredentialsRequest } from '../../src/oss/credentials.js';
import { resolveEndpoint } from '../../src/oss/endpoint.js';
import { objectHeaders } from '../../src/oss/headers.js';
import { sign as signV1 } from '../../src/oss/signer-v1.js';
import { type SignInput, sign as signV4 } from '../../src/oss/signer-v4.js';
import { ManualClock } from '../manual-clock.js';
import { failure } from './failure.js';
import { errorXml, ScriptedTransport } from './scripted-transport.js';

const { signal } = new AbortController();
const bytes = new Blob(['0123456789']).slice(0, 10);
const onSent = () => {};
const md5 = createHash('md5').update('0123456789').digest('hex').toUpperCase();
const part = { uploadId: 'U/+1', partNumber: 3, bytes, md5: undefined, onSent };
const parts = [{ partNumber: 1, etag: '"A"' }];
const completed =
	'<CompleteMultipartUploadResult><Location>http://x/y</Location><ETag>"W-1"</ETag></CompleteMultipartUploadResult>';
const initiated = '<InitiateMultipartUploadResult><UploadId>U1</UploadId></InitiateMultipartUploadResult>';

/** A client, and what it says and hears. */
function speaking(more: Partial<OssClientOptions> = {}, headers: ObjectSettings['headers'] = {}) {
	const transport = new ScriptedTransport();
	const clock = new ManualClock(Date.parse('2026-01-02T03:04:05Z'));
	const asked: CredentialsRequest['reason'][] = [];
	const client = createOssClient({
		bucket: 'examplebucket',
		endpoint: resolveEndpoint({ bucket: 'examplebucket', region: 'cn-hangzhou' }),
		signatureVersion: 'v4',
		loadSha256,
		getCredentials: ({ reason }) => {
			asked.push(reason);
			return {
				accessKeyId: `id${asked.length}`,
				accessKeySecret: 'SECRET',
				securityToken: `TOKEN${asked.length}`,
			};
		},
		credentialsFor: 'uploader',
		transport,
		clock,
		...more,
	});
	const object = client.forObject('dir/测 +.txt', {
		headers,
		guessedContentType: 'text/plain',
		verify: 'crc64',
	});
	return { transport, clock, asked, client, object };
}

const everything = objectHeaders({
	headers: {
		'cache-control': 'no-cache',
		'x-oss-server-side-encryption': 'AES256',
		'x-oss-request-payer': 'requester',
	},
	meta: { author: 'alice' },
	tags: { a: 'b' },
	acl: 'private',
	storageClass: 'IA',
	forbidOverwrite: true,
	trafficLimit: 300_000,
});

/** Those that every V4 request with a token carries. */
const SIGNATURE = ['authorization', 'x-oss-content-sha256', 'x-oss-date', 'x-oss-security-token'];
const BASE = 'https://examplebucket.oss-cn-hangzhou.aliyuncs.com';
const PATH = '/dir/%E6%B5%8B%20%2B.txt';

describe('each operation is one request, with exactly the headers that it takes:', () => {
	test('InitiateMultipartUpload', async () => {
		const { transport, object } = speaking({}, everything);
		transport.answer({ text: initiated });
		expect(await object.initiate(signal)).toBe('U1');
		expect(transport.last).toMatchObject({ method: 'POST', url: `${BASE}${PATH}?uploads`, signal });
		expect(transport.last).not.toHaveProperty('body');
		expect(Object.keys(transport.last.headers).sort()).toEqual(
			[
				...SIGNATURE,
				'content-type',
				'cache-control',
				'x-oss-server-side-encryption',
				'x-oss-request-payer',
				'x-oss-meta-author',
				'x-oss-tagging',
				'x-oss-storage-class',
				'x-oss-forbid-overwrite',
			].sort(),
		);
		expect(transport.last.headers['content-type']).toBe('text/plain');
	});

	test('UploadPart, its body the slice itself', async () => {
		const { transport, object } = speaking({}, everything);
		transport.answer({ headers: { etag: '"E"', 'x-oss-hash-crc64ecma': '17' } });
		expect(await object.uploadPart(part, signal)).toEqual({ etag: '"E"', crc64: '17' });
		expect(transport.last).toMatchObject({
			method: 'PUT',
			url: `${BASE}${PATH}?partNumber=3&uploadId=U%2F%2B1`,
		});
		expect(transport.last.body).toBe(bytes);
		expect(transport.last.onSent).toBe(onSent);
		expect(Object.keys(transport.last.headers).sort()).toEqual(
			[...SIGNATURE, 'x-oss-request-payer', 'x-oss-traffic-limit'].sort(),
		);
	});

	test('UploadPart with Content-MD5, from upper-case hex', async () => {
		const { transport, object } = speaking();
		transport.answer({});
		await object.uploadPart({ ...part, md5 }, signal);
		expect(Object.keys(transport.last.headers).sort()).toEqual([...SIGNATURE, 'content-md5'].sort());
		expect(transport.last.headers['content-md5']).toBe('eB5eJF1ptWaXm4bijSPyxw==');
	});

	test('ListParts', async () => {
		const { transport, object } = speaking({}, everything);
		transport.answer({ text: '<ListPartsResult><IsTruncated>false</IsTruncated></ListPartsResult>' });
		expect(await object.listParts('U', 1000, signal)).toEqual({ parts: [], nextPartNumberMarker: undefined });
		expect(transport.last.method).toBe('GET');
		expect(transport.last.url).toBe(
			`${BASE}${PATH}?encoding-type=url&max-parts=1000&part-number-marker=1000&uploadId=U`,
		);
		expect(Object.keys(transport.last.headers).sort()).toEqual([...SIGNATURE, 'x-oss-request-payer'].sort());
	});

	test('CompleteMultipartUpload, whose text has a Content-Type of its own, since browsers add one unsigned', async () => {
		const { transport, object } = speaking({}, everything);
		transport.answer({ text: completed, headers: { 'x-oss-hash-crc64ecma': '17', 'x-oss-request-id': 'R' } });
		expect(await object.complete('U', parts, signal)).toEqual({
			etag: '"W-1"',
			crc64: '17',
			location: `${BASE}${PATH}`,
			requestId: 'R',
		});
		expect(transport.last).toMatchObject({ method: 'POST', url: `${BASE}${PATH}?uploadId=U` });
		expect(transport.last.body).toContain('<PartNumber>1</PartNumber><ETag>"A"</ETag>');
		expect(transport.last.headers['content-type']).toBe('application/xml');
		expect(Object.keys(transport.last.headers).sort()).toEqual(
			[
				...SIGNATURE,
				'content-type',
				'x-oss-request-payer',
				'x-oss-object-acl',
				'x-oss-forbid-overwrite',
			].sort(),
		);
	});

	test('AbortMultipartUpload', async () => {
		const { transport, object } = speaking({}, everything);
		transport.answer({ status: 204 });
		await object.abort('U', signal);
		expect(transport.last).toMatchObject({ method: 'DELETE', url: `${BASE}${PATH}?uploadId=U` });
		expect(Object.keys(transport.last.headers).sort()).toEqual([...SIGNATURE, 'x-oss-request-payer'].sort());
	});

	test('PutObject', async () => {
		const { transport, object } = speaking({}, { ...everything, 'content-type': 'text/own' });
		transport.answer({ headers: { etag: '"E"', 'x-oss-request-id': 'R' } });
		expect(await object.put(bytes, md5, onSent, signal)).toEqual({
			etag: '"E"',
			crc64: undefined,
			location: `${BASE}${PATH}`,
			requestId: 'R',
		});
		expect(transport.last).toMatchObject({ method: 'PUT', url: `${BASE}${PATH}` });
		expect(transport.last.body).toBe(bytes);
		expect(transport.last.onSent).toBe(onSent);
		expect(transport.last.headers['content-type']).toBe('text/own');
		expect(Object.keys(transport.last.headers).sort()).toEqual(
			[...SIGNATURE, 'content-type', 'content-md5', ...Object.keys(everything)].sort(),
		);
	});

	test('HeadObject', async () => {
		const { transport, object } = speaking({}, everything);
		transport.answer({
			headers: { 'content-length': '10', etag: '"E"', 'last-modified': 'Fri, 02 Jan 2026 03:00:00 GMT' },
		});
		expect(await object.head(signal)).toEqual({
			size: 10,
			etag: '"E"',
			crc64: undefined,
			location: `${BASE}${PATH}`,
			requestId: undefined,
			lastModified: Date.parse('2026-01-02T03:00:00Z'),
		});
		expect(transport.last).toMatchObject({ method: 'HEAD', url: `${BASE}${PATH}` });
		expect(Object.keys(transport.last.headers).sort()).toEqual([...SIGNATURE, 'x-oss-request-payer'].sort());
	});
});

describe('signatures', () => {
	test.each([
		['v4', async (input: SignInput) => signV4(input, await loadSha256())],
		['v1', signV1],
	] as const)('of version %s cover what is sent', async (signatureVersion, sign) => {
		const { transport, clock, object } = speaking({ signatureVersion });
		transport.answer({});
		await object.uploadPart(part, signal);
		expect(transport.last.headers).toEqual(
			await sign({
				method: 'PUT',
				bucket: 'examplebucket',
				key: 'dir/测 +.txt',
				region: 'cn-hangzhou',
				query: { partNumber: '3', uploadId: 'U/+1' },
				headers: {},
				credentials: { accessKeyId: 'id1', accessKeySecret: 'SECRET', securityToken: 'TOKEN1' },
				time: clock.now(),
			}),
		);
	});

	test('a retried part is signed afresh', async () => {
		const { transport, clock, object } = speaking();
		transport.answer({ status: 500 }, {});
		await failure(object.uploadPart(part, signal));
		await clock.advance(1000);
		await object.uploadPart(part, signal);
		const [first, second] = transport.requests.map(({ headers }) => headers);
		expect(first?.['x-oss-date']).toBe('20260102T030405Z');
		expect(second?.['x-oss-date']).toBe('20260102T030406Z');
		expect(second?.authorization).not.toBe(first?.authorization);
	});

	test('no secret and no token is in a URL', async () => {
		const { transport, object } = speaking();
		transport.answer({ text: initiated }, {}, { text: completed });
		await object.initiate(signal);
		await object.uploadPart(part, signal);
		await object.complete('U', parts, signal);
		for (const { url } of transport.requests) expect(url).not.toMatch(/SECRET|TOKEN|Signature/i);
	});
});

describe('the time of OSS', () => {
	const at = async ({ transport, object }: ReturnType<typeof speaking>) => {
		transport.answer({});
		await object.uploadPart(part, signal);
		return transport.last.headers['x-oss-date'];
	};

	test.each([
		['ahead', '2026-01-02T04:04:05.000Z', '20260102T040405Z'],
		['behind', '2026-01-02T02:04:05.000Z', '20260102T020405Z'],
	])('an hour %s is learned from RequestTimeTooSkewed', async (_, serverTime, expected) => {
		const spoken = speaking();
		spoken.transport.answer({
			status: 403,
			text: errorXml('RequestTimeTooSkewed', `<ServerTime>${serverTime}</ServerTime>`),
		});
		expect((await failure(spoken.object.uploadPart(part, signal))).ossCode).toBe('RequestTimeTooSkewed');
		expect(await at(spoken)).toBe(expected);
	});

	test.each([
		['is learned where it is far off', 'Fri, 02 Jan 2026 03:14:05 GMT', '20260102T031405Z'],
		['is nothing to learn from within 30 s', 'Fri, 02 Jan 2026 03:04:30 GMT', '20260102T030405Z'],
		['is ignored when it is none', 'now', '20260102T030405Z'],
	])('in a Date that CORS shows %s', async (_, date, expected) => {
		const spoken = speaking();
		spoken.transport.answer({ headers: { date } });
		await spoken.object.uploadPart(part, signal);
		expect(await at(spoken)).toBe(expected);
	});

	test('is not learned from the Date of an answer that came late', async () => {
		const spoken = speaking();
		spoken.transport.answer(async () => {
			// The machine slept between sending and receiving.
			await spoken.clock.advance(3_600_000);
			return { headers: { date: 'Fri, 02 Jan 2026 03:04:06 GMT' } };
		});
		await spoken.object.uploadPart(part, signal);
		expect(await at(spoken)).toBe('20260102T040405Z');
	});
});

describe('rejected credentials', () => {
	test.each([
		'SecurityTokenExpired',
		'InvalidSecurityToken',
		'InvalidAccessKeyId',
		'AccessKeyIdAndSecurityTokenNotMatch',
	])('%s has new ones asked for, once for five parts that failed together', async (code) => {
		const { transport, asked, object } = speaking();
		const answer = { status: 403, text: errorXml(code) };
		transport.answer(...Array(5).fill(answer), {}, {});
		const errors = await Promise.all(
			Array.from({ length: 5 }, () => failure(object.uploadPart(part, signal))),
		);
		expect(errors[0]).toMatchObject({ ossCode: code, renewed: true, partNumber: 3 });
		await Promise.all([object.uploadPart(part, signal), object.uploadPart(part, signal)]);
		expect(asked).toEqual(['initial', 'rejected']);
		expect(transport.last.headers['x-oss-security-token']).toBe('TOKEN2');
	});

	test.each(['AccessDenied', 'SignatureDoesNotMatch', 'NoSuchUpload', 'RequestTimeTooSkewed'])(
		'%s is not about the token',
		async (code) => {
			const { transport, asked, object } = speaking();
			transport.answer({ status: 403, text: errorXml(code) }, {});
			expect(await failure(object.uploadPart(part, signal))).toMatchObject({ renewed: false });
			await object.uploadPart(part, signal);
			expect(asked).toEqual(['initial']);
		},
	);

	test('a HEAD refused without a reason counts as that once, until a HEAD succeeds', async () => {
		const { transport, asked, object } = speaking();
		const found = { headers: { 'content-length': '1' } };
		transport.answer({ status: 403 }, { status: 403 }, { status: 403 }, found, { status: 403 }, found);
		expect(await failure(object.head(signal))).toMatchObject({ status: 403, renewed: true });
		expect(await failure(object.head(signal))).toMatchObject({ status: 403, renewed: false });
		expect(await failure(object.head(signal))).toMatchObject({ renewed: false });
		await object.head(signal);
		expect(await failure(object.head(signal))).toMatchObject({ renewed: true });
		await object.head(signal);
		expect(asked).toEqual(['initial', 'rejected', 'rejected']);
	});

	test('a part refused without a reason does not', async () => {
		const { transport, object } = speaking();
		transport.answer({ status: 403 });
		expect(await failure(object.uploadPart(part, signal))).toMatchObject({ renewed: false });
	});
});

describe('answers', () => {
	test.each([
		['nothing', ''],
		['half of it', completed.slice(0, -9)],
		["a proxy's page", '<html></html>'],
		['the answer to something else', initiated],
	])('a Complete answered with %s is retryable: HEAD is to be asked', async (_, text) => {
		const { transport, object } = speaking();
		transport.answer({ text, headers: { 'x-oss-request-id': 'R' } });
		const error = await failure(object.complete('U', parts, signal));
		expect(error).toMatchObject({ code: 'Service', retryable: true, status: 200, requestId: 'R' });
		expect(error).not.toBeInstanceOf(ServiceError);
		expect(error.message).toMatch(/^OSS's answer could not be read: SyntaxError: no /);
	});

	test('a Complete answered 200 with an error is that error, and retryable', async () => {
		const { transport, object } = speaking();
		transport.answer({ text: errorXml('InternalError') });
		const error = await failure(object.complete('U', parts, signal));
		expect(error).toBeInstanceOf(ServiceError);
		expect(error).toMatchObject({
			ossCode: 'InternalError',
			status: 200,
			retryable: true,
			requestId: 'R-XML',
		});
	});

	test.each([
		[
			'an Initiate without an id',
			'<InitiateMultipartUploadResult><UploadId/></InitiateMultipartUploadResult>',
		],
		['an Initiate without a body', ''],
	])('%s is retryable', async (_, text) => {
		const { transport, object } = speaking();
		transport.answer({ text });
		expect(await failure(object.initiate(signal))).toMatchObject({ code: 'Service', retryable: true });
	});

	test('a list whose marker stands still is retryable, not endless', async () => {
		const { transport, object } = speaking();
		transport.answer({
			text: '<ListPartsResult><IsTruncated>true</IsTruncated><NextPartNumberMarker>5</NextPartNumberMarker></ListPartsResult>',
		});
		expect(await failure(object.listParts('U', 5, signal))).toMatchObject({
			code: 'Service',
			retryable: true,
		});
	});

	test('a hidden header is undefined, an etag keeps its quotes', async () => {
		const { transport, object } = speaking();
		transport.answer({}, { headers: { etag: '"E"' } });
		expect(await object.uploadPart(part, signal)).toEqual({ etag: undefined, crc64: undefined });
		expect((await object.uploadPart(part, signal)).etag).toBe('"E"');
	});

	test.each([
		['no reason', {}],
		['NoSuchKey', { 'x-oss-err': Buffer.from(errorXml('NoSuchKey')).toString('base64') }],
	])('a HEAD answered 404 with %s means that there is no object', async (_, headers) => {
		const { transport, object } = speaking();
		transport.answer({ status: 404, headers });
		expect(await object.head(signal)).toBeUndefined();
	});

	test('a HEAD of a bucket that is missing is an error', async () => {
		const { transport, object } = speaking();
		transport.answer({
			status: 404,
			headers: { 'x-oss-err': Buffer.from(errorXml('NoSuchBucket')).toString('base64') },
		});
		expect((await failure(object.head(signal))).ossCode).toBe('NoSuchBucket');
	});

	test('a HEAD without a length is retryable', async () => {
		const { transport, object } = speaking();
		transport.answer({});
		expect(await failure(object.head(signal))).toMatchObject({ code: 'Service', retryable: true });
	});

	test('what the transport rejects with comes through untouched', async () => {
		const { transport, object } = speaking();
		const lost = new UploadError('Network', 'lost', { retryable: true });
		transport.answer(lost);
		expect(await failure(object.uploadPart(part, signal))).toBe(lost);
	});

	test('an aborted signal rejects with its reason, and nothing is sent', async () => {
		const { transport, object } = speaking();
		await expect(object.uploadPart(part, AbortSignal.abort('left'))).rejects.toBe('left');
		expect(transport.requests).toHaveLength(0);
	});
});

describe('a callback', () => {
	const headers = objectHeaders({
		callback: { url: 'https://app.example.com', body: 'b', vars: { a: '1' } },
	});

	test('goes out with Complete and PutObject only', async () => {
		const { transport, object } = speaking({}, headers);
		transport.answer({ text: initiated }, {}, {}, {});
		await object.initiate(signal);
		await object.uploadPart(part, signal);
		await object.complete('U', parts, signal);
		await object.put(bytes, undefined, onSent, signal);
		const carried = transport.requests.map((request) => 'x-oss-callback' in request.headers);
		expect(carried).toEqual([false, false, true, true]);
	});

	test.each([
		['JSON', '{"Status":"OK"}'],
		['nothing', ''],
		['text', 'OK'],
	])("is answered by the callback server's own text: %s", async (_, text) => {
		const { transport, object } = speaking({}, headers);
		transport.answer({ text }, { text });
		expect(await object.complete('U', parts, signal)).toMatchObject({
			callback: text,
			location: `${BASE}${PATH}`,
		});
		expect(await object.put(bytes, undefined, onSent, signal)).toMatchObject({ callback: text });
	});

	test('that failed leaves the object stored: 203 is a receipt', async () => {
		const { transport, object } = speaking({}, headers);
		const answer = { status: 203, text: errorXml('CallbackFailed'), headers: { etag: '"E"' } };
		transport.answer(answer, answer);
		for (const receipt of [
			await object.complete('U', parts, signal),
			await object.put(bytes, undefined, onSent, signal),
		]) {
			expect(receipt).toMatchObject({ etag: '"E"' });
			expect(receipt).not.toHaveProperty('callback');
			expect(receipt.callbackFailure).toBeInstanceOf(ServiceError);
			expect(receipt.callbackFailure).toMatchObject({
				status: 203,
				ossCode: 'CallbackFailed',
				requestId: 'R-XML',
			});
		}
	});

	test('does not hide an error that OSS itself writes into a 200', async () => {
		const { transport, object } = speaking({}, headers);
		transport.answer({ text: errorXml('InternalError') });
		expect(await failure(object.complete('U', parts, signal))).toMatchObject({
			ossCode: 'InternalError',
			retryable: true,
		});
	});

	test("of an object changes nothing of its Initiate's errors", async () => {
		const { transport, object } = speaking({}, headers);
		transport.answer({ text: errorXml('InternalError') });
		expect((await failure(object.initiate(signal))).ossCode).toBe('InternalError');
	});
});

describe('what Initiate would say', () => {
	const digest = (headers: ObjectSettings['headers'], guessedContentType = 'a/b') =>
		speaking().client.forObject('k', { headers, guessedContentType, verify: 'crc64' }).initiateDigest;

	test('is the same whatever the order, the guess, and what other requests say', () => {
		expect(digest({ expires: '1', 'x-oss-tagging': 'a=b' })).toBe(
			digest(
				{ 'x-oss-traffic-limit': '1', 'x-oss-tagging': 'a=b', 'x-oss-object-acl': 'private', expires: '1' },
				'c/d',
			),
		);
	});
	test('differs by each header of it', () => {
		const all = [
			{},
			{ expires: '1' },
			{ expires: '2' },
			{ 'content-type': 'a/b' },
			{ 'x-oss-meta-a': '1' },
		].map((headers) => digest(headers));
		expect(new Set(all).size).toBe(all.length);
	});
});

describe('after no answer', () => {
	const lost = () => new UploadError('Network', 'lost', { retryable: true });

	test('an endpoint that answers only what needs no CORS rule means CORS', async () => {
		const { transport, object } = speaking();
		transport.answer(lost());
		expect(await object.diagnose(signal)).toBe('cors');
		expect(transport.last).toMatchObject({ method: 'GET', url: `${BASE}/?location`, headers: {}, signal });
		expect(transport.probes).toEqual([`${BASE}/`]);
	});
	test('one that does not answer at all tells nothing', async () => {
		const { transport, object } = speaking();
		transport.answer(lost());
		transport.reachable = false;
		expect(await object.diagnose(signal)).toBe('unknown');
	});
	test('a refusal that can be read means that the request was merely cut, and is asked for once', async () => {
		const { transport, client, object } = speaking();
		transport.answer({ status: 403, text: errorXml('AccessDenied') });
		expect(await object.diagnose(signal)).toBe('unknown');
		const other = client.forObject('other', { headers: {}, guessedContentType: 'a/b', verify: 'none' });
		expect(await other.diagnose(signal)).toBe('unknown');
		expect(transport.requests).toHaveLength(1);
		expect(transport.probes).toEqual([]);
	});
	test('one that was once read, for any object, is not asked', async () => {
		const { transport, client, object } = speaking();
		transport.answer({ status: 403, text: errorXml('AccessDenied') });
		await failure(object.initiate(signal));
		const other = client.forObject('other', { headers: {}, guessedContentType: 'a/b', verify: 'none' });
		expect(await other.diagnose(signal)).toBe('unknown');
		expect(transport.requests).toHaveLength(1);
		expect(transport.probes).toEqual([]);
	});
	test('a request that was cut is no answer: the next one may still be about CORS', async () => {
		const { transport, object } = speaking();
		transport.answer(lost(), lost());
		await failure(object.initiate(signal));
		expect(await object.diagnose(signal)).toBe('cors');
	});
	test("an abort while it is looked into is the signal's own reason", async () => {
		const { transport, object } = speaking();
		transport.answer(lost());
		await expect(object.diagnose(AbortSignal.abort('left'))).rejects.toBe('left');
		expect(transport.probes).toEqual([]);
	});
});

test('secrets are in no error message, whatever fails', async () => {
	const { transport, object } = speaking();
	transport.answer(
		{ status: 403, text: errorXml('SignatureDoesNotMatch', '<StringToSign>TOKEN1</StringToSign>') },
		{ status: 502, text: 'TOKEN1' },
		{ text: '<a>TOKEN1</b>' },
	);
	for (let count = 0; count < 3; count++) {
		const error = await failure(object.complete('U', parts, signal));
		expect(`${error} ${error.cause} ${JSON.stringify(error)}`).not.toMatch(/TOKEN|SECRET/);
	}
});

test('close() ends what is being asked of getCredentials', async () => {
	let ended: AbortSignal | undefined;
	const { client, object } = speaking({
		getCredentials: (request) => {
			ended = request.signal;
			return new Promise(() => {});
		},
	});
	const waiting = object.initiate(signal);
	client.close();
	await expect(waiting).rejects.toThrow(/abort/i);
	expect(ended?.aborted).toBe(true);
});

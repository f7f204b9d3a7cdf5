import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { UploadError } from '../../src/base/errors.js';
import { loadSha256 } from '../../src/browser/sha256.js';
import type { ObjectSettings } from '../../src/core/model.js';
import { objectHeaders } from '../../src/oss/headers.js';
import { sign as signV1 } from '../../src/oss/signing/signer-v1.js';
import { type SignInput, sign as signV4 } from '../../src/oss/signing/signer-v4.js';
import { failure } from './failure.js';
import { errorXml } from './scripted-transport.js';
import {
	BASE,
	bytes,
	completed,
	ETAG,
	initiated,
	KEY,
	listed,
	NAMES,
	OPERATIONS,
	onSent,
	PATH,
	part,
	parts,
	signal,
	speaking,
} from './speaking.js';

const md5 = createHash('md5').update('0123456789').digest('hex').toUpperCase();

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
		transport.answer({ headers: { etag: ETAG, 'x-oss-hash-crc64ecma': '17' } });
		expect(await object.uploadPart(part, signal)).toEqual({ etag: ETAG, crc64: '17' });
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
		transport.answer({ text: listed('U') });
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
			etag: ETAG,
			crc64: '17',
			location: `${BASE}${PATH}`,
			requestId: 'R',
			isEvident: true,
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
		transport.answer({ headers: { etag: ETAG, 'x-oss-request-id': 'R' } });
		expect(await object.put(bytes, md5, onSent, signal)).toEqual({
			etag: ETAG,
			crc64: undefined,
			location: `${BASE}${PATH}`,
			requestId: 'R',
			isEvident: true,
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
			headers: { 'content-length': '10', etag: ETAG, 'last-modified': 'Fri, 02 Jan 2026 03:00:00 GMT' },
		});
		expect(await object.head(signal)).toEqual({
			size: 10,
			etag: ETAG,
			crc64: undefined,
			location: `${BASE}${PATH}`,
			requestId: undefined,
			isEvident: true,
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
				key: KEY,
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

describe.each(NAMES)('%s', (name) => {
	test('rejects with what the transport rejects with, untouched', async () => {
		const { transport, object } = speaking();
		const lost = new UploadError('Network', 'lost', { retryable: true });
		transport.answer(lost);
		expect(await failure(OPERATIONS[name](object))).toBe(lost);
	});

	test('says in its errors what was asked, and of which part', async () => {
		const { transport, object } = speaking();
		transport.answer({ status: 400, text: errorXml('InvalidArgument') });
		const error = await failure(OPERATIONS[name](object));
		expect(error.message).toMatch(`OSS answered ${name} 400 InvalidArgument`);
		expect(error.partNumber).toBe(name === 'UploadPart' ? 3 : undefined);
	});
});

test('an aborted signal rejects with its reason, and nothing is sent', async () => {
	const { transport, object } = speaking();
	await expect(object.uploadPart(part, AbortSignal.abort('left'))).rejects.toBe('left');
	expect(transport.requests).toHaveLength(0);
});

test('how long OSS held a request is told, whatever else it said [C13]', async () => {
	const { transport, object, held } = speaking();
	const delayed = (ms: string) => ({ 'x-oss-qos-delay-time': ms });
	transport.answer(
		{ headers: { ...delayed('1500'), etag: ETAG } },
		{ headers: delayed('20') },
		{ status: 503, headers: delayed('7000'), text: errorXml('ServiceUnavailable') },
		{ headers: delayed('0') },
		{ headers: delayed('soon') },
		{},
	);
	await object.uploadPart(part, signal);
	await object.uploadPart(part, signal);
	// How long it was held is no wish to wait.
	expect(await failure(object.uploadPart(part, signal))).toMatchObject({ retryAfterMs: undefined });
	for (let count = 0; count < 3; count++) await object.uploadPart(part, signal);
	expect(held).toEqual([1500, 20, 7000]);
});

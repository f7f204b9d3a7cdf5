import { describe, expect, test } from 'vitest';
import { ServiceError } from '../../src/base/errors.js';
import { objectHeaders } from '../../src/oss/headers.js';
import { failure } from './failure.js';
import { errorXml } from './scripted-transport.js';
import {
	answered,
	BASE,
	bytes,
	completed,
	ETAG,
	ofOss,
	onSent,
	PATH,
	parts,
	signal,
	speaking,
} from './speaking.js';

const page = '<!doctype html><title>Offline</title>';
const callback = objectHeaders({ callback: { url: 'https://app.example.com', body: 'b' } });

describe('a HEAD', () => {
	const inHeader = (code: string) => ({ 'x-oss-err': Buffer.from(errorXml(code)).toString('base64') });

	test.each<[string, Record<string, string>]>([
		['no reason', {}],
		['NoSuchKey', inHeader('NoSuchKey')],
	])('answered 404 with %s means that there is no object', async (_, headers) => {
		expect(await answered('HeadObject', { status: 404, headers })).toBeUndefined();
	});

	test('of a bucket that is missing is an error', async () => {
		const error = await failure(answered('HeadObject', { status: 404, headers: inHeader('NoSuchBucket') }));
		expect(error.ossCode).toBe('NoSuchBucket');
	});

	test('refused without a reason is a refusal, since it has no body to give one', async () => {
		for (const status of [400, 403, 405]) {
			const error = await failure(answered('HeadObject', { status }));
			expect(error).toBeInstanceOf(ServiceError);
			expect(error).toMatchObject({ status, retryable: false });
		}
	});

	test('says what can be read wherever anything can: size and time', async () => {
		const headers = { 'content-length': '10', 'last-modified': 'Fri, 02 Jan 2026 03:00:00 GMT' };
		expect(await answered('HeadObject', { headers })).toMatchObject({
			size: 10,
			lastModified: Date.parse('2026-01-02T03:00:00Z'),
			etag: undefined,
			crc64: undefined,
		});
	});

	test.each(['', '-1', '1e3', '10, 10', 'ten'])('whose length is "%s" is sent again', async (length) => {
		const error = await failure(answered('HeadObject', { headers: { ...ofOss, 'content-length': length } }));
		expect(error).toMatchObject({ code: 'Service', retryable: true });
	});
});

describe.each(['CompleteMultipartUpload', 'PutObject'] as const)('a callback of %s', (name) => {
	test.each(['{"Status":"OK"}', ' [1]\n', '"OK"'])(
		'is answered in JSON, passed on as it is: %s',
		async (text) => {
			expect(await answered(name, { text, headers: { ...ofOss, etag: ETAG } }, callback)).toEqual({
				etag: ETAG,
				crc64: undefined,
				location: `${BASE}${PATH}`,
				requestId: 'R',
				isEvident: true,
				callback: text,
			});
		},
	);

	test('whose answer shows nothing of OSS is no proof, as anybody writes JSON [A1]', async () => {
		const receipt = await answered(name, { text: '{"offline":true}' }, callback);
		expect(receipt).toMatchObject({ isEvident: false, callback: '{"offline":true}' });
	});

	test.each([
		['a page', page],
		['text', 'OK'],
		['nothing', ''],
		['half of it', '{"Status":'],
		['the document of a Complete', completed],
	])('is not answered by %s [A1]', async (_, text) => {
		const error = await failure(answered(name, { text, headers: ofOss }, callback));
		expect(error).toMatchObject({ code: 'Service', retryable: true, status: 200 });
		expect(error.message).toMatch(/OSS passes nothing on from a callback but JSON/);
	});

	test('that failed leaves the object stored: 203 is a receipt', async () => {
		const answer = { status: 203, text: errorXml('CallbackFailed'), headers: { etag: ETAG } };
		const receipt = await answered(name, answer, callback);
		expect(receipt).toMatchObject({ etag: ETAG, isEvident: true });
		expect(receipt).not.toHaveProperty('callback');
		const { callbackFailure } = receipt as { readonly callbackFailure?: unknown };
		expect(callbackFailure).toBeInstanceOf(ServiceError);
		expect(callbackFailure).toMatchObject({ status: 203, ossCode: 'CallbackFailed', requestId: 'R-XML' });
	});

	test('that failed shows by its document who wrote it, where every header is hidden', async () => {
		const receipt = await answered(name, { status: 203, text: errorXml('CallbackFailed') }, callback);
		expect(receipt).toMatchObject({ etag: undefined, isEvident: true });
	});

	test.each([
		['a page', page],
		['nothing', ''],
		['JSON', '{}'],
		['the document of another error', errorXml('InternalError')],
	])('has not failed where 203 comes with %s: a proxy may make 203 of any 200 [A1]', async (_, text) => {
		const error = await failure(answered(name, { status: 203, text, headers: ofOss }, callback));
		expect(error).toMatchObject({ code: 'Service', status: 203, retryable: true });
		expect(error).not.toBeInstanceOf(ServiceError);
	});

	test('that a signing server put into the URL counts as well', async () => {
		const { transport, object } = speaking({
			getCredentials: undefined,
			signRequest: () => ({ url: 'https://signed.example.com/k?callback=e30&Signature=SECRET' }),
		});
		transport.answer({ text: '{"a":1}', headers: ofOss });
		const asked =
			name === 'PutObject'
				? object.put(bytes, undefined, onSent, signal)
				: object.complete('U', parts, signal);
		expect(await asked).toMatchObject({ callback: '{"a":1}', isEvident: true });
	});
});

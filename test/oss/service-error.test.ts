import { describe, expect, test } from 'vitest';
import type { ServiceError } from '../../src/base/errors.js';
import type { Operation } from '../../src/core/model.js';
import type { TransportResponse } from '../../src/core/ports.js';
import { readError } from '../../src/oss/error-document.js';
import { answerType } from '../../src/oss/media-type.js';
import { heldMs, serviceError } from '../../src/oss/service-error.js';
import { errorXml } from './scripted-transport.js';

const response = (status: number, text = '', headers: Record<string, string> = {}): TransportResponse => ({
	status,
	text,
	header: (name) => headers[name],
});

const errorOf = (answer: TransportResponse, operation: Operation = 'UploadPart'): Promise<ServiceError> =>
	serviceError(answer, readError(answer), {
		operation,
		partNumber: operation === 'UploadPart' ? 3 : undefined,
		isRejected: false,
		serverNow: Date.parse('2024-01-01T00:00:00Z'),
	});

test("an error says the operation, the status, OSS's codes and message, and what to do", async () => {
	const error = await errorOf(response(403, errorXml('AccessDenied', '<EC>0003-00000001</EC>')));
	expect(error).toMatchObject({
		code: 'Service',
		status: 403,
		ossCode: 'AccessDenied',
		ec: '0003-00000001',
		help: 'https://help.aliyun.com/en/oss/user-guide/0003-00000001',
		requestId: 'R-XML',
		partNumber: 3,
	});
	expect(error.message).toBe(
		"OSS answered UploadPart 403 AccessDenied 0003-00000001 (Why). Allow it in the policy of the token's role, and forbid it in none of the bucket: `oss:PutObject` for this key.",
	);
});

test('what was signed, and with which key, is not repeated', async () => {
	const fields =
		'<OSSAccessKeyId>SECRET</OSSAccessKeyId><SignatureProvided>SECRET</SignatureProvided><StringToSign>SECRET</StringToSign>';
	const said = 'Authorization: SECRET; https://b.example.com/k?security-token=SECRET of LTAISECRETSECRET';
	const xml = errorXml('SignatureDoesNotMatch', fields).replace('Why', said);
	const error = await errorOf(response(403, xml));
	expect(error.message).not.toContain('SECRET');
	expect(JSON.stringify(error)).not.toContain('SECRET');
});

test('a long message is cut', async () => {
	const xml = `<Error><Code>C</Code><Message>${'words '.repeat(10_000)}</Message></Error>`;
	expect((await errorOf(response(400, xml))).message.length).toBeLessThan(350);
});

test.each([
	['no body', ''],
	["a proxy's page", '<html><body>502 Bad Gateway</body></html>'],
	['text', 'upstream connect error'],
	['a broken document', '<Error><Code>InternalError</Code>'],
	['another document', '<Other><Code>InternalError</Code></Other>'],
])('an answer with %s has no code, and its request id comes from the header', async (_, text) => {
	const error = await errorOf(response(502, text, { 'x-oss-request-id': 'R-HEADER' }));
	expect(error).toMatchObject({ status: 502, ossCode: undefined, requestId: 'R-HEADER', retryable: true });
	expect(error.message).toMatch(/^OSS answered UploadPart 502\. Try again later/);
});

describe('an answer that shows nothing of OSS', () => {
	test.each<[string, number, string, Record<string, string>, string]>([
		["a proxy's page", 503, '<html>', { 'content-type': 'text/html; charset=utf-8' }, '503 text/html'],
		['text', 502, 'upstream connect error', { 'content-type': 'text/plain' }, '502 text/plain'],
		['no type', 504, 'offline', {}, '504 without a content type'],
		['no body', 403, '', {}, '403 without a content type'],
	])('such as %s is called so, with its status and type', async (_, status, text, headers, type) => {
		const answer = response(status, text, headers);
		expect(answerType(answer)).toBe(type);
		const { message, ...error } = await errorOf(answer);
		expect(error).toMatchObject({ status, ossCode: undefined });
		expect(message).toMatch(`UploadPart got ${type}, which is not an answer of OSS. Look at`);
	});

	test('is none after a HEAD, which has no body and whose headers CORS may hide', async () => {
		expect((await errorOf(response(403), 'HeadObject')).message).toMatch(
			/^OSS answered HeadObject 403\. Allow it .*`oss:GetObject` for this key\.$/,
		);
		expect((await errorOf(response(404), 'HeadObject')).message).toMatch(/^OSS answered HeadObject 404\. /);
	});
});

describe('the fine code', () => {
	test.each<[string, string, Record<string, string>, string | undefined]>([
		['in the document', '<EC>0003-00000501</EC>', {}, '0003-00000501'],
		['in the header', '', { 'x-oss-ec': '0003-00000502' }, '0003-00000502'],
		['in both', '<EC>0003-00000501</EC>', { 'x-oss-ec': '0003-00000502' }, '0003-00000501'],
		['in neither', '', {}, undefined],
		['of another form', '<EC>../../x</EC>', {}, undefined],
	])('is read where it is %s', async (_, field, headers, ec) => {
		expect((await errorOf(response(403, errorXml('AccessDenied', field), headers))).ec).toBe(ec);
	});

	test('of a HEAD is in the header alone', async () => {
		const error = await errorOf(response(403, '', { 'x-oss-ec': '0003-00000501' }), 'HeadObject');
		expect(error.message).toMatch(/^OSS answered HeadObject 403 0003-00000501\. The bucket's Referer list/);
	});

	test.each([
		['0048-00000401', /bind a domain .* `cname: true`/],
		['0003-00000501', /Referer list/],
		['0003-00000502', /Referer list/],
		['0003-00000503', /Referer list/],
		['0003-00001403', /own region as `region`/],
		['0002-00000226', /own region as `region`/],
		['0002-00000228', /own region as `region`/],
		['0002-00000080', /leave out `signatureVersion: 'v1'`/],
		['0042-00000214', /leave out `forbidOverwrite`/],
		['0004-00000502', /upload less at a time/],
		['0004-00000302', /upload less at a time/],
		['0099-00000001', /the `help` of this error/],
	])('%s says what to do', async (ec, words) => {
		expect((await errorOf(response(400, errorXml('Whatever', `<EC>${ec}</EC>`)))).message).toMatch(words);
	});
});

test.each<[string, number, string, RegExp]>([
	['NoSuchBucket', 404, 'Why', /Check `bucket`, and that it lies in `region`/],
	['AccessDenied', 403, 'Why', /`oss:PutObject` for this key/],
	[
		'AccessDenied',
		403,
		'The bucket you are attempting to access must be addressed using the specified endpoint.',
		/own region as `region`/,
	],
	['AccessDenied', 403, 'Request has expired.', /have `signRequest` sign each request/],
	['AccessDenied', 403, 'You are denied by bucket referer policy.', /Referer list/],
	['AccessDenied', 403, 'Put public object acl is not allowed', /leave out `acl`/],
	['SignatureDoesNotMatch', 403, 'Why', /Check that `accessKeySecret` belongs to `accessKeyId`/],
	['InvalidAccessKeyId', 403, 'Why', /Have `getCredentials` answer a new token/],
	['AccessForbidden', 403, 'Why', /CORS rules: methods PUT/],
	['EntityTooSmall', 400, 'Why', /larger `partSize`/],
	['InvalidBucketName', 400, 'Why', /3 to 63 lower-case letters/],
	['FileAlreadyExists', 409, 'Why', /leave out `forbidOverwrite`/],
	['PublicEndpointForbidden', 400, 'Why', /`cname: true`/],
	['InternalError', 500, 'Why', /tell Alibaba Cloud's support the request id/],
	['Unheard', 400, 'Why', /documentation/],
	['constructor', 400, 'Why', /documentation/],
	['__proto__', 400, 'Why', /documentation/],
	['hasOwnProperty', 503, 'Why', /support/],
])('%s, %i, %s: the message ends with what to do [C4]', async (code, status, message, words) => {
	const error = await errorOf(response(status, errorXml(code).replace('Why', message)));
	expect(error.ossCode).toBe(code);
	expect(error.message).toMatch(words);
	expect(error.message).toMatch(/\.$/);
});

describe('the part that InvalidPart names', () => {
	test.each([
		['17', 17],
		['10000', 10_000],
		['0', undefined],
		['1.5', undefined],
		['100000', undefined],
		['x', undefined],
	])('%s is %s', async (text, partNumber) => {
		const answer = response(400, errorXml('InvalidPart', `<PartNumber>${text}</PartNumber>`));
		expect(readError(answer).partNumber).toBe(partNumber);
		expect((await errorOf(answer, 'CompleteMultipartUpload')).partNumber).toBe(partNumber);
	});

	test('does not take the place of the part that was sent', async () => {
		const answer = response(400, errorXml('InvalidPart', '<PartNumber>17</PartNumber>'));
		expect((await errorOf(answer)).partNumber).toBe(3);
	});
});

test('a HEAD has its document in a header', async () => {
	const xml = Buffer.from(errorXml('NoSuchBucket')).toString('base64');
	expect(await errorOf(response(404, '', { 'x-oss-err': xml }))).toMatchObject({
		ossCode: 'NoSuchBucket',
		requestId: 'R-XML',
	});
	expect((await errorOf(response(404, '', { 'x-oss-err': '%%%' }))).ossCode).toBeUndefined();
});

test.each([
	[200, true],
	[400, false],
	[403, false],
	[404, false],
	[408, true],
	[429, true],
	[500, true],
	[503, true],
])('status %i may pass by itself: %s', async (status, retryable) => {
	expect((await errorOf(response(status))).retryable).toBe(retryable);
});

describe('the time to wait', () => {
	test.each<[string, Record<string, string>, number | undefined]>([
		['nothing', {}, undefined],
		['seconds', { 'retry-after': '7' }, 7000],
		["a date by OSS's clock", { 'retry-after': 'Mon, 01 Jan 2024 00:00:09 GMT' }, 9000],
		['a date gone by', { 'retry-after': 'Sun, 31 Dec 2023 00:00:09 GMT' }, undefined],
		['nonsense', { 'retry-after': 'soon' }, undefined],
		['a negative number', { 'retry-after': '-5' }, undefined],
		['how long the request was held, not at all [C13]', { 'x-oss-qos-delay-time': '150' }, undefined],
		['Retry-After alone [C13]', { 'retry-after': '1', 'x-oss-qos-delay-time': '1500' }, 1000],
	])('is taken from %s', async (_, headers, retryAfterMs) => {
		expect((await errorOf(response(503, '', headers))).retryAfterMs).toBe(retryAfterMs);
	});
});

test.each<[string | undefined, number]>([
	['1500', 1500],
	['0', 0],
	[undefined, 0],
	['', 0],
	['-5', 0],
	['later', 0],
	['1e400', 0],
	['9'.repeat(400), 0],
])('a request with x-oss-qos-delay-time %s was held for %d ms [C13]', async (header, ms) => {
	expect(heldMs(response(200, '', header === undefined ? {} : { 'x-oss-qos-delay-time': header }))).toBe(ms);
});

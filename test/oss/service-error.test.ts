import { describe, expect, test } from 'vitest';
import type { TransportResponse } from '../../src/core/ports.js';
import type { ServiceError } from '../../src/errors.js';
import { readError, serviceError } from '../../src/oss/service-error.js';
import { errorXml } from './scripted-transport.js';

const response = (status: number, text = '', headers: Record<string, string> = {}): TransportResponse => ({
	status,
	text,
	header: (name) => headers[name],
});

const errorOf = (answer: TransportResponse): ServiceError =>
	serviceError(answer, readError(answer), {
		operation: 'UploadPart',
		partNumber: 3,
		renewed: false,
		serverNow: Date.parse('2024-01-01T00:00:00Z'),
	});

test("an error says the operation, the status, OSS's code and its message", () => {
	const error = errorOf(response(403, errorXml('AccessDenied')));
	expect(error).toMatchObject({
		code: 'Service',
		status: 403,
		ossCode: 'AccessDenied',
		requestId: 'R-XML',
		partNumber: 3,
	});
	expect(error.message).toBe('OSS answered UploadPart 403 AccessDenied (Why)');
});

test('what was signed, and with which key, is not repeated', () => {
	const xml = errorXml(
		'SignatureDoesNotMatch',
		'<OSSAccessKeyId>SECRET</OSSAccessKeyId><SignatureProvided>SECRET</SignatureProvided><StringToSign>SECRET</StringToSign>',
	);
	const error = errorOf(response(403, xml));
	expect(error.message).not.toContain('SECRET');
	expect(JSON.stringify(error)).not.toContain('SECRET');
});

test('a long message is cut', () => {
	const xml = `<Error><Code>C</Code><Message>${'x'.repeat(10_000)}</Message></Error>`;
	expect(errorOf(response(400, xml)).message.length).toBeLessThan(300);
});

test.each([
	['no body', ''],
	["a proxy's page", '<html><body>502 Bad Gateway</body></html>'],
	['text', 'upstream connect error'],
	['a broken document', '<Error><Code>InternalError</Code>'],
	['another document', '<Other><Code>InternalError</Code></Other>'],
])('an answer with %s has no code, and its request id comes from the header', (_, text) => {
	const error = errorOf(response(502, text, { 'x-oss-request-id': 'R-HEADER' }));
	expect(error).toMatchObject({ status: 502, ossCode: undefined, requestId: 'R-HEADER', retryable: true });
	expect(error.message).toBe('OSS answered UploadPart 502');
});

test('a HEAD has its document in a header', () => {
	const xml = Buffer.from(errorXml('NoSuchBucket')).toString('base64');
	expect(errorOf(response(404, '', { 'x-oss-err': xml }))).toMatchObject({
		ossCode: 'NoSuchBucket',
		requestId: 'R-XML',
	});
	expect(errorOf(response(404, '', { 'x-oss-err': '%%%' })).ossCode).toBeUndefined();
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
])('status %i may pass by itself: %s', (status, retryable) => {
	expect(errorOf(response(status)).retryable).toBe(retryable);
});

describe('the time to wait', () => {
	test.each<[string, Record<string, string>, number | undefined]>([
		['nothing', {}, undefined],
		['seconds', { 'retry-after': '7' }, 7000],
		["a date by OSS's clock", { 'retry-after': 'Mon, 01 Jan 2024 00:00:09 GMT' }, 9000],
		['a date gone by', { 'retry-after': 'Sun, 31 Dec 2023 00:00:09 GMT' }, undefined],
		['nonsense', { 'retry-after': 'soon', 'x-oss-qos-delay-time': 'later' }, undefined],
		['milliseconds of throttling', { 'x-oss-qos-delay-time': '150' }, 150],
		['both: the longer', { 'retry-after': '1', 'x-oss-qos-delay-time': '1500' }, 1500],
		['a negative number', { 'retry-after': '-5', 'x-oss-qos-delay-time': '-5' }, undefined],
	])('is taken from %s', (_, headers, retryAfterMs) => {
		expect(errorOf(response(503, '', headers)).retryAfterMs).toBe(retryAfterMs);
	});
});

import { describe, expect, test } from 'vitest';
import { RejectedSignerError, ServiceError, UploadError } from '../../../src/base/errors.js';
import {
	exhausted,
	isRefused,
	type Remedy,
	remedyFor,
	retryDelay,
} from '../../../src/core/schedule/retry.js';

const service = (status: number, ossCode?: string, more = {}) =>
	new ServiceError('message', { status, ossCode, requestId: 'ID', ...more });

describe('remedyFor', () => {
	test.each<[number, string | undefined, Remedy]>([
		[400, 'RequestTimeout', 'retry'],
		[400, 'IncompleteBody', 'retry'],
		[400, 'BadRequest', 'retry'],
		[400, 'InvalidDigest', 'retry'],
		[400, 'InvalidCRC64', 'retry'],
		[400, 'InvalidPart', 'reconcile'],
		[400, 'InvalidPartOrder', 'reconcile'],
		[400, 'EntityTooSmall', 'fail'],
		[400, 'InvalidArgument', 'fail'],
		[400, 'MalformedXML', 'fail'],
		[401, undefined, 'retry'],
		[403, 'RequestTimeTooSkewed', 'renew'],
		[403, 'SignatureDoesNotMatch', 'fail'],
		[403, 'AccessDenied', 'fail'],
		[403, 'AccessForbidden', 'fail'],
		[404, 'NoSuchUpload', 'restart'],
		[404, 'NoSuchBucket', 'fail'],
		[408, undefined, 'retry'],
		[409, 'FileAlreadyExists', 'fail'],
		[412, 'PreconditionFailed', 'fail'],
		[429, undefined, 'retry'],
		[500, 'InternalError', 'retry'],
		[503, 'ServiceUnavailable', 'retry'],
		[503, 'UploadTrafficRateLimitExceeded', 'retry'],
		[599, undefined, 'retry'],
	])('%d %s: %s', (status, ossCode, remedy) => {
		expect(remedyFor(service(status, ossCode))).toBe(remedy);
	});

	// Which codes are about the token is for the client to say.
	test.each([
		'SecurityTokenExpired',
		'InvalidSecurityToken',
		'InvalidAccessKeyId',
		'AccessKeyIdAndSecurityTokenNotMatch',
		'AccessDenied',
	])('%s: a request whose credentials were renewed meanwhile is sent again at once', (ossCode) => {
		expect(remedyFor(new RejectedSignerError('x', { status: 403, ossCode }))).toBe('renew');
	});

	test('what is marked as passing is retried, what is not fails', () => {
		expect(remedyFor(new UploadError('Network', 'x', { retryable: true }))).toBe('retry');
		expect(remedyFor(new UploadError('FileChanged', 'x'))).toBe('fail');
	});

	test.each(['constructor', '__proto__', 'toString'])(
		'[C4] a code named %s goes by its status',
		(ossCode) => {
			expect(remedyFor(service(503, ossCode))).toBe('retry');
			expect(remedyFor(service(400, ossCode))).toBe('fail');
		},
	);

	test('an error that is not of the family is a bug and surfaces', () => {
		expect(remedyFor(new TypeError('x is not a function'))).toBe('fail');
	});
});

describe('exhausted', () => {
	test.each([
		['SecurityTokenExpired', 403, 'Credentials', RejectedSignerError],
		['RequestTimeTooSkewed', 403, 'ClockSkew', ServiceError],
		['NoSuchUpload', 404, 'UploadGone', ServiceError],
	])('%s, %i, ends as %s with OSS’s own error as its cause', (ossCode, status, code, Kind) => {
		const cause = new Kind('x', { status, ossCode, requestId: 'ID' });
		expect(exhausted(cause)).toMatchObject({ code, ossCode, status, requestId: 'ID', cause });
	});

	test('any other error stays as it is', () => {
		const error = service(403, 'AccessDenied');
		expect(exhausted(error)).toBe(error);
	});
});

describe('isRefused', () => {
	test.each([undefined, '0003-00000001', '0003-00001201'])('AccessDenied, %s: a policy', (ec) => {
		expect(isRefused(service(403, 'AccessDenied', { ec }))).toBe(true);
	});

	test.each([
		['AccessDenied', '0003-00000501', 'the Referer'],
		['AccessDenied', '0003-00001403', 'the region'],
		['AccessDenied', '0002-00000226', 'the signature'],
		['UserDisable', '0003-00000801', 'the account'],
		[undefined, undefined, 'somebody who is not OSS'],
	])('%s, %s: %s, and no policy', (ossCode, ec, _what) => {
		expect(isRefused(service(403, ossCode, { ec }))).toBe(false);
	});
});

describe('retryDelay', () => {
	const options = { patienceMs: 180_000, minDelayMs: 300, maxDelayMs: 20_000 };
	const error = service(503, 'ServiceUnavailable');

	test('doubles from the least to the greatest delay, half of it at random', () => {
		expect([1, 2, 3, 4].map((failures) => retryDelay(error, failures, options, 0))).toEqual([
			150, 300, 600, 1200,
		]);
		expect(retryDelay(error, 1, options, 0.999)).toBeCloseTo(300, 0);
		expect(retryDelay(error, 20, options, 0.999)).toBeLessThanOrEqual(20_000);
	});

	test('is never shorter than OSS asked for, up to a minute', () => {
		expect(retryDelay(service(503, 'x', { retryAfterMs: 5000 }), 1, options, 0)).toBe(5000);
		expect(retryDelay(service(429, 'x', { retryAfterMs: 3_600_000 }), 1, options, 0)).toBe(60_000);
	});
});

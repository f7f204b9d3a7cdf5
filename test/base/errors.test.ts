import { describe, expect, test } from 'vitest';
import { CallbackError, isUploadError, ServiceError, UploadError } from '../../src/base/errors.js';

const details = {
	status: 403,
	ossCode: 'AccessDenied',
	ec: '0003-00000501',
	requestId: 'R',
	partNumber: 3,
};

describe('isUploadError', () => {
	test('knows every error of the family', () => {
		const service = new ServiceError('m', details);
		for (const error of [new UploadError('Network', 'm'), service, new CallbackError({}, service)]) {
			expect(isUploadError(error)).toBe(true);
		}
	});

	test('knows the errors of another copy of the library, which instanceof does not', async () => {
		const address = '../../src/base/errors.js?copy';
		const copy: typeof import('../../src/base/errors.js') = await import(/* @vite-ignore */ address);
		const theirs = new copy.ServiceError('m', details);
		expect(theirs).not.toBeInstanceOf(UploadError);
		expect(isUploadError(theirs)).toBe(true);
		expect(copy.isUploadError(new UploadError('Network', 'm'))).toBe(true);
	});

	test.each([
		undefined,
		null,
		'UploadError',
		{},
		new Error('m'),
		{ name: 'UploadError', code: 'Network', message: 'm' },
		JSON.parse(JSON.stringify(new UploadError('Network', 'm'))),
	])('knows that %j is none', (value) => {
		expect(isUploadError(value)).toBe(false);
	});
});

describe('help', () => {
	test('is the address of the page on the ec', () => {
		const help = 'https://help.aliyun.com/en/oss/user-guide/0003-00000501';
		expect(new ServiceError('m', details).help).toBe(help);
		expect(new UploadError('Service', 'm', { ec: '0003-00000501' }).help).toBe(help);
	});

	test('is undefined without one', () => {
		expect(new UploadError('Service', 'm').help).toBeUndefined();
	});
});

describe('nothing beyond the fields can be listed', () => {
	const fields = ['name', 'code', 'retryable', 'status', 'ossCode', 'ec', 'requestId', 'partNumber'].sort();

	test('of an UploadError', () => {
		const error = new UploadError('Service', 'm', { ...details, cause: 'SECRET' });
		expect(Object.keys(error).sort()).toEqual(fields);
		expect(Object.getOwnPropertySymbols(error)).toEqual([]);
	});

	test('of a ServiceError', () => {
		const keys = Object.keys(new ServiceError('m', details)).sort();
		expect(keys).toEqual([...fields, 'retryAfterMs'].sort());
	});
});

test('as JSON an error tells neither its cause nor what its cause holds', () => {
	const cause = Object.assign(new Error('SECRET'), { request: { headers: { authorization: 'SECRET' } } });
	const error = new UploadError('Credentials', 'getCredentials failed', { retryable: true, cause });
	expect(error.cause).toBe(cause);
	expect(JSON.parse(JSON.stringify(error))).toEqual({
		name: 'UploadError',
		code: 'Credentials',
		retryable: true,
	});
});

test('under another code the evidence stays, the error is its own cause, and no retry helps', () => {
	const error = new ServiceError('m', { ...details, status: 500 });
	const other = error.as('UploadGone', 'words');
	expect(other).toMatchObject({
		...details,
		status: 500,
		code: 'UploadGone',
		retryable: false,
		message: 'words',
	});
	expect(other.cause).toBe(error);
	expect(other.help).toBe(error.help);
	expect(error.as('UploadGone').message).toBe('m');
});

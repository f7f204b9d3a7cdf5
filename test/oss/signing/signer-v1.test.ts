import { describe, expect, test } from 'vitest';
import {
	canonicalResource,
	presign,
	sign,
	signature,
	stringToSign,
} from '../../../src/oss/signing/signer-v1.js';
import { inputOf, vectors } from './vectors.js';

describe.each(vectors('v1-header'))('the header vector $name', (vector) => {
	const input = inputOf(vector);
	const { subResource } = vector.inputs;
	const headers = sign(input, subResource);

	test('the string to sign is as published', () => {
		expect(stringToSign({ ...input, headers }, headers['x-oss-date'] ?? '', subResource)).toBe(
			vector.expected.stringToSign,
		);
	});
	test('the Authorization header is as published', () => {
		expect(headers.authorization).toBe(vector.expected.authorization);
	});
});

describe.each(vectors('v1-query'))('the query vector $name', (vector) => {
	const { expiresAt = 0, securityToken } = vector.inputs;
	const input = { ...inputOf(vector), time: (expiresAt - 60) * 1000 };
	const query = presign(input, 60);

	test('the string to sign is as published', () => {
		const withToken = { ...input.query, ...(securityToken && { 'security-token': securityToken }) };
		expect(stringToSign({ ...input, query: withToken }, String(expiresAt))).toBe(
			vector.expected.stringToSign ?? vector.derived?.stringToSign,
		);
	});
	test('the signature is as published', () => {
		expect(query.Signature).toBe(vector.expected.signature);
		expect(query).toMatchObject({ Expires: String(expiresAt), OSSAccessKeyId: 'ak' });
	});
});

describe.each(vectors('v1-raw'))('the vector $name', ({ inputs, expected }) => {
	test('the signature of the published string to sign is as published', () => {
		expect(signature(inputs.accessKeySecret ?? '', inputs.stringToSign ?? '')).toBe(expected.signature);
	});
});

const input = {
	method: 'GET',
	bucket: 'b',
	key: 'dir/a b+c',
	region: '',
	headers: {},
	credentials: { accessKeyId: 'ak', accessKeySecret: 'sk', securityToken: 'token' },
	time: 0,
};

test('the resource is not percent-encoded, and paging is not part of it', () => {
	const query = {
		uploadId: 'U+=',
		'max-parts': '1',
		'part-number-marker': '0',
		'encoding-type': 'url',
		uploads: '',
	};
	expect(canonicalResource({ ...input, query })).toBe('/b/dir/a b+c?uploadId=U+=&uploads');
});

test('in the header form the token is a signed header, and so is the time', () => {
	const headers = sign({ ...input, query: {} });
	expect(headers['x-oss-security-token']).toBe('token');
	// Not Date, which browsers drop.
	expect(headers['x-oss-date']).toBe('Thu, 01 Jan 1970 00:00:00 GMT');
	expect(stringToSign({ ...input, query: {}, headers }, '')).toContain('x-oss-security-token:token\n');
});

import { describe, expect, test } from 'vitest';
import {
	additionalNames,
	canonicalRequest,
	presign,
	sign,
	signature,
	signingKey,
	signingScope,
	stringToSign,
} from '../../src/oss/signer-v4.js';
import { inputOf, vectors } from './vectors.js';

describe.each(vectors('v4-header'))('the header vector $name', (vector) => {
	const input = inputOf(vector);
	const headers = sign(input);
	const signed = { ...input, headers };
	const expected = { ...vector.derived, ...vector.expected };

	test('the canonical request is as published', () => {
		expect(canonicalRequest(signed)).toBe(expected.canonicalRequest);
	});
	test('the string to sign is as published', () => {
		expect(stringToSign(signed, canonicalRequest(signed))).toBe(expected.stringToSign);
	});
	test('the signing key is as published', () => {
		const key = signingKey(input.credentials.accessKeySecret, signingScope(input));
		expect(Buffer.from(key).toString('hex')).toBe(expected.signingKeyHex);
	});
	test('the signature is as published', () => {
		expect(headers.authorization?.replace(/.*Signature=/, '')).toBe(expected.signature);
	});
	test('the Authorization header is as published, or ends with the signature that is', () => {
		expect(headers.authorization).toEqual(
			expected.authorization ?? expect.stringMatching(`,Signature=${expected.signature}$`),
		);
	});
});

describe.each(vectors('v4-query'))('the query vector $name', (vector) => {
	const input = inputOf(vector);
	const { 'x-oss-signature': given, ...query } = presign(input, vector.inputs.expires ?? 0);
	const presigned = { ...input, query };

	test('the canonical request is as published', () => {
		expect(canonicalRequest(presigned)).toBe(vector.derived?.canonicalRequest);
	});
	test('the string to sign is as published', () => {
		expect(stringToSign(presigned, canonicalRequest(presigned))).toBe(vector.derived?.stringToSign);
	});
	test('the signature is as published', () => {
		expect(given).toBe(vector.expected.signature);
	});
	test('the query is as published', () => {
		expect(query).toMatchObject(vector.expected.query ?? {});
	});
});

describe.each(vectors('v4-canonical-and-key'))("the docs page's vector $name", (vector) => {
	const input = inputOf(vector);
	test('the canonical request, the string to sign and the signature are as published', () => {
		expect(canonicalRequest(input)).toBe(vector.expected.canonicalRequest);
		const text = stringToSign(input, canonicalRequest(input));
		expect(text).toBe(vector.derived?.stringToSign);
		expect(signature(Buffer.from(vector.inputs.signingKeyHex ?? '', 'hex'), text)).toBe(
			vector.expected.signature,
		);
	});
});

const input = {
	method: 'PUT',
	bucket: 'b',
	key: 'k',
	region: 'cn-hangzhou',
	query: {},
	headers: { Host: 'h', 'content-type': 'text/plain' },
	credentials: { accessKeyId: 'ak', accessKeySecret: 'sk' },
	time: 0,
};

test('additional headers are lower-case, sorted, once, and neither absent nor signed anyway', () => {
	const additionalHeaders = ['HOST', 'Absent', 'Content-Type', 'X-OSS-Date', 'host', 'Abc'];
	const headers = { ...input.headers, ABC: '1', 'x-oss-date': 'd' };
	expect(additionalNames({ ...input, headers, additionalHeaders })).toBe('abc;host');
});

test('no additional headers means no AdditionalHeaders, which OSS refuses when empty', () => {
	expect(sign({ ...input, additionalHeaders: ['absent'] }).authorization).not.toContain('AdditionalHeaders');
	expect(presign({ ...input, additionalHeaders: ['absent'] }, 60)).not.toHaveProperty(
		'x-oss-additional-headers',
	);
});

test('the time is an argument: another second, another signature', () => {
	expect(sign(input)).toEqual(sign(input));
	expect(sign({ ...input, time: 1000 }).authorization).not.toBe(sign(input).authorization);
});

test('the token is signed', () => {
	const withToken = (securityToken: string) => ({
		...input,
		credentials: { ...input.credentials, securityToken },
	});
	expect(sign(withToken('a')).authorization).not.toBe(sign(withToken('b')).authorization);
	expect(sign(withToken('a'))['x-oss-security-token']).toBe('a');
});

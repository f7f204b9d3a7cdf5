import { describe, expect, test } from 'vitest';
import { nobleSha256 } from '../../../src/browser/noble-sha256.js';
import { loadSha256 } from '../../../src/browser/sha256.js';
import { utf8 } from '../../../src/oss/signing/encoding.js';
import {
	additionalNames,
	canonicalRequest,
	presign,
	sign,
	signingKey,
	signingScope,
	stringToSign,
} from '../../../src/oss/signing/signer-v4.js';
import { inputOf, vectors } from './vectors.js';

const webSha256 = await loadSha256();
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const hashed = async (text: string) => hex(await webSha256.digest(utf8(text)));

describe.each([
	['WebCrypto', webSha256],
	['@noble/hashes', nobleSha256],
])('by %s', (_, sha256) => {
	describe.each(vectors('v4-header'))('the header vector $name', (vector) => {
		const input = inputOf(vector);
		const expected = { ...vector.derived, ...vector.expected };

		test('the canonical request is as published', async () => {
			const signed = { ...input, headers: await sign(input, sha256) };
			expect(canonicalRequest(signed)).toBe(expected.canonicalRequest);
		});
		test('the string to sign is as published', async () => {
			const signed = { ...input, headers: await sign(input, sha256) };
			expect(stringToSign(signed, await hashed(canonicalRequest(signed)))).toBe(expected.stringToSign);
		});
		test('the signing key is as published', async () => {
			const key = await signingKey(input.credentials.accessKeySecret, signingScope(input), sha256);
			expect(hex(key)).toBe(expected.signingKeyHex);
		});
		test('the signature is as published', async () => {
			const { authorization } = await sign(input, sha256);
			expect(authorization?.replace(/.*Signature=/, '')).toBe(expected.signature);
		});
		test('the Authorization header is as published, or ends with the signature that is', async () => {
			expect((await sign(input, sha256)).authorization).toEqual(
				expected.authorization ?? expect.stringMatching(`,Signature=${expected.signature}$`),
			);
		});
	});

	describe.each(vectors('v4-query'))('the query vector $name', (vector) => {
		const input = inputOf(vector);
		const given = () => presign(input, vector.inputs.expires ?? 0, sha256);
		const unsigned = async () => {
			const { 'x-oss-signature': _, ...query } = await given();
			return { ...input, query };
		};

		test('the canonical request is as published', async () => {
			expect(canonicalRequest(await unsigned())).toBe(vector.derived?.canonicalRequest);
		});
		test('the string to sign is as published', async () => {
			const presigned = await unsigned();
			expect(stringToSign(presigned, await hashed(canonicalRequest(presigned)))).toBe(
				vector.derived?.stringToSign,
			);
		});
		test('the signature is as published', async () => {
			expect((await given())['x-oss-signature']).toBe(vector.expected.signature);
		});
		test('the query is as published', async () => {
			expect(await given()).toMatchObject(vector.expected.query ?? {});
		});
	});

	describe.each(vectors('v4-canonical-and-key'))("the docs page's vector $name", (vector) => {
		const input = inputOf(vector);
		test('the canonical request, the string to sign and the signature are as published', async () => {
			expect(canonicalRequest(input)).toBe(vector.expected.canonicalRequest);
			const text = stringToSign(input, await hashed(canonicalRequest(input)));
			expect(text).toBe(vector.derived?.stringToSign);
			const key = Uint8Array.from(Buffer.from(vector.inputs.signingKeyHex ?? '', 'hex'));
			expect(hex(await sha256.hmac(key, utf8(text)))).toBe(vector.expected.signature);
		});
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
	expect(additionalNames(headers, additionalHeaders)).toBe('abc;host');
});

test('no additional headers means no AdditionalHeaders, which OSS refuses when empty', async () => {
	for (const none of [input, { ...input, additional: additionalNames(input.headers, ['absent']) }]) {
		expect((await sign(none, webSha256)).authorization).not.toContain('AdditionalHeaders');
		expect(await presign(none, 60, webSha256)).not.toHaveProperty('x-oss-additional-headers');
	}
});

test('the time is an argument: another second, another signature', async () => {
	expect(await sign(input, webSha256)).toEqual(await sign(input, webSha256));
	expect((await sign({ ...input, time: 1000 }, webSha256)).authorization).not.toBe(
		(await sign(input, webSha256)).authorization,
	);
});

test('the token is signed', async () => {
	const withToken = (securityToken: string) => ({
		...input,
		credentials: { ...input.credentials, securityToken },
	});
	const signed = (token: string) => sign(withToken(token), webSha256);
	expect((await signed('a')).authorization).not.toBe((await signed('b')).authorization);
	expect((await signed('a'))['x-oss-security-token']).toBe('a');
});

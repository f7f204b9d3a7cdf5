import { createHash, createHmac } from 'node:crypto';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { nobleSha256 } from '../../src/browser/noble-sha256.js';
import { loadSha256 } from '../../src/browser/sha256.js';

const bytes = new TextEncoder().encode('测 abc');
const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');

afterEach(() => {
	vi.unstubAllGlobals();
});

describe.each([
	['WebCrypto', loadSha256],
	['@noble/hashes', async () => nobleSha256],
])('%s', (_, load) => {
	test('digests as SHA-256 does', async () => {
		const { digest } = await load();
		expect(hex(await digest(bytes))).toBe(createHash('sha256').update(bytes).digest('hex'));
		expect(hex(await digest(new Uint8Array()))).toBe(createHash('sha256').digest('hex'));
	});
	test.each([1, 32, 64, 65, 1000])('HMACs as HMAC-SHA256 does, with a key of %i bytes', async (length) => {
		const { hmac } = await load();
		const key = new Uint8Array(length).fill(7);
		expect(hex(await hmac(key, bytes))).toBe(createHmac('sha256', key).update(bytes).digest('hex'));
	});
});

test.each([
	['no crypto.subtle, as on plain http', {}],
	['no crypto at all', undefined],
])('with %s it is @noble/hashes', async (_, crypto) => {
	vi.stubGlobal('crypto', crypto);
	expect(await loadSha256()).toBe(nobleSha256);
});

test('with crypto.subtle @noble/hashes is not what digests', async () => {
	expect(await loadSha256()).not.toBe(nobleSha256);
});

import { createHash } from 'node:crypto';
import { hexToBytes } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';
import {
	base64,
	base64Json,
	canonicalQuery,
	encode,
	encodePath,
	textOfBase64,
} from '../../../src/oss/signing/encoding.js';
import { vectors } from './vectors.js';

test('what encodeURIComponent leaves is encoded too, but for the unreserved', () => {
	expect(encode("!'()*")).toBe('%21%27%28%29%2A');
	expect(encode('AZaz09-._~')).toBe('AZaz09-._~');
});

test('a slash is kept in a path only', () => {
	expect(encode('a/b')).toBe('a%2Fb');
	expect(encodePath('a//b%2F c')).toBe('a//b%252F%20c');
});

test('Chinese and emoji are percent-encoded as UTF-8', () => {
	expect(encode('测😀')).toBe('%E6%B5%8B%F0%9F%98%80');
});

test('a query is sorted by name, not by the joined pair', () => {
	expect(canonicalQuery({ 'a-b': '1', a: '2', 'a%': '3', uploads: '' })).toBe('a=2&a%25=3&a-b=1&uploads');
});

describe.each(vectors('content-md5'))('the vector $name', ({ inputs, expected }) => {
	test('an MD5 in upper-case hex becomes the published Content-MD5', () => {
		const hex = createHash('md5')
			.update(inputs.text ?? '')
			.digest('hex')
			.toUpperCase();
		expect(base64(hexToBytes(hex))).toBe(expected.base64);
	});
});

test('base64 is of UTF-8 and comes back', () => {
	expect(base64Json({ body: '测😀' })).toBe(Buffer.from('{"body":"测😀"}').toString('base64'));
	expect(textOfBase64(base64Json('测😀'))).toBe('"测😀"');
});

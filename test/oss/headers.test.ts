import { describe, expect, test } from 'vitest';
import type { Operation } from '../../src/core/ports.js';
import { headersFor, type ObjectOptions, objectHeaders } from '../../src/oss/headers.js';

const decoded = (base64: string | undefined) => JSON.parse(Buffer.from(base64 ?? '', 'base64').toString());

/** What a caller without types may pass. */
const untyped = (options: object): ObjectOptions => options;

test('options become headers with lower-case names', () => {
	const headers = objectHeaders({
		contentType: 'video/mp4',
		headers: { 'Cache-Control': 'no-cache', 'X-Oss-Server-Side-Encryption': 'AES256' },
		meta: { Author: 'alice', 'a-1': '' },
		tags: { 'A b': '1&2', 测: '=' },
		acl: 'private',
		storageClass: 'IA',
		forbidOverwrite: true,
		trafficLimit: 245_760,
	});
	expect(headers).toEqual({
		'content-type': 'video/mp4',
		'cache-control': 'no-cache',
		'x-oss-server-side-encryption': 'AES256',
		'x-oss-meta-author': 'alice',
		'x-oss-meta-a-1': '',
		'x-oss-tagging': 'A%20b=1%262&%E6%B5%8B=%3D',
		'x-oss-object-acl': 'private',
		'x-oss-storage-class': 'IA',
		'x-oss-forbid-overwrite': 'true',
		'x-oss-traffic-limit': '245760',
	});
});

test('no option, no header', () => {
	expect(objectHeaders({})).toEqual({});
	const nothing = {
		contentType: undefined,
		forbidOverwrite: false,
		meta: undefined,
		tags: {},
		callback: undefined,
	};
	expect(objectHeaders(nothing)).toEqual({});
});

test('a callback is base64 of JSON in UTF-8, its variables apart', () => {
	const headers = objectHeaders({
		callback: {
			url: 'https://app.example.com/测',
			body: 'a=1&b=2',
			bodyType: 'application/json',
			host: 'app.example.com',
			sni: true,
			vars: { uid: '测' },
		},
	});
	expect(decoded(headers['x-oss-callback'])).toEqual({
		callbackUrl: 'https://app.example.com/测',
		callbackBody: 'a=1&b=2',
		callbackBodyType: 'application/json',
		callbackHost: 'app.example.com',
		callbackSNI: true,
	});
	expect(decoded(headers['x-oss-callback-var'])).toEqual({ 'x:uid': '测' });
	const least = objectHeaders({ callback: { url: 'u', body: 'b' } });
	expect(decoded(least['x-oss-callback'])).toEqual({ callbackUrl: 'u', callbackBody: 'b' });
	expect(least).not.toHaveProperty('x-oss-callback-var');
});

describe('refused at once:', () => {
	test.each<[string, object, typeof TypeError, RegExp]>([
		['an unknown header', { headers: { 'X-Unknown': '1' } }, TypeError, /got "x-unknown"/],
		['a header named like a property', { headers: { constructor: '1' } }, TypeError, /got "constructor"/],
		['a header that signs', { headers: { Authorization: 'SECRET' } }, TypeError, /got "authorization"/],
		['a date', { headers: { 'x-oss-date': '1' } }, TypeError, /got "x-oss-date"/],
		['a Complete with gaps', { headers: { 'x-oss-complete-all': 'yes' } }, TypeError, /complete-all/],
		['a meta name with an underscore', { meta: { a_b: '1' } }, TypeError, /got "x-oss-meta-a_b"/],
		['an empty meta name', { meta: { '': '1' } }, TypeError, /got "x-oss-meta-"/],
		['a line break', { meta: { a: 'SECRET\r\nb: c' } }, TypeError, /x-oss-meta-a to be printable ASCII/],
		['Chinese', { headers: { 'content-disposition': '测' } }, TypeError, /encodeURIComponent/],
		['Latin-1, sent otherwise than signed', { meta: { a: 'é' } }, TypeError, /got other characters/],
		['a number', { meta: { a: 1 } }, TypeError, /got number/],
		['a type that is none', { contentType: 1 }, TypeError, /content-type .* got number/],
		['a callback without url', { callback: { body: 'b' } }, TypeError, /`callback.url`.* got undefined/],
		['a callback without body', { callback: { url: 'u' } }, TypeError, /`callback.body`/],
		['a slow limit', { trafficLimit: 245_759 }, RangeError, /from 245760 to 838860800, got 245759/],
		['a fast limit', { trafficLimit: 838_860_801 }, RangeError, /got 838860801/],
		['a broken limit', { trafficLimit: 300_000.5 }, RangeError, /an integer/],
		['no limit', { trafficLimit: Number.NaN }, RangeError, /got NaN/],
	])('%s', (_, options, kind, message) => {
		expect(() => objectHeaders(untyped(options))).toThrow(kind);
		expect(() => objectHeaders(untyped(options))).toThrow(message);
		expect(() => objectHeaders(untyped(options))).toThrow(/^(?!.*SECRET)/);
	});

	test('meta of more than 8 KB, names and values counted', () => {
		expect(() => objectHeaders({ meta: { abcd: 'x'.repeat(4092), efgh: 'x'.repeat(4092) } })).not.toThrow();
		expect(() => objectHeaders({ meta: { abcd: 'x'.repeat(4092), efgh: 'x'.repeat(4093) } })).toThrow(
			RangeError,
		);
	});

	test('more than 10 tags', () => {
		const tags = (count: number) =>
			Object.fromEntries(Array.from({ length: count }, (_, i) => [`t${i}`, '']));
		expect(() => objectHeaders({ tags: tags(10) })).not.toThrow();
		expect(() => objectHeaders({ tags: tags(11) })).toThrow(/from 0 to 10, got 11/);
	});

	test('a callback of more than 5 KB in base64', () => {
		expect(() => objectHeaders({ callback: { url: 'u', body: 'x'.repeat(3700) } })).not.toThrow();
		expect(() => objectHeaders({ callback: { url: 'u', body: 'x'.repeat(3900) } })).toThrow(RangeError);
		expect(() => objectHeaders({ callback: { url: 'u', body: 'b', vars: { a: 'x'.repeat(3900) } } })).toThrow(
			RangeError,
		);
	});
});

describe('of all headers', () => {
	const of = (name: string) =>
		(
			[
				'InitiateMultipartUpload',
				'UploadPart',
				'CompleteMultipartUpload',
				'PutObject',
				'ListParts',
				'AbortMultipartUpload',
				'HeadObject',
			] satisfies Operation[]
		)
			.filter((operation) => name in headersFor(operation, { [name]: 'v' }))
			.map((operation) => operation.slice(0, 2))
			.join(' ');

	test.each([
		['content-type', 'In Pu'],
		['cache-control', 'In Pu'],
		['content-disposition', 'In Pu'],
		['content-encoding', 'In Pu'],
		['expires', 'In Pu'],
		['x-oss-meta-author', 'In Pu'],
		['x-oss-server-side-encryption', 'In Pu'],
		['x-oss-server-side-data-encryption', 'In Pu'],
		['x-oss-server-side-encryption-key-id', 'In Pu'],
		['x-oss-storage-class', 'In Pu'],
		['x-oss-tagging', 'In Pu'],
		['x-oss-forbid-overwrite', 'In Co Pu'],
		['x-oss-object-acl', 'Co Pu'],
		['x-oss-callback', 'Co Pu'],
		['x-oss-callback-var', 'Co Pu'],
		['x-oss-traffic-limit', 'Up Pu'],
		['x-oss-request-payer', 'In Up Co Pu Li Ab He'],
		['x-oss-complete-all', ''],
		['x-oss-process', ''],
	])('%s goes to: %s', (name, operations) => {
		expect(of(name)).toBe(operations);
	});
});

import { describe, expect, test } from 'vitest';
import { expectEach } from '../../src/base/expect.js';
import type { Operation } from '../../src/core/model.js';
import {
	headersFor,
	OBJECT_RULES,
	type ObjectOptions,
	objectHeaders as written,
} from '../../src/oss/headers.js';

const decoded = (base64: string | undefined) => JSON.parse(Buffer.from(base64 ?? '', 'base64').toString());

const url = 'https://app.example.com/stored';

/** As `upload()` does. */
function objectHeaders(options: ObjectOptions) {
	expectEach(OBJECT_RULES, options);
	return written(options);
}

/** What a caller without types may pass. */
const untyped = (options: object): ObjectOptions => options;

test('options become headers with lower-case names', () => {
	const headers = objectHeaders({
		contentType: 'video/mp4',
		headers: { 'Cache-Control': 'no-cache', 'X-Oss-Server-Side-Encryption': 'AES256' },
		meta: { Author: 'alice', 'a-1': '' },
		tags: { 'A b': '1+2', 测: '=' },
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
		'x-oss-tagging': 'A%20b=1%2B2&%E6%B5%8B=%3D',
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

test.each([
	['an empty type', { contentType: '' }],
	['an empty header', { headers: { 'Content-Type': '', 'Cache-Control': '' } }],
	['no tags', { tags: {} }],
	['no metadata', { meta: {} }],
])('%s is none [C7]', (_, options) => {
	expect(objectHeaders(options)).toEqual({});
});

test('an option wins over a header of the same name, where it says something', () => {
	const headers = {
		'Content-Type': 'text/a',
		'x-oss-object-acl': 'private',
		'x-oss-forbid-overwrite': 'true',
	};
	expect(objectHeaders({ headers, contentType: 'text/b' })).toMatchObject({ 'content-type': 'text/b' });
	expect(objectHeaders({ headers, contentType: '', forbidOverwrite: false, acl: 'default' })).toEqual({
		'content-type': 'text/a',
		'x-oss-object-acl': 'default',
		'x-oss-forbid-overwrite': 'true',
	});
});

test.each([
	{ contentType: 'text/html; charset=utf-8' },
	{ contentType: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document' },
	{ headers: { 'x-oss-server-side-encryption': 'KMS', 'x-oss-server-side-data-encryption': 'SM4' } },
	{ headers: { 'x-oss-server-side-encryption': 'KMS', 'x-oss-server-side-encryption-key-id': '9468da86' } },
	{ headers: { 'x-oss-server-side-encryption': 'SM4' } },
	{ headers: { 'x-oss-traffic-limit': '838860800', 'x-oss-request-payer': 'requester' } },
	{ headers: { 'x-oss-tagging': 'a=1&%E6%B5%8B=b%20c&d' } },
	{ headers: { 'X-Oss-Callback': btoa('{"callbackUrl":"u","callbackBody":"b"}') } },
	{ headers: { 'content-disposition': "attachment; filename*=UTF-8''%E6%B5%8B.mp4" } },
	{ tags: { ['k'.repeat(128)]: 'v'.repeat(256), 'A-z 0+-=._:/': '', ä: 'ß' } },
	{ meta: { constructor: 'a', 'a-1': 'a b' } },
])('what is right is taken: %o', (options) => {
	expect(() => objectHeaders(options)).not.toThrow();
});

test('a callback is base64 of JSON in UTF-8, its variables apart', () => {
	const headers = objectHeaders({
		callback: {
			url: 'https://app.example.com/%E6%B5%8B;http://192.0.2.1:8080/b?a=1',
			body: 'a=1&b=测',
			bodyType: 'application/json',
			host: 'app.example.com',
			sni: true,
			vars: { uid: '测' },
		},
	});
	expect(decoded(headers['x-oss-callback'])).toEqual({
		callbackUrl: 'https://app.example.com/%E6%B5%8B;http://192.0.2.1:8080/b?a=1',
		callbackBody: 'a=1&b=测',
		callbackBodyType: 'application/json',
		callbackHost: 'app.example.com',
		callbackSNI: true,
	});
	expect(decoded(headers['x-oss-callback-var'])).toEqual({ 'x:uid': '测' });
	const least = objectHeaders({ callback: { url, body: 'b', vars: {} } });
	expect(decoded(least['x-oss-callback'])).toEqual({ callbackUrl: url, callbackBody: 'b' });
	expect(least).not.toHaveProperty('x-oss-callback-var');
});

describe('refused at once:', () => {
	test.each<[string, object, typeof TypeError, RegExp]>([
		[
			'an unknown header',
			{ headers: { 'X-Unknown': '1' } },
			TypeError,
			/got "X-Unknown": put what is your own into `meta`/,
		],
		['a header named like a property', { headers: { constructor: '1' } }, TypeError, /got "constructor"/],
		['a header that signs', { headers: { Authorization: 'SECRET' } }, TypeError, /got "Authorization"/],
		['a date', { headers: { 'x-oss-date': '1' } }, TypeError, /got "x-oss-date"/],
		['a Complete with gaps', { headers: { 'x-oss-complete-all': 'yes' } }, TypeError, /complete-all/],
		['a meta name with an underscore', { meta: { a_b: '1' } }, TypeError, /got "a_b": rename it/],
		[
			'a meta name twice',
			{ meta: { A: '1', a: '2' } },
			TypeError,
			/`name in meta` to be there once.* got "A"/,
		],
		[
			'a header twice',
			{ headers: { expires: '1', Expires: '2' } },
			TypeError,
			/`name in headers` to be there once/,
		],
		['an empty meta name', { meta: { '': '1' } }, TypeError, /got "": rename it/],
		[
			'a meta name with its prefix',
			{ meta: { 'X-Oss-Meta-A': '1' } },
			TypeError,
			/got "X-Oss-Meta-A": rename it, x-oss-meta- is added/,
		],
		['a line break', { meta: { a: 'SECRET\r\nb: c' } }, TypeError, /x-oss-meta-a` to be printable ASCII/],
		['Chinese', { headers: { 'Cache-Control': '测' } }, TypeError, /encodeURIComponent makes it so/],
		[
			'a Chinese file name',
			{ headers: { 'Content-Disposition': 'attachment; filename="测"' } },
			TypeError,
			/content-disposition.*filename\*=UTF-8'' and encodeURIComponent\(name\)/i,
		],
		[
			'Latin-1, sent otherwise than signed',
			{ meta: { a: 'é' } },
			TypeError,
			/printable ASCII .*got "…": encodeURIComponent makes it so/,
		],
		['a number', { meta: { a: 1 } }, TypeError, /`meta.a`.* got 1: write it as text/],
		['a type that is none', { contentType: 1 }, TypeError, /`contentType` .* got 1: write it like/],
		[
			'a callback without url',
			{ callback: { body: 'b' } },
			TypeError,
			/`callback.url`.* got undefined: write it like/,
		],
		['a callback without body', { callback: { url } }, TypeError, /`callback.body`/],
		['a slow limit', { trafficLimit: 245_759 }, RangeError, /from 245760 to 838860800, got 245759/],
		['a fast limit', { trafficLimit: 838_860_801 }, RangeError, /got 838860801/],
		['a broken limit', { trafficLimit: 300_000.5 }, RangeError, /an integer/],
		['no limit', { trafficLimit: Number.NaN }, RangeError, /got NaN/],
	])('%s', (_, options, kind, message) => {
		expect(() => objectHeaders(untyped(options))).toThrow(kind);
		expect(() => objectHeaders(untyped(options))).toThrow(message);
		expect(() => objectHeaders(untyped(options))).toThrow(/^(?!.*SECRET)/);
	});

	test.each(['headers', 'meta', 'tags'])('[C7] %s that hold no names and strings', (name) => {
		const wrong = [
			'SECRET',
			null,
			5,
			true,
			['SECRET'],
			new Map([['a', 'b']]),
			new Headers({ expires: '0' }),
			() => {},
		];
		for (const value of wrong) {
			expect(() => objectHeaders(untyped({ [name]: value }))).toThrow(TypeError);
			expect(() => objectHeaders(untyped({ [name]: value }))).toThrow(
				`Expected \`${name}\` to be an object, got `,
			);
			expect(() => objectHeaders(untyped({ [name]: value }))).toThrow('write it like { name: "value" }');
			expect(() => objectHeaders(untyped({ [name]: value }))).toThrow(/^(?!.*SECRET)/);
		}
		for (const value of [1, null, undefined, true, {}, ['SECRET'], 'SECRET \ud83d']) {
			expect(() => objectHeaders(untyped({ [name]: { expires: value } }))).toThrow(TypeError);
			expect(() => objectHeaders(untyped({ [name]: { expires: value } }))).toThrow(
				/`\w+.expires` to be (a string of whole characters|0 to 256 letters.*), got (?!.*SECRET).*: (write it as text, or leave it out|leave the rest out)$/,
			);
		}
	});

	test.each<[string, object, RegExp]>([
		['an ACL', { acl: 'public' }, /`acl` to be one of default, private, .*got "public"/],
		['no ACL', { acl: null }, /got null/],
		['an empty ACL', { acl: '' }, /got ""/],
		['an ACL as a header', { headers: { 'x-oss-object-acl': 'public' } }, /x-oss-object-acl.*got "public"/],
		['a storage class', { storageClass: 'standard' }, /one of Standard, IA, .*got "standard"/],
		['a storage class as a header', { headers: { 'x-oss-storage-class': 'ia' } }, /got "ia"/],
		[
			'text for a boolean',
			{ forbidOverwrite: 'false' },
			/`forbidOverwrite` to be one of true, false, got "false"/,
		],
		['a number for a boolean', { forbidOverwrite: 0 }, /got 0/],
		['a header like it', { headers: { 'x-oss-forbid-overwrite': 'yes' } }, /one of true, false, got "yes"/],
		[
			'a type without a slash',
			{ contentType: 'video' },
			/a type and a subtype, got "video": write it like "video\/mp4"/,
		],
		['half a type', { contentType: 'video/' }, /got "video\/"/],
		['two types', { contentType: 'video/mp4, text/plain' }, /a type and a subtype/],
		['no type', { contentType: null }, /`contentType`.* got null/],
		['encryption', { headers: { 'x-oss-server-side-encryption': 'AES-256' } }, /one of AES256, KMS, SM4/],
		[
			'SM4 alone',
			{ headers: { 'x-oss-server-side-data-encryption': 'SM4' } },
			/`x-oss-server-side-encryption` to be one of KMS, got undefined/,
		],
		[
			'SM4 beside AES',
			{ headers: { 'x-oss-server-side-encryption': 'AES256', 'x-oss-server-side-data-encryption': 'SM4' } },
			/one of KMS, got "AES256"/,
		],
		['a key alone', { headers: { 'x-oss-server-side-encryption-key-id': 'SECRET' } }, /one of KMS/],
		['data encryption', { headers: { 'x-oss-server-side-data-encryption': 'AES256' } }, /one of SM4/],
		['a payer', { headers: { 'x-oss-request-payer': 'me' } }, /one of requester/],
		[
			'a limit as text',
			{ trafficLimit: '300000' },
			/`trafficLimit`.* got "300000": write it in bits per second/,
		],
		['no limit', { trafficLimit: null }, /got null/],
		['a limit as a header', { headers: { 'x-oss-traffic-limit': '0x4000000' } }, /x-oss-traffic-limit/],
		['a limit with a zero before it', { headers: { 'x-oss-traffic-limit': '0300000' } }, /got "0300000"/],
		['spaces at the ends', { meta: { a: ' b' } }, /without spaces at its ends/],
		['no tag name', { tags: { '': '1' } }, /`name in tags` to be 1 to 128 letters/],
		[
			'a tag with other characters',
			{ tags: { a: 'SECRET&' } },
			/`tags.a` to be 0 to 256 letters.*got "…": leave the rest out/,
		],
		['a tag name with other characters', { tags: { 'a?': '' } }, /`name in tags` to be 1 to 128 letters/],
		[
			'a callback as text',
			{ callback: 'eyJ1SECRET' },
			/`callback` to be an object, got "…": write it like { url, body, /,
		],
		['no callback', { callback: null }, /`callback`.* got null/],
		[
			'an unknown field',
			{ callback: { url, body: 'b', customValue: {} } },
			/one of url, body, .*, got "customValue"/,
		],
		[
			'a callback to a file',
			{ callback: { url: 'ftp://SECRET', body: 'b' } },
			/1 to 5 http or https addresses/,
		],
		['a callback to a path', { callback: { url: '/stored', body: 'b' } }, /https:\/\/example.com\/stored/],
		['a callback beyond ASCII', { callback: { url: `${url}/测`, body: 'b' } }, /percent-encoded/],
		[
			'a callback without scheme',
			{ callback: { url: 'app.example.com', body: 'b' } },
			/1 to 5 http or https addresses/,
		],
		[
			'a callback to a bad port',
			{ callback: { url: 'http://a:SECRET', body: 'b' } },
			/1 to 5 http or https addresses/,
		],
		['one bad address', { callback: { url: `${url};b`, body: 'b' } }, /1 to 5 http or https addresses/],
		['an empty body', { callback: { url, body: '' } }, /`callback.body`.*not empty/],
		['half a character', { callback: { url, body: 'SECRET \ud83d' } }, /`callback.body`.*got "…"/],
		['a body that is no text', { callback: { url, body: {} } }, /`callback.body`.* got Object/],
		['a body type', { callback: { url, body: 'b', bodyType: 'json' } }, /`callback.bodyType` to be one of/],
		['a host', { callback: { url, body: 'b', host: 'SECRET \ud83d' } }, /`callback.host`/],
		['a host that is a number', { callback: { url, body: 'b', host: 5 } }, /`callback.host`.* got 5/],
		['SNI as text', { callback: { url, body: 'b', sni: 'true' } }, /`callback.sni` to be one of true, false/],
		['variables as text', { callback: { url, body: 'b', vars: 'a=1' } }, /`callback.vars` to be an object, /],
		[
			'a variable that is a number',
			{ callback: { url, body: 'b', vars: { id: 7 } } },
			/`callback.vars.id`.* got 7/,
		],
		[
			'a variable in upper case',
			{ callback: { url, body: 'b', vars: { userId: '7' } } },
			/lower-case.* got "userId": rename it/,
		],
		[
			'a variable with x:',
			{ callback: { url, body: 'b', vars: { 'x:id': '7' } } },
			/got "x:id": rename it, the x: is added/,
		],
		['a variable without name', { callback: { url, body: 'b', vars: { '': '7' } } }, /got ""/],
	])('[C7] %s', (_, options, message) => {
		expect(() => objectHeaders(untyped(options))).toThrow(message);
		expect(() => objectHeaders(untyped(options))).toThrow(/^(?!.*SECRET)/);
	});

	test('[C7] more addresses of a callback than OSS tries', () => {
		const urls = (count: number) => Array.from({ length: count }, () => url).join(';');
		expect(() => objectHeaders({ callback: { url: urls(5), body: 'b' } })).not.toThrow();
		expect(() => objectHeaders({ callback: { url: urls(6), body: 'b' } })).toThrow(/1 to 5 http or https/);
	});

	test('[C7] tags longer than OSS takes', () => {
		expect(() => objectHeaders({ tags: { ['k'.repeat(129)]: '' } })).toThrow(/1 to 128 letters/);
		expect(() => objectHeaders({ tags: { a: 'v'.repeat(257) } })).toThrow(/tags.a.* 0 to 256 letters/);
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
		expect(() => objectHeaders({ callback: { url, body: 'x'.repeat(3700) } })).not.toThrow();
		expect(() => objectHeaders({ callback: { url, body: 'x'.repeat(3900) } })).toThrow(RangeError);
		expect(() => objectHeaders({ callback: { url, body: 'b', vars: { a: 'x'.repeat(3900) } } })).toThrow(
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

import { describe, expect, test } from 'vitest';
import { resolveEndpoint } from '../../src/oss/endpoint.js';

const at = (endpoint?: string | URL, more: object = {}) =>
	resolveEndpoint({ bucket: 'bkt', region: 'cn-hangzhou', endpoint, ...more });

describe('the address of a bucket', () => {
	test.each([
		['by default', undefined, 'https://bkt.oss-cn-hangzhou.aliyuncs.com/'],
		[
			'without scheme, which means https',
			'oss-cn-beijing.aliyuncs.com',
			'https://bkt.oss-cn-beijing.aliyuncs.com/',
		],
		[
			'internal',
			'oss-cn-hangzhou-internal.aliyuncs.com',
			'https://bkt.oss-cn-hangzhou-internal.aliyuncs.com/',
		],
		['dual-stack', 'cn-hangzhou.oss.aliyuncs.com', 'https://bkt.cn-hangzhou.oss.aliyuncs.com/'],
		['accelerated', 'https://oss-accelerate.aliyuncs.com', 'https://bkt.oss-accelerate.aliyuncs.com/'],
		['with a port', 'https://oss.example.com:8443/', 'https://bkt.oss.example.com:8443/'],
		['with the default port', 'https://oss.example.com:443', 'https://bkt.oss.example.com/'],
		['path-style for IPv4', 'https://192.0.2.1:9000', 'https://192.0.2.1:9000/bkt/'],
		['path-style for IPv6', 'https://[2001:db8::1]', 'https://[2001:db8::1]/bkt/'],
		['path-style for localhost', 'http://localhost:9000', 'http://localhost:9000/bkt/'],
		['path-style for loopback', 'http://127.0.0.1:9000', 'http://127.0.0.1:9000/bkt/'],
		['from a URL object', new URL('https://oss.example.com'), 'https://bkt.oss.example.com/'],
	])('is right %s', (_, endpoint, url) => {
		expect(at(endpoint).url(undefined, {})).toBe(url);
	});

	test.each([
		['cn-hangzhou', 'cn-hangzhou.oss.aliyuncs.com', 'https://cn-hangzhou.cn-hangzhou.oss.aliyuncs.com/'],
		[
			'oss-cn-hangzhou',
			'oss-cn-hangzhou.aliyuncs.com',
			'https://oss-cn-hangzhou.oss-cn-hangzhou.aliyuncs.com/',
		],
	])('is right for the bucket %s, which is named like an endpoint', (bucket, endpoint, url) => {
		expect(at(endpoint, { bucket }).url(undefined, {})).toBe(url);
	});

	test('is the host as given for a domain bound to the bucket', () => {
		expect(at('img.example.com', { cname: true }).url('a', {})).toBe('https://img.example.com/a');
	});
});

test('a key is percent-encoded but for its slashes, as it is signed', () => {
	expect(at().url("a+b/c d//?#%'()*!~.测", {})).toBe(
		'https://bkt.oss-cn-hangzhou.aliyuncs.com/a%2Bb/c%20d//%3F%23%25%27%28%29%2A%21~.%E6%B5%8B',
	);
});

test('what a URL parser makes of the address is the address itself', () => {
	const url = at().url("a+b/c d//?#%'()*!~.测", { uploadId: "a+/='", uploads: '' });
	expect(new URL(url).href).toBe(url);
});

test('the query is percent-encoded', () => {
	expect(at().url('k', { uploads: '', uploadId: 'U +' })).toMatch(/\/k\?uploadId=U%20%2B&uploads$/);
});

test.each(['cn-hangzhou', 'oss-cn-hangzhou'])('the region %s is cn-hangzhou', (region) => {
	expect(resolveEndpoint({ bucket: 'b', region }).region).toBe('cn-hangzhou');
});

test.each(['', 'CN', 'cn/hangzhou', 'a.example.com#', 'cn hangzhou'])(
	'the region %j is refused',
	(region) => {
		expect(() => resolveEndpoint({ bucket: 'b', region })).toThrow(TypeError);
	},
);

describe('http in clear', () => {
	test.each([
		'http://oss.example.com',
		'http://192.0.2.1',
		'http://localhost.example.com',
		'http://127.0.0.1.example.com',
	])('is refused to %s', (endpoint) => {
		expect(() => at(endpoint)).toThrow(/Expected `endpoint` to be https .* got "http:/);
	});
	test.each(['http://localhost', 'http://127.8.0.1', 'http://[::1]:80', 'http://oss.localhost'])(
		'is fine to %s, this machine',
		(endpoint) => {
			expect(() => at(endpoint)).not.toThrow();
		},
	);
	test('is fine where it is allowed', () => {
		const endpoint = at('http://oss.example.com', { allowInsecureEndpoint: true });
		expect(endpoint.url('k', {})).toBe('http://bkt.oss.example.com/k');
		expect(endpoint.accepts(new URL('http://other.example.com'))).toBe(true);
	});
	test('is judged the same for addresses that others signed', () => {
		expect(at().accepts(new URL('https://other.example.com'))).toBe(true);
		expect(at().accepts(new URL('http://127.0.0.1/x'))).toBe(true);
		expect(at().accepts(new URL('http://other.example.com'))).toBe(false);
		expect(at('https://x.example.com', { allowInsecureEndpoint: true }).accepts(new URL('ftp://a'))).toBe(
			false,
		);
	});
});

test.each([
	['a path', 'https://oss.example.com/path'],
	['a query', 'https://oss.example.com?x=SECRET'],
	['a fragment', 'https://oss.example.com#SECRET'],
	['credentials', 'https://user:SECRET@oss.example.com'],
	['nothing', ''],
	['no host', 'https://'],
	['spaces', 'not an endpoint'],
	['another scheme', 'ftp://oss.example.com'],
])('an endpoint with %s is refused without repeating it', (_, endpoint) => {
	expect(() => at(endpoint)).toThrow(/^Expected `endpoint` to be (?!.*SECRET)/);
	expect(() => at(endpoint)).toThrow(TypeError);
});

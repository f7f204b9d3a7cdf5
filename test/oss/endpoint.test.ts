import { describe, expect, test } from 'vitest';
import { resolveEndpoint } from '../../src/oss/endpoint.js';

const at = (endpoint?: string | URL, more: object = {}) =>
	resolveEndpoint({ bucket: 'bkt', region: 'cn-hangzhou', endpoint, ...more });

describe('the address of a bucket', () => {
	test.each([
		['by default', undefined, 'https://bkt.oss-cn-hangzhou.aliyuncs.com/'],
		['without scheme, which means https', 'oss.example.com', 'https://bkt.oss.example.com/'],
		[
			'of a zone',
			'oss-cn-hangzhou-a-internal.aliyuncs.com',
			'https://bkt.oss-cn-hangzhou-a-internal.aliyuncs.com/',
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

	test.each([
		'bkt.oss-cn-hangzhou.aliyuncs.com',
		'bkt.oss-cn-hangzhou-internal.aliyuncs.com',
		'bkt.oss-accelerate.aliyuncs.com',
		'bkt.oss-accelerate-overseas.aliyuncs.com',
		'bkt.cn-hangzhou.oss.aliyuncs.com',
		'bkt.oss.aliyuncs.com',
		'bkt.oss.example.com:8443',
		'bkt.localhost:9000',
	])('is %s itself, which begins with the bucket [C7]', (host) => {
		expect(at(host).url('a', {})).toBe(`https://${host}/a`);
		expect(at(`https://${host}/`).url('a', {})).toBe(`https://${host}/a`);
	});

	test.each([
		[
			'a bucket that another one begins with',
			'bktother.oss.example.com',
			'https://bkt.bktother.oss.example.com/',
		],
		['a path-style host', 'https://127.0.0.1:9000', 'https://127.0.0.1:9000/bkt/'],
	])('is not taken to begin with the bucket for %s', (_, endpoint, url) => {
		expect(at(endpoint).url(undefined, {})).toBe(url);
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

test.each([
	['cn-hangzhou', 'cn-hangzhou'],
	['oss-cn-hangzhou', 'cn-hangzhou'],
	['us-west-1', 'us-west-1'],
	['oss-ap-southeast-1', 'ap-southeast-1'],
	['cn-shanghai-finance-1', 'cn-shanghai-finance-1'],
	['rg-china-mainland', 'rg-china-mainland'],
])('the region %s is %s', (region, id) => {
	expect(resolveEndpoint({ bucket: 'b', region }).region).toBe(id);
});

test.each<[unknown, string]>([
	[undefined, 'cn-hangzhou'],
	[null, 'cn-hangzhou'],
	['', 'cn-hangzhou'],
	[5, 'cn-hangzhou'],
	['hangzhou', 'cn-hangzhou'],
	['oss-shanghai', 'cn-shanghai'],
	['Tokyo', 'ap-northeast-1'],
	['oss-virginia', 'us-east-1'],
	['cn-frankfurt', 'eu-central-1'],
	['singapore', 'ap-southeast-1'],
	['cn-singapore', 'ap-southeast-1'],
	['london', 'eu-west-1'],
	['atlantis', 'cn-hangzhou'],
	['constructor', 'cn-hangzhou'],
	['cn-hangzhou-internal', 'cn-hangzhou'],
	['oss-cn-beijing-internal', 'cn-beijing'],
	['oss-accelerate', 'cn-hangzhou'],
	['oss-accelerate-overseas', 'cn-hangzhou'],
	['oss-cn-beijing.aliyuncs.com', 'cn-beijing'],
	['https://oss-eu-central-1.aliyuncs.com', 'eu-central-1'],
	['cn-beijing.oss.aliyuncs.com', 'cn-beijing'],
	['CN-Beijing', 'cn-beijing'],
	[' cn-beijing', 'cn-beijing'],
	['cn-beijing-h', 'cn-beijing'],
	['us-west-1a', 'us-west-1'],
	['cn/beijing', 'cn-hangzhou'],
	['cn beijing', 'cn-hangzhou'],
	['华东1（杭州）', 'cn-hangzhou'],
])('%j is no region, and what to write is told: %s [C7] [C8]', (region, id) => {
	const resolve = () => resolveEndpoint({ bucket: 'b', region: region as string });
	expect(resolve).toThrow(TypeError);
	expect(resolve).toThrow("Expected `region` to be the id of the bucket's region, got ");
	expect(resolve).toThrow(
		`: write it as the OSS console names it, like "${id}" or "us-west-1"; other hosts are for \`endpoint\``,
	);
});

test.each<[string, unknown, object, RegExp]>([
	[
		'of another region',
		'oss-cn-beijing.aliyuncs.com',
		{},
		/of "bkt" in "cn-hangzhou", got "oss-cn-beijing.*: name the same, or leave it out/,
	],
	['of another region, inside', 'oss-cn-beijing-internal.aliyuncs.com', {}, /in "cn-hangzhou", got/],
	['of another region, dual-stack', 'cn-beijing.oss.aliyuncs.com', {}, /in "cn-hangzhou", got/],
	['of a region that begins alike', 'oss-cn-hangzhoux.aliyuncs.com', {}, /in "cn-hangzhou", got/],
	['of another bucket', 'other.oss-cn-hangzhou.aliyuncs.com', {}, /of "bkt" in .*, got "other/],
	['of another service', 's3.oss-cn-hangzhou.aliyuncs.com', {}, /of "bkt" in .*, got "s3/],
	[
		'of no bucket',
		'oss-cn-hangzhou.aliyuncs.com',
		{ cname: true },
		/domain bound to the bucket.*leave `cname` out/,
	],
	['that is left out', undefined, { cname: true }, /the domain bound to the bucket.*name it/],
	['that is a path', '/oss', {}, /scheme, host and port, got "…": write it like/],
	['that is null', null, {}, /scheme, host and port, got null: write it like/],
	['that is a number', 5, {}, /got 5/],
	['with half a yes', 'img.example.com', { cname: 'true' }, /`cname` to be one of true, false, got "true"/],
	['with a null', 'img.example.com', { allowInsecureEndpoint: null }, /`allowInsecureEndpoint`.*got null/],
])('an endpoint %s is refused [C7]', (_, endpoint, more, message) => {
	expect(() => at(endpoint as string, more)).toThrow(TypeError);
	expect(() => at(endpoint as string, more)).toThrow(message);
});

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

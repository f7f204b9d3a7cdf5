import { BOOLEAN, expect, expectEach, type Rule, rule } from '../base/expect.js';
import { expectRegion } from './region.js';
import { canonicalQuery, encodePath, type Query } from './signing/encoding.js';

export interface EndpointOptions {
	readonly bucket: string;
	/** The id of the bucket's region, such as `cn-hangzhou` or `ap-southeast-1`; `oss-cn-hangzhou` is understood. */
	readonly region: string;
	/**
	 * Scheme, host and port of an internal, dual-stack, accelerate or private endpoint; no scheme means https. One that
	 * already begins with the bucket is taken as it is. An IP address or `localhost` is addressed path-style.
	 *
	 * @default `https://oss-<region>.aliyuncs.com`
	 */
	readonly endpoint?: string | URL | undefined;
	/** The endpoint is a domain bound to the bucket. @default false */
	readonly cname?: boolean | undefined;
	/** Lets `http:` through to other machines than this one: the token then travels in clear. @default false */
	readonly allowInsecureEndpoint?: boolean | undefined;
}

/** Where a bucket is spoken to. */
export interface Endpoint {
	/** Without `oss-`, as signatures want it. */
	readonly region: string;
	/** Address of the object, or of the bucket when `key` is undefined. */
	url(key: string | undefined, query: Query): string;
	/** Whether a request may go to this address: https, or http where nobody else can listen or it was allowed. */
	accepts(url: URL): boolean;
}

/** A hostname as `URL` normalizes it, so IPv4 in its dotted form and IPv6 in brackets. */
const isPathStyle = (host: string): boolean => /^(\[.*\]|\d+(\.\d+){3}|localhost)$/.test(host);
const isLoopback = (host: string): boolean => /^(\[::1\]|127(\.\d+){3}|(.*\.)?localhost)$/.test(host);

/** Undefined for what is more, or less, than scheme, host and port. */
function parseEndpoint(endpoint: unknown): URL | undefined {
	// A URL of another window is as good.
	const text = Object(endpoint).href ?? endpoint;
	try {
		// Of a path URL would take the beginning for the host.
		if (typeof text !== 'string' || text[0] === '/') return undefined;
		const url = new URL(/^\w+:\/\//.test(text) ? text : `https://${text}`);
		return url.href === `${url.origin}/` ? url : undefined;
	} catch {}
	return undefined;
}

/** Of `resolveEndpoint`; the bucket is looked at elsewhere. */
export const ENDPOINT_RULES: Readonly<Record<Exclude<keyof EndpointOptions, 'bucket'>, Rule>> = {
	region: expectRegion,
	// It may hold credentials.
	endpoint: rule(
		'scheme, host and port',
		parseEndpoint,
		'write it like https://oss-cn-hangzhou.aliyuncs.com',
	),
	cname: BOOLEAN,
	allowInsecureEndpoint: BOOLEAN,
};

/** Public, internal, accelerate and dual-stack hosts. What stands before them is the bucket, if it is right. */
const OSS_HOST = /^(?:(.+)\.)??(?:oss-([a-z\d-]+)|([a-z]{2}-[a-z\d-]+)\.oss)\.aliyuncs\.com$/;

/** OSS endpoints: public, internal, dual-stack, accelerate, a domain of one's own, or path-style for an IP and localhost. */
export function resolveEndpoint(options: EndpointOptions): Endpoint {
	expectEach(ENDPOINT_RULES, options);
	const { endpoint, allowInsecureEndpoint } = options;
	const region = expectRegion('region', options.region);
	const accepts = ({ protocol, hostname }: URL): boolean =>
		protocol === 'https:' || (protocol === 'http:' && (allowInsecureEndpoint || isLoopback(hostname)));

	const url = parseEndpoint(endpoint ?? `oss-${region}.aliyuncs.com`) as URL;
	expect(accepts(url), 'endpoint', 'https (or write `allowInsecureEndpoint: true`)', url.origin);
	const base = baseOf(url, region, options);

	return {
		region,
		url(key, query) {
			const text = canonicalQuery(query);
			return `${base}/${encodePath(key ?? '')}${text && `?${text}`}`;
		},
		accepts,
	};
}

/** Scheme, host and port, and for path-style the bucket. Refuses what OSS would refuse in words that do not tell why. */
function baseOf(
	{ origin, protocol, hostname, host }: URL,
	region: string,
	{ bucket, endpoint, cname }: EndpointOptions,
): string {
	const [ofOss, owner, ...homes] = OSS_HOST.exec(hostname) ?? [];
	// The signature names the region. Some regions have endpoints with suffixes of their own.
	const isHome = homes.some((home) => home?.startsWith('accelerate') || `${home}-`.startsWith(`${region}-`));
	const isOurs = !ofOss || ((owner ?? bucket) === bucket && isHome);
	const ours = `of "${bucket}" in "${region}"`;
	expect(isOurs, 'endpoint', ours, hostname, 'name the same, or leave it out');
	if (cname) {
		const isBound = endpoint && (!ofOss || owner);
		expect(isBound, 'endpoint', 'the domain bound to the bucket', hostname, 'name it, or leave `cname` out');
		return origin;
	}
	if (isPathStyle(hostname)) return `${origin}/${bucket}`;
	// A bucket may be named like a region: `cn-hangzhou.oss.aliyuncs.com` is an endpoint, and begins with no bucket.
	const isNamed = ofOss ? owner : hostname.startsWith(`${bucket}.`);
	return isNamed ? origin : `${protocol}//${bucket}.${host}`;
}

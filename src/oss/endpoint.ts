import { expect, expectBoolean, expectUrl } from '../expect.js';
import { canonicalQuery, encodePath, type Query } from './encoding.js';
import { expectRegion, REGION } from './region.js';

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
const isIp = (host: string): boolean => /^(\[.*\]|\d+(\.\d+){3})$/.test(host);
const isLoopback = (host: string): boolean => /^(\[::1\]|127(\.\d+){3}|(.*\.)?localhost)$/.test(host);

/** OSS endpoints: public, internal, dual-stack, accelerate, a domain of one's own, or path-style for an IP and localhost. */
export function resolveEndpoint(options: EndpointOptions): Endpoint {
	const { endpoint, allowInsecureEndpoint = false } = options;
	const region = expectRegion(options.region);
	expectBoolean('cname', options.cname);
	expectBoolean('allowInsecureEndpoint', allowInsecureEndpoint);
	const accepts = (url: URL): boolean =>
		url.protocol === 'https:' ||
		(url.protocol === 'http:' && (allowInsecureEndpoint || isLoopback(url.hostname)));

	const url = parseEndpoint(endpoint === undefined ? `oss-${region}.aliyuncs.com` : endpoint);
	expect(accepts(url), 'endpoint', 'https (or write `allowInsecureEndpoint: true`)', url.origin);
	expectFitting(url.hostname, region, options);
	const base = baseOf(url, options);

	return {
		region,
		url(key, query) {
			const text = canonicalQuery(query);
			return `${base}/${encodePath(key ?? '')}${text && `?${text}`}`;
		},
		accepts,
	};
}

function parseEndpoint(endpoint: string | URL): URL {
	const nextStep = 'write it like https://oss-cn-hangzhou.aliyuncs.com, the rest is added';
	expectUrl('endpoint', endpoint, nextStep);
	const text = String(endpoint);
	let url: URL | undefined;
	try {
		url = new URL(/^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `https://${text}`);
	} catch {}
	if (url && url.href === `${url.origin}/`) return url;
	// What was given is not repeated: it may hold credentials.
	const got = url ? 'more, or another scheme than https' : 'no URL';
	throw new TypeError(`Expected \`endpoint\` to be scheme, host and port, got ${got}: ${nextStep}`);
}

interface OssHost {
	/** What stands before the endpoint: the bucket, if it is right. */
	readonly owner: string | undefined;
	readonly region: string;
}

const ACCELERATE = 'accelerate';
const OSS_HOST = new RegExp(
	`^(?:(.+)\\.)??(?:oss-(${ACCELERATE}(?:-overseas)?|${REGION})|(${REGION})\\.oss)\\.aliyuncs\\.com$`,
);

/** Undefined where it is none of OSS's public, internal, accelerate and dual-stack hosts. */
function readHost(hostname: string): OssHost | undefined {
	const [, owner, single, dual] = OSS_HOST.exec(hostname) ?? [];
	const region = (single ?? dual)?.replace(/-internal$/, '');
	return region === undefined ? undefined : { owner, region };
}

/** Refuses what would reach OSS, and be refused there in words that do not tell why. */
function expectFitting(hostname: string, region: string, options: EndpointOptions): void {
	const { bucket, endpoint, cname } = options;
	const ossHost = readHost(hostname);
	if (cname) {
		const isBound = endpoint !== undefined && (ossHost === undefined || ossHost.owner === bucket);
		expect(isBound, 'endpoint', 'the domain bound to the bucket', hostname, 'name it, or leave `cname` out');
	}
	if (!ossHost) return;
	const { owner = bucket, region: home } = ossHost;
	const withoutOwner = `leave "${owner}." out, the bucket is added`;
	expect(owner === bucket, 'endpoint', `of the bucket "${bucket}"`, hostname, withoutOwner);
	// The signature names the region: OSS would refuse each request. Some regions have endpoints with suffixes of their own.
	const isHome = [ACCELERATE, region].some((each) => `${home}-`.startsWith(`${each}-`));
	const other = `write region: "${home}", or the endpoint of "${region}"`;
	expect(isHome, 'endpoint', `of the region "${region}"`, hostname, other);
}

/** Scheme, host and port, and for path-style the bucket. */
function baseOf({ origin, protocol, hostname, host }: URL, { bucket, cname }: EndpointOptions): string {
	if (cname) return origin;
	if (isIp(hostname) || hostname === 'localhost') return `${origin}/${bucket}`;
	// A bucket may be named like a region: `cn-hangzhou.oss.aliyuncs.com` is an endpoint, and begins with no bucket.
	const ossHost = readHost(hostname);
	const isNamed = ossHost ? ossHost.owner !== undefined : hostname.startsWith(`${bucket}.`);
	return isNamed ? origin : `${protocol}//${bucket}.${host}`;
}

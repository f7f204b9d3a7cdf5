import { expect } from '../expect.js';
import { canonicalQuery, encodePath, type Query } from './encoding.js';

export interface EndpointOptions {
	readonly bucket: string;
	/** `cn-hangzhou`; `oss-cn-hangzhou` is understood. */
	readonly region: string;
	/**
	 * Scheme, host and port of an internal, dual-stack, accelerate or private endpoint; no scheme means https. An IP
	 * address or `localhost` is addressed path-style.
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
export function resolveEndpoint({
	bucket,
	region: givenRegion,
	endpoint,
	cname = false,
	allowInsecureEndpoint = false,
}: EndpointOptions): Endpoint {
	const region = String(givenRegion).replace(/^oss-/, '');
	expect(/^[a-z\d][a-z\d-]*$/.test(region), 'region', 'like "cn-hangzhou"', givenRegion);
	const accepts = (url: URL): boolean =>
		url.protocol === 'https:' ||
		(url.protocol === 'http:' && (allowInsecureEndpoint || isLoopback(url.hostname)));

	const url = parseEndpoint(String(endpoint ?? `oss-${region}.aliyuncs.com`));
	const { hostname, host, origin, protocol } = url;
	expect(accepts(url), 'endpoint', 'https (see `allowInsecureEndpoint`)', origin);
	const isPathStyle = isIp(hostname) || hostname === 'localhost';
	const base = cname ? origin : isPathStyle ? `${origin}/${bucket}` : `${protocol}//${bucket}.${host}`;

	return {
		region,
		url(key, query) {
			const text = canonicalQuery(query);
			return `${base}/${encodePath(key ?? '')}${text && `?${text}`}`;
		},
		accepts,
	};
}

function parseEndpoint(text: string): URL {
	let url: URL | undefined;
	try {
		url = new URL(/^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `https://${text}`);
	} catch {}
	// What was given is not repeated in full: it may hold credentials.
	if (!url || url.href !== `${url.origin}/`) {
		throw new TypeError(`Expected \`endpoint\` to be scheme, host and port, got ${url ? 'more' : 'no URL'}`);
	}
	return url;
}

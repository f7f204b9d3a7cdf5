import { createHash, createHmac } from 'node:crypto';
import type { Query } from './address.js';

/** https://www.alibabacloud.com/help/en/oss/developer-reference/recommend-to-use-signature-version-4 */
export const ALGORITHM = 'OSS4-HMAC-SHA256';
export const TERMINATOR = 'aliyun_v4_request';

/** Names in lower case. */
export type Headers = Readonly<Record<string, string>>;

export interface V4Request {
	readonly method: string;
	readonly bucket: string | undefined;
	readonly key: string | undefined;
	/** Without `x-oss-signature`. */
	readonly query: Query;
	readonly headers: Headers;
	/** Headers signed beyond those always signed; in lower case. */
	readonly additionalHeaders: readonly string[];
}

/** The day, region and product that a signing key is good for. */
export interface Scope {
	/** `20231216` */
	readonly date: string;
	readonly region: string;
	readonly product: string;
}

export const canonicalRequest = (request: V4Request): string =>
	[
		request.method,
		canonicalUri(request),
		canonicalQuery(request.query),
		canonicalHeaders(request),
		[...request.additionalHeaders].sort().join(';'),
		request.headers['x-oss-content-sha256'] ?? 'UNSIGNED-PAYLOAD',
	].join('\n');

/** `/bucket/key` also where the bucket is in the host. */
const canonicalUri = ({ bucket, key }: V4Request): string =>
	bucket === undefined ? '/' : percentEncode(`/${bucket}/${key ?? ''}`).replaceAll('%2F', '/');

const canonicalQuery = (query: Query): string =>
	query
		.map(([name, value]) => [percentEncode(name), percentEncode(value)] as const)
		.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
		.map(([name, value]) => (value === '' ? name : `${name}=${value}`))
		.join('&');

const canonicalHeaders = ({ headers, additionalHeaders }: V4Request): string =>
	Object.entries(headers)
		.filter(([name]) => isAlwaysSigned(name) || additionalHeaders.includes(name))
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([name, value]) => `${name}:${value.trim()}\n`)
		.join('');

export const isAlwaysSigned = (name: string): boolean =>
	name.startsWith('x-oss-') || name === 'content-type' || name === 'content-md5';

/** Keeps `A-Za-z0-9-._~`; every other byte of the UTF-8 becomes `%XX`. */
const percentEncode = (text: string): string =>
	encodeURIComponent(text).replace(
		/[!'()*]/g,
		(character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
	);

export const scopeOf = ({ date, region, product }: Scope): string =>
	[date, region, product, TERMINATOR].join('/');

export const stringToSign = (datetime: string, scope: Scope, canonical: string): string =>
	[ALGORITHM, datetime, scopeOf(scope), createHash('sha256').update(canonical).digest('hex')].join('\n');

export const signingKey = (accessKeySecret: string, { date, region, product }: Scope): Buffer =>
	[date, region, product, TERMINATOR].reduce<Buffer>(hmac, Buffer.from(`aliyun_v4${accessKeySecret}`));

const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

export const signature = (key: Buffer, text: string): string => hmac(key, text).toString('hex');

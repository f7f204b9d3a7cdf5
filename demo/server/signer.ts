import { createHash, createHmac } from 'node:crypto';
import { percentEncode } from './percent-encoding.js';
import type { TemporaryCredentials } from './sts.js';

/** A request the page wants to send, as `signRequest` describes it. */
export interface UnsignedRequest {
	readonly method: string;
	readonly key: string;
	readonly query: Readonly<Record<string, string>>;
	readonly headers: Readonly<Record<string, string>>;
}

export interface SignedRequest {
	readonly url: string;
	readonly headers: Record<string, string>;
}

export interface Signer {
	readonly bucket: string;
	readonly region: string;
	readonly credentials: TemporaryCredentials;
	/** Where the object lies: `https://<bucket>.oss-<region>.aliyuncs.com`, or the emulator's `<url>/<bucket>`. */
	readonly base: string;
	readonly now: Date;
}

/** Query parameters of the upload operations; whoever asks for another one (`acl`, `policy`) gets no signature. */
const QUERY = new Set([
	'uploads',
	'uploadId',
	'partNumber',
	'max-parts',
	'part-number-marker',
	'encoding-type',
]);
const METHODS = new Set(['GET', 'HEAD', 'PUT', 'POST', 'DELETE']);

/**
 * Says why a request is not signed, or undefined. A server that signs whatever it is asked to sign has given its
 * rights away: only uploads below `prefix`, and no reading or deleting of objects.
 */
export function refusal({ method, key, query }: UnsignedRequest, prefix: string): string | undefined {
	if (!METHODS.has(method)) return `no upload sends ${method}`;
	if (!key.startsWith(prefix) || key.split('/').includes('..')) return `keys begin with ${prefix}`;
	const unknown = Object.keys(query).find((name) => !QUERY.has(name));
	if (unknown !== undefined) return `no upload asks for ?${unknown}`;
	if ((method === 'GET' || method === 'DELETE') && !query.uploadId) return `${method} needs an uploadId`;
	return undefined;
}

/** Signature V4 in header form. https://www.alibabacloud.com/help/en/oss/developer-reference/recommend-to-use-signature-version-4 */
export function signRequest(request: UnsignedRequest, signer: Signer): SignedRequest {
	const { bucket, region, credentials, base, now } = signer;
	const datetime = now.toISOString().replace(/[-:]|\.\d+/g, '');
	const scope = `${datetime.slice(0, 8)}/${region}/oss/aliyun_v4_request`;
	const headers: Record<string, string> = {
		...request.headers,
		'x-oss-content-sha256': 'UNSIGNED-PAYLOAD',
		'x-oss-date': datetime,
		'x-oss-security-token': credentials.securityToken,
	};
	const path = percentEncode(request.key).replaceAll('%2F', '/');
	const query = Object.entries(request.query)
		.map(([name, value]) =>
			value === '' ? percentEncode(name) : `${percentEncode(name)}=${percentEncode(value)}`,
		)
		.sort()
		.join('&');
	const canonicalRequest = [
		request.method,
		`/${bucket}/${path}`,
		query,
		...signedHeaders(headers),
		'',
		'',
		'UNSIGNED-PAYLOAD',
	].join('\n');
	const hash = createHash('sha256').update(canonicalRequest).digest('hex');
	const stringToSign = ['OSS4-HMAC-SHA256', datetime, scope, hash].join('\n');
	const signature = hmac(signingKey(credentials.accessKeySecret, scope), stringToSign).toString('hex');
	headers.authorization = `OSS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope},Signature=${signature}`;
	return { url: `${base}/${path}${query && `?${query}`}`, headers };
}

const signedHeaders = (headers: Readonly<Record<string, string>>): string[] =>
	Object.entries(headers)
		.map(([name, value]): [string, string] => [name.toLowerCase(), value.trim()])
		.filter(([name]) => name.startsWith('x-oss-') || name === 'content-type' || name === 'content-md5')
		.map(([name, value]) => `${name}:${value}`)
		.sort();

const signingKey = (secret: string, scope: string): Buffer =>
	scope.split('/').reduce<Buffer>((key, part) => hmac(key, part), Buffer.from(`aliyun_v4${secret}`));

const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

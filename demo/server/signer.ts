import { createHash, createHmac } from 'node:crypto';
import { byName, encodedPairs, percentEncode } from './percent-encoding.js';
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

/** What an upload sends, by method and query parameters; whoever asks for anything else gets no signature. */
const OPERATIONS: readonly {
	readonly method: string;
	readonly query: readonly string[];
	readonly optional?: readonly string[];
}[] = [
	{ method: 'PUT', query: [] },
	{ method: 'HEAD', query: [] },
	{ method: 'POST', query: ['uploads'], optional: ['encoding-type'] },
	{ method: 'PUT', query: ['partNumber', 'uploadId'] },
	{ method: 'GET', query: ['uploadId'], optional: ['max-parts', 'part-number-marker', 'encoding-type'] },
	{ method: 'POST', query: ['uploadId'], optional: ['encoding-type'] },
	{ method: 'DELETE', query: ['uploadId'] },
];

/**
 * Headers that say something of the uploaded object alone. Others reach further: `x-oss-copy-source` reads any object
 * that the server may read, `x-oss-callback` makes OSS call any address, `x-oss-object-acl` opens the object to all.
 */
const HEADERS =
	/^(?:content-(?:type|md5|disposition|encoding)|cache-control|expires|x-oss-(?:meta-[a-z\d-]+|storage-class|tagging|forbid-overwrite|traffic-limit))$/;

/**
 * Says why a request is not signed, or undefined. A server that signs whatever it is asked to sign has given its
 * rights away: only uploads below `prefix`, and no reading, copying or deleting of objects.
 */
export function refusal(
	{ method, key, query, headers }: UnsignedRequest,
	prefix: string,
): string | undefined {
	const segments = key.split('/');
	if (!key.startsWith(prefix) || segments.includes('..') || segments.includes('.')) {
		return `keys begin with ${prefix}`;
	}
	if (!OPERATIONS.some((operation) => isThis(operation, method, query))) {
		return `no upload sends ${method} with the parameters ${Object.keys(query).join(', ') || 'none'}`;
	}
	const names = Object.keys(headers).map((name) => name.toLowerCase());
	const unknown = names.find((name) => !HEADERS.test(name));
	if (unknown !== undefined) return `the header ${unknown} is not signed here`;
	const twice = names.find((name, index) => names.indexOf(name) !== index);
	if (twice !== undefined) return `the header ${twice} is there twice`;
	// What is signed is lines of text: a value with a line of its own would have another header signed along.
	const broken = Object.entries(headers).find(([, value]) => hasControlCharacter(value))?.[0];
	return broken === undefined ? undefined : `the header ${broken} is not one line of text`;
}

const isThis = (
	{ method, query, optional = [] }: (typeof OPERATIONS)[number],
	asked: string,
	parameters: UnsignedRequest['query'],
): boolean =>
	method === asked &&
	query.every((name) => Object.hasOwn(parameters, name)) &&
	Object.keys(parameters).every((name) => query.includes(name) || optional.includes(name));

const hasControlCharacter = (text: string): boolean =>
	[...text].some((character) => character < ' ' || character === '\x7f');

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
	const query = encodedPairs(request.query)
		.map(([name, value]) => (value === '' ? name : `${name}=${value}`))
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
		.sort(byName)
		.map(([name, value]) => `${name}:${value}`);

const signingKey = (secret: string, scope: string): Buffer =>
	scope.split('/').reduce<Buffer>((key, part) => hmac(key, part), Buffer.from(`aliyun_v4${secret}`));

const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

import type { Octets, Sha256 } from '../../core/ports.js';
import type { Credentials } from './credentials.js';
import { byName, canonicalQuery, encodePath, hex, type Query, utf8 } from './encoding.js';

/** A request that still wants its signature. */
export interface SignInput {
	readonly method: string;
	readonly bucket: string;
	/** `''` for a request to the bucket itself. */
	readonly key: string;
	/** `cn-hangzhou`, without `oss-`. */
	readonly region: string;
	/** `oss-cloudbox` for a CloudBox. @default 'oss' */
	readonly product?: string;
	readonly query: Query;
	readonly headers: Readonly<Record<string, string>>;
	/** Names of headers to sign beyond those that always are, as `additionalNames` gives them. @default '' */
	readonly additional?: string;
	readonly credentials: Credentials;
	/** Milliseconds since 1970, by OSS's clock. */
	readonly time: number;
}

const ALGORITHM = 'OSS4-HMAC-SHA256';
const PAYLOAD = 'UNSIGNED-PAYLOAD';
const SIGNED = /^(x-oss-.*|content-type|content-md5)$/;

/** In the order in which they are signed. */
const lowerCased = (headers: SignInput['headers']): [string, string][] =>
	Object.entries(headers)
		.map(([name, value]): [string, string] => [name.toLowerCase(), value.trim()])
		.sort(byName);

/** `20231216T162057Z` */
export const timestamp = (time: number): string => new Date(time).toISOString().replace(/[-:]|\.\d+/g, '');

/** `20231216/cn-hangzhou/oss/aliyun_v4_request` */
export const signingScope = ({ region, product = 'oss', time }: SignInput): string =>
	[timestamp(time).slice(0, 8), region, product, 'aliyun_v4_request'].join('/');

/** Of the headers asked for, those that are there and would not be signed anyway: `abc;host`, or `''`. */
export const additionalNames = (headers: SignInput['headers'], asked: readonly string[]): string => {
	const wanted = asked.map((name) => name.toLowerCase());
	const names = lowerCased(headers).map(([name]) => name);
	return names.filter((name) => wanted.includes(name) && !SIGNED.test(name)).join(';');
};

export const canonicalRequest = (input: SignInput): string => {
	const { additional = '' } = input;
	const names = additional.split(';');
	const headers = lowerCased(input.headers).filter(([name]) => SIGNED.test(name) || names.includes(name));
	return [
		input.method,
		// The bucket is part of it in every style of address, also where the URL shows none.
		encodePath(`/${input.bucket}/${input.key}`),
		canonicalQuery(input.query),
		...headers.map(([name, value]) => `${name}:${value}`),
		'',
		additional,
		PAYLOAD,
	].join('\n');
};

export const stringToSign = (input: SignInput, hashedRequest: string): string =>
	[ALGORITHM, timestamp(input.time), signingScope(input), hashedRequest].join('\n');

export async function signingKey(accessKeySecret: string, scope: string, { hmac }: Sha256): Promise<Octets> {
	let key = utf8(`aliyun_v4${accessKeySecret}`);
	for (const part of scope.split('/')) key = await hmac(key, utf8(part));
	return key;
}

/** Of each credentials the last one: it changes with the day. */
const signingKeys = new WeakMap<Credentials, { readonly scope: string; readonly key: Promise<Octets> }>();

function keptSigningKey({ credentials }: SignInput, scope: string, sha256: Sha256): Promise<Octets> {
	const kept = signingKeys.get(credentials);
	if (kept?.scope === scope) return kept.key;
	const key = signingKey(credentials.accessKeySecret, scope, sha256);
	signingKeys.set(credentials, { scope, key });
	return key;
}

/** The signature in hexadecimal. */
export async function signature(input: SignInput, sha256: Sha256): Promise<string> {
	const hashedRequest = hex(await sha256.digest(utf8(canonicalRequest(input))));
	const key = await keptSigningKey(input, signingScope(input), sha256);
	return hex(await sha256.hmac(key, utf8(stringToSign(input, hashedRequest))));
}

/** Header form: all headers to send, the authorization among them. */
export async function sign(input: SignInput, sha256: Sha256): Promise<Record<string, string>> {
	const { additional, credentials } = input;
	const { accessKeyId, securityToken } = credentials;
	const headers: Record<string, string> = {
		...input.headers,
		'x-oss-content-sha256': PAYLOAD,
		'x-oss-date': timestamp(input.time),
		...(securityToken && { 'x-oss-security-token': securityToken }),
	};
	const signed = { ...input, headers };
	headers.authorization =
		`${ALGORITHM} Credential=${accessKeyId}/${signingScope(input)},` +
		// An empty AdditionalHeaders is an error.
		(additional ? `AdditionalHeaders=${additional},` : '') +
		`Signature=${await signature(signed, sha256)}`;
	return headers;
}

/** Query form: the whole query of a URL that is valid for `expiresSeconds` (1 to 604,800). */
export async function presign(
	input: SignInput,
	expiresSeconds: number,
	sha256: Sha256,
): Promise<Record<string, string>> {
	const { additional, credentials } = input;
	const { accessKeyId, securityToken } = credentials;
	const query: Record<string, string> = {
		...input.query,
		'x-oss-signature-version': ALGORITHM,
		'x-oss-credential': `${accessKeyId}/${signingScope(input)}`,
		'x-oss-date': timestamp(input.time),
		'x-oss-expires': String(expiresSeconds),
		...(additional && { 'x-oss-additional-headers': additional }),
		...(securityToken && { 'x-oss-security-token': securityToken }),
	};
	query['x-oss-signature'] = await signature({ ...input, query }, sha256);
	return query;
}

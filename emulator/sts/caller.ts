import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { AccessKey, AccessKeys } from '../control/sts.js';
import type { ServerClock } from '../protocol/clock.js';
import { missing, StsError } from './sts-error.js';

/** A request to STS: the parameters are those of the query and of a form. */
export interface StsRequest {
	readonly method: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly query: ReadonlyMap<string, string>;
	readonly parameters: ReadonlyMap<string, string>;
}

export interface StsAuthority {
	readonly keys: AccessKeys;
	readonly clock: ServerClock;
}

const MAX_SKEW_MS = 15 * 60 * 1000;

/** Today's clients sign in a header, older ones by a parameter. */
export const isSignedInHeader = ({ headers }: Pick<StsRequest, 'headers'>): boolean =>
	headers['x-acs-action'] !== undefined;

/**
 * Whose request it is.
 *
 * @throws StsError with the code that STS has for what is wrong
 */
export function callerOf(request: StsRequest, authority: StsAuthority): AccessKey {
	const claim = isSignedInHeader(request) ? headerClaim(request) : parameterClaim(request);
	const key = authority.keys.find(claim.accessKeyId);
	if (!key) throw new StsError(404, 'InvalidAccessKeyId.NotFound', 'Specified access key is not found.');
	if (!(Math.abs(Date.parse(claim.signedAt) - authority.clock.now()) <= MAX_SKEW_MS)) {
		throw new StsError(400, 'InvalidTimeStamp.Expired', 'Specified time stamp or date value is expired.');
	}
	if (!isSame(claim.expected(key.accessKeySecret), claim.signature)) {
		throw new StsError(
			400,
			'SignatureDoesNotMatch',
			`Specified signature is not matched with our calculation. server string to sign is:${claim.stringToSign}`,
		);
	}
	// A role may be assumed by a key of RAM, and not by what STS gave for another one: that is what most policies say.
	if (key.securityToken !== undefined) {
		throw new StsError(
			403,
			'NoPermission',
			'You are not authorized to do this action. You should be authorized by RAM.',
		);
	}
	return key;
}

interface Claim {
	readonly accessKeyId: string;
	readonly signature: string;
	/** ISO 8601. */
	readonly signedAt: string;
	readonly stringToSign: string;
	expected(secret: string): string;
}

const AUTHORIZATION = /^ACS3-HMAC-SHA256 +Credential=([^,]*), *SignedHeaders=([^,]*), *Signature=([\da-f]*)$/;

/** https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature */
function headerClaim({ method, headers, query }: StsRequest): Claim {
	const [, accessKeyId = '', names = '', signature = ''] =
		AUTHORIZATION.exec(headers.authorization ?? '') ?? [];
	if (accessKeyId === '') throw missing('AccessKeyId');
	if (signature === '') throw missing('Signature');
	const canonicalRequest = [
		method,
		'/',
		canonical(query),
		...names.split(';').map((name) => `${name}:${headers[name]?.trim() ?? ''}`),
		'',
		names,
		headers['x-acs-content-sha256'] ?? '',
	].join('\n');
	const hash = createHash('sha256').update(canonicalRequest).digest('hex');
	const stringToSign = `ACS3-HMAC-SHA256\n${hash}`;
	return {
		accessKeyId,
		signature,
		signedAt: headers['x-acs-date'] ?? '',
		stringToSign,
		expected: (secret) => createHmac('sha256', secret).update(stringToSign).digest('hex'),
	};
}

/** https://www.alibabacloud.com/help/en/sdk/product-overview/rpc-mechanism */
function parameterClaim({ method, parameters }: StsRequest): Claim {
	const needed = (name: string): string => {
		const value = parameters.get(name);
		if (!value) throw missing(name);
		return value;
	};
	const [accessKeyId, signature, signedAt] = [
		needed('AccessKeyId'),
		needed('Signature'),
		needed('Timestamp'),
	];
	const signed = new Map([...parameters].filter(([name]) => name !== 'Signature'));
	const stringToSign = `${method}&${encode('/')}&${encode(canonical(signed))}`;
	return {
		accessKeyId,
		signature,
		signedAt,
		stringToSign,
		expected: (secret) => createHmac('sha1', `${secret}&`).update(stringToSign).digest('base64'),
	};
}

const encode = (text: string): string =>
	encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

const canonical = (parameters: ReadonlyMap<string, string>): string =>
	[...parameters]
		.map(([name, value]) => [encode(name), encode(value)] as const)
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([name, value]) => `${name}=${value}`)
		.join('&');

function isSame(expected: string, provided: string): boolean {
	const [a, b] = [Buffer.from(expected), Buffer.from(provided)];
	return a.length === b.length && timingSafeEqual(a, b);
}

import { timingSafeEqual } from 'node:crypto';
import type { AccessKey, AccessKeys } from '../control/sts.js';
import { type Address, type Query, queryValue } from './address.js';
import type { AuthorizationKind } from './authorization-kind.js';
import type { ServerClock } from './clock.js';
import { accessDenied, invalidArgument, OssError } from './oss-error.js';
import { signatureV1, stringToSignV1 } from './signature-v1.js';
import * as v4 from './signature-v4.js';
import { type XmlFields, xmlTime } from './xml.js';

export interface ReceivedRequest extends Address {
	readonly method: string;
	readonly headers: v4.Headers;
}

export interface Authority {
	readonly keys: AccessKeys;
	readonly clock: ServerClock;
	readonly region: string;
}

const MAX_SKEW_MS = 15 * 60 * 1000;
/** Seconds: seven days. */
const MAX_EXPIRES = 604_800;

export function authorizationKind({ headers, query }: ReceivedRequest): AuthorizationKind {
	const header = headers.authorization;
	if (header !== undefined) return header.startsWith(v4.ALGORITHM) ? 'v4-header' : 'v1-header';
	if (queryValue(query, 'x-oss-signature-version') !== undefined) return 'v4-query';
	return queryValue(query, 'Signature') === undefined ? 'anonymous' : 'v1-query';
}

/**
 * Whose request it is.
 *
 * @throws OssError with the code OSS has for what is wrong
 */
export function authenticate(request: ReceivedRequest, authority: Authority): AccessKey {
	switch (authorizationKind(request)) {
		case 'v4-header':
			return authenticateV4Header(request, authority);
		case 'v4-query':
			return authenticateV4Query(request, authority);
		case 'v1-header':
			return authenticateV1Header(request, authority);
		case 'v1-query':
			return authenticateV1Query(request, authority);
		default:
			throw accessDenied('Anonymous access is forbidden for this operation.');
	}
}

/* ---- V4 ------------------------------------------------------------------------------------------------ */

const AUTHORIZATION =
	/^OSS4-HMAC-SHA256\s+Credential=([^,\s]+),\s*(?:AdditionalHeaders=([^,\s]+),\s*)?Signature=([\da-f]{64})$/;

function authenticateV4Header(request: ReceivedRequest, authority: Authority): AccessKey {
	const { headers, query } = request;
	const [, credential, additional, provided] = AUTHORIZATION.exec(headers.authorization ?? '') ?? [];
	if (credential === undefined || provided === undefined) {
		throw invalidArgument('The Authorization header is invalid.', undefined, undefined, '0002-00000213');
	}
	if (headers['x-oss-content-sha256'] !== 'UNSIGNED-PAYLOAD') {
		throw invalidArgument(
			'The x-oss-content-sha256 header is missing or invalid.',
			'x-oss-content-sha256',
			headers['x-oss-content-sha256'],
		);
	}
	const datetime = headers['x-oss-date'] ?? '';
	assertNotSkewed(parseDatetime(datetime), authority.clock.now());
	return verifyV4(request, authority, {
		credential,
		datetime,
		additional,
		provided,
		query,
		securityToken: headers['x-oss-security-token'],
		where: IN_HEADER,
	});
}

function authenticateV4Query(request: ReceivedRequest, authority: Authority): AccessKey {
	const parameter = (name: string): string => {
		const value = queryValue(request.query, name);
		if (value === undefined) throw invalidArgument(`The query parameter ${name} is missing.`, name);
		return value;
	};
	if (parameter('x-oss-signature-version') !== v4.ALGORITHM) {
		throw invalidArgument('The signature version is not supported.', 'x-oss-signature-version');
	}
	const datetime = parameter('x-oss-date');
	const signedAt = parseDatetime(datetime);
	const expires = Number(parameter('x-oss-expires'));
	if (!Number.isInteger(expires) || expires < 1 || expires > MAX_EXPIRES) {
		throw invalidArgument(
			`x-oss-expires should be between 1 and ${MAX_EXPIRES}.`,
			'x-oss-expires',
			parameter('x-oss-expires'),
		);
	}
	const now = authority.clock.now();
	assertNotExpired(signedAt + expires * 1000, now);
	if (signedAt > now + MAX_SKEW_MS) throw timeTooSkewed(signedAt, now);
	return verifyV4(request, authority, {
		credential: parameter('x-oss-credential'),
		datetime,
		additional: queryValue(request.query, 'x-oss-additional-headers'),
		provided: parameter('x-oss-signature'),
		query: request.query.filter(([name]) => name !== 'x-oss-signature'),
		securityToken: queryValue(request.query, 'x-oss-security-token'),
		where: IN_QUERY,
	});
}

interface V4Claim {
	/** `accessKeyId/date/region/product/aliyun_v4_request` */
	readonly credential: string;
	readonly datetime: string;
	readonly additional: string | undefined;
	readonly provided: string;
	readonly query: Query;
	readonly securityToken: string | undefined;
	readonly where: Where;
}

/** Where a V4 signature stands: the message says it, and each place has ECs of its own. */
interface Where {
	readonly name: string;
	readonly ec: Readonly<Record<'credential' | 'region' | 'product', string | undefined>>;
}

const IN_HEADER: Where = {
	name: 'Authorization header',
	ec: { credential: '0002-00000213', region: '0002-00000228', product: undefined },
};
const IN_QUERY: Where = {
	name: 'query string',
	ec: { credential: undefined, region: '0002-00000226', product: '0002-00000227' },
};

function verifyV4(request: ReceivedRequest, authority: Authority, claim: V4Claim): AccessKey {
	const { accessKeyId, scope } = parseCredential(claim, authority.region);
	const key = findKey(accessKeyId, claim.securityToken, authority);
	const additionalHeaders = (claim.additional?.toLowerCase().split(';') ?? []).filter(
		(name) => !v4.isAlwaysSigned(name),
	);
	const canonical = v4.canonicalRequest({ ...request, query: claim.query, additionalHeaders });
	const text = v4.stringToSign(claim.datetime, scope, canonical);
	const expected = v4.signature(v4.signingKey(key.accessKeySecret, scope), text);
	assertSameSignature(expected, claim.provided, accessKeyId, [
		['StringToSign', text],
		['CanonicalRequest', canonical],
	]);
	return key;
}

function parseCredential(
	{ credential, datetime, where }: V4Claim,
	expectedRegion: string,
): { readonly accessKeyId: string; readonly scope: v4.Scope } {
	const [accessKeyId = '', date = '', region = '', product = '', terminator = '', ...rest] =
		credential.split('/');
	const refused = (what: string, ec?: string): OssError =>
		invalidArgument(`Invalid ${what} in ${where.name}.`, undefined, undefined, ec);
	if (terminator !== v4.TERMINATOR || rest.length > 0 || !/^\d{8}$/.test(date)) {
		throw refused('credential', where.ec.credential);
	}
	if (!datetime.startsWith(date)) throw refused('signing date');
	if (region !== expectedRegion) throw refused('signing region', where.ec.region);
	if (product !== 'oss') throw refused('signing product', where.ec.product);
	return { accessKeyId, scope: { date, region, product } };
}

/** `20231216T162057Z`, as milliseconds since 1970. */
function parseDatetime(text: string): number {
	const iso = text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
	const time = iso === text ? Number.NaN : Date.parse(iso);
	if (Number.isNaN(time)) throw accessDenied('OSS authentication requires a valid Date.');
	return time;
}

/* ---- V1 ------------------------------------------------------------------------------------------------ */

function authenticateV1Header(request: ReceivedRequest, authority: Authority): AccessKey {
	const { headers } = request;
	const [, accessKeyId, provided] = /^OSS ([^:\s]+):(\S+)$/.exec(headers.authorization ?? '') ?? [];
	if (accessKeyId === undefined || provided === undefined) {
		throw invalidArgument('The Authorization header is invalid.', undefined, undefined, '0002-00000062');
	}
	// Browsers cannot set Date: where x-oss-date is given, its value stands on the Date line.
	const date = headers['x-oss-date'] ?? headers.date ?? '';
	const time = Date.parse(date);
	if (Number.isNaN(time) || !date.endsWith('GMT')) {
		throw accessDenied('OSS authentication requires a valid Date.');
	}
	assertNotSkewed(time, authority.clock.now());
	const key = findKey(accessKeyId, headers['x-oss-security-token'], authority);
	return verifyV1(request, request.query, date, key, provided);
}

function authenticateV1Query(request: ReceivedRequest, authority: Authority): AccessKey {
	const { query } = request;
	const expires = queryValue(query, 'Expires') ?? '';
	const accessKeyId = queryValue(query, 'OSSAccessKeyId');
	if (!/^\d+$/.test(expires) || accessKeyId === undefined) {
		throw accessDenied(
			'Query-string authentication requires the Signature, Expires and OSSAccessKeyId parameters.',
		);
	}
	assertNotExpired(Number(expires) * 1000, authority.clock.now());
	const key = findKey(accessKeyId, queryValue(query, 'security-token'), authority);
	return verifyV1(request, query, expires, key, queryValue(query, 'Signature') ?? '');
}

function verifyV1(
	request: ReceivedRequest,
	query: Query,
	date: string,
	key: AccessKey,
	provided: string,
): AccessKey {
	const text = stringToSignV1({ ...request, query, date });
	assertSameSignature(signatureV1(key.accessKeySecret, text), provided, key.accessKeyId, [
		['StringToSign', text],
	]);
	return key;
}

/* ---- both ---------------------------------------------------------------------------------------------- */

function findKey(accessKeyId: string, securityToken: string | undefined, authority: Authority): AccessKey {
	const key = authority.keys.find(accessKeyId);
	if (!key || (key.securityToken !== undefined && securityToken === undefined)) {
		throw new OssError(
			403,
			'InvalidAccessKeyId',
			'The OSS Access Key Id you provided does not exist in our records.',
			{ fields: [['OSSAccessKeyId', accessKeyId]] },
		);
	}
	if (key.securityToken !== securityToken) {
		throw new OssError(403, 'InvalidSecurityToken', 'The security token you provided is invalid.');
	}
	if (key.expiresAt <= authority.clock.now()) {
		throw new OssError(403, 'SecurityTokenExpired', 'The security token you provided has expired.');
	}
	return key;
}

function assertSameSignature(
	expected: string,
	provided: string,
	accessKeyId: string,
	evidence: XmlFields,
): void {
	const [a, b] = [Buffer.from(expected), Buffer.from(provided)];
	if (a.length === b.length && timingSafeEqual(a, b)) return;
	throw new OssError(
		403,
		'SignatureDoesNotMatch',
		'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
		{
			fields: [['OSSAccessKeyId', accessKeyId], ['SignatureProvided', provided], ...evidence],
		},
	);
}

function assertNotSkewed(time: number, now: number): void {
	if (Math.abs(time - now) > MAX_SKEW_MS) throw timeTooSkewed(time, now);
}

const timeTooSkewed = (time: number, now: number): OssError =>
	new OssError(
		403,
		'RequestTimeTooSkewed',
		'The difference between the request time and the current time is too large.',
		{
			fields: [
				['MaxAllowedSkewMilliseconds', MAX_SKEW_MS],
				['RequestTime', xmlTime(time)],
				['ServerTime', xmlTime(now)],
			],
		},
	);

function assertNotExpired(expiresAt: number, now: number): void {
	if (expiresAt >= now) return;
	throw accessDenied('Request has expired.', {
		ec: '0002-00000069',
		fields: [
			['Expires', xmlTime(expiresAt)],
			['ServerTime', xmlTime(now)],
		],
	});
}

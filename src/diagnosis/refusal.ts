import type { TransportResponse } from '../core/ports.js';
import { readError } from '../oss/error-document.js';
import { quotation } from '../oss/quotation.js';
import type { Code } from './words.js';

/** By OSS's fine code, its code and its words, in this order: it says AccessDenied of much that is no right. */
const KINDS: readonly (readonly [RegExp, Code])[] = [
	[/^0003-00001403|^0002-0000022[68]|specified endpoint/i, 'region-wrong'],
	[/^0048-00000401|PublicEndpointForbidden/, 'endpoint-public-forbidden'],
	[/TransferAcceleration/, 'accelerate-off'],
	[/NoSuchBucket/, 'bucket-missing'],
	[/^0003-0000050[1-3]|referer/i, 'referer-refused'],
	[/UserDisable/, 'account-disabled'],
	[/^0002-00000080/, 'signature-version-closed'],
	[/SignatureDoesNotMatch/, 'signature-wrong'],
	[
		/SecurityTokenExpired|InvalidSecurityToken|InvalidAccessKeyId|SecurityTokenNotMatch|Request has expired/,
		'credentials-rejected',
	],
	[/RequestTimeTooSkewed/, 'clock-wrong'],
];

export interface Refused {
	/** Undefined for what is about this one request, such as a right. */
	readonly code: Code | undefined;
	/** In a line, as it may be shown. */
	readonly evidence: string;
}

/** What OSS means, as far as it is about more than the operation. */
export function refusedAs(operation: string, response: TransportResponse): Refused {
	const { status, text } = response;
	const { code: ossCode = '', ec = '', message = '', requestId } = readError(response);
	const said = `${ec} ${ossCode} ${message}`;
	let [, code] = KINDS.find(([pattern]) => pattern.test(said.trim())) ?? [];
	// Where the bucket is, as OSS tells it.
	const [, endpoint] = /<Endpoint>([\w.-]+)</.exec(text) ?? [];
	const words = [
		...[status, ossCode, ec && `EC ${ec}`, message && `(${quotation(message, 200)})`],
		...[endpoint && `Endpoint ${endpoint}`, requestId && `request ${requestId}`],
	].filter(Boolean);
	const isRight = status === 403 && (ossCode === 'AccessDenied' || ossCode === '');
	if (!code && (status >= 500 || status === 429)) code = 'oss-busy';
	return {
		code: code ?? (isRight || /^NoSuch(Upload|Key)$/.test(ossCode) ? undefined : 'oss-refused'),
		evidence: `${operation}: ${words.join(' ')}`,
	};
}

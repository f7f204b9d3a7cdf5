import type { Operation } from '../core/model.js';

/** What is known of a refusal. */
export interface Refusal {
	readonly operation: Operation | undefined;
	readonly status: number;
	readonly code: string | undefined;
	readonly ec: string | undefined;
	readonly message: string | undefined;
}

const REGION = "Pass the bucket's own region as `region`, also beside an `endpoint`.";
const PUBLIC_ENDPOINT =
	'Accounts opened since March 2025 cannot use the public endpoint of a mainland region: bind a domain to the bucket and pass it as `endpoint` with `cname: true`.';
const REFERER =
	"The bucket's Referer list (hotlink protection) refuses this page: add the page's address to it, or let an empty Referer through.";
const EXISTS =
	'An object of this key exists, and may not be overwritten: choose another key, or leave out `forbidOverwrite`.';
const QPS =
	'Too many requests a second for the account, or for keys that begin alike: upload less at a time, or let keys begin at random.';
const TRAFFIC =
	'The bandwidth of the bucket or the account is used up: upload less at a time, or have the limit raised.';
const TOKEN =
	'Have `getCredentials` answer a new token, with id, secret and token of one and the same answer of STS.';
const POLICY = "Allow it in the policy of the token's role, and forbid it in none of the bucket";
const CORS =
	"Add this page's origin to the bucket's CORS rules: methods PUT, POST, GET, HEAD, DELETE, headers *, exposed ETag, x-oss-request-id and x-oss-hash-crc64ecma.";

/** By OSS's fine codes, which tell more. Maps, so that a code like `constructor` finds nothing. */
const BY_EC: ReadonlyMap<string | undefined, string> = new Map([
	['0048-00000401', PUBLIC_ENDPOINT],
	['0003-00000501', REFERER],
	['0003-00000502', REFERER],
	['0003-00000503', REFERER],
	['0003-00001403', REGION],
	['0002-00000226', REGION],
	['0002-00000228', REGION],
	[
		'0002-00000080',
		"Signature version 1 is closed to this account or bucket: leave out `signatureVersion: 'v1'`.",
	],
	['0042-00000214', EXISTS],
	['0004-00000502', TRAFFIC],
	['0004-00000302', QPS],
]);

const BY_CODE: ReadonlyMap<string | undefined, string> = new Map([
	['AccessForbidden', CORS],
	['AccessKeyIdAndSecurityTokenNotMatch', TOKEN],
	['CallbackFailed', 'The callback server must answer 200 with JSON and its Content-Length, within 5 s.'],
	['EntityTooSmall', 'OSS wants at least 100 KiB in every part but the last: choose a larger `partSize`.'],
	['FileAlreadyExists', EXISTS],
	['InvalidAccessKeyId', TOKEN],
	['InvalidBucketName', 'Check `bucket`: 3 to 63 lower-case letters, digits and inner hyphens.'],
	['InvalidSecurityToken', TOKEN],
	['MetaOperationQpsLimitExceeded', QPS],
	['NoSuchBucket', 'Check `bucket`, and that it lies in `region` and belongs to the account of the token.'],
	['NoSuchUpload', 'Start the upload again.'],
	['PublicEndpointForbidden', PUBLIC_ENDPOINT],
	['RequestTimeTooSkewed', "Set this machine's clock."],
	['SecurityTokenExpired', TOKEN],
	[
		'SignatureDoesNotMatch',
		'Check that `accessKeySecret` belongs to `accessKeyId`, that `region` is right, and that nothing on the way changes headers.',
	],
	['TotalQpsLimitExceeded', QPS],
	['UploadTrafficRateLimitExceeded', TRAFFIC],
]);

/** What the RAM policy calls it; all else is `oss:PutObject`. */
const ACTIONS: Partial<Readonly<Record<Operation, string>>> = {
	AbortMultipartUpload: 'oss:AbortMultipartUpload',
	HeadObject: 'oss:GetObject',
	ListParts: 'oss:ListParts',
};

/** One sentence that says what to do about it. */
export function nextStep(refusal: Refusal): string {
	const { status, code, ec } = refusal;
	const known = BY_EC.get(ec) ?? forbidden(refusal) ?? BY_CODE.get(code);
	if (known) return known;
	if (status >= 500 || status === 429 || status === 408) {
		return "Try again later; if it stays so, tell Alibaba Cloud's support the request id.";
	}
	return ec
		? 'See the page whose address is the `help` of this error.'
		: "Look the code up in OSS's documentation.";
}

/** OSS says AccessDenied of much that has nothing to do with policies; a HEAD has no code at all. */
function forbidden({ operation, status, code, message = '' }: Refusal): string | undefined {
	if (code !== 'AccessDenied' && (code || status !== 403)) return undefined;
	if (/specified endpoint/i.test(message)) return REGION;
	if (/expired/i.test(message))
		return 'The signature had run out: have `signRequest` sign each request when it is asked.';
	if (/referer/i.test(message)) return REFERER;
	if (/public/i.test(message)) return 'The bucket blocks public access: leave out `acl`.';
	const action = operation && `\`${ACTIONS[operation] ?? 'oss:PutObject'}\``;
	return action ? `${POLICY}: ${action} for this key.` : `${POLICY}.`;
}

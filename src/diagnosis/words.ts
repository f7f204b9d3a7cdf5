/**
 * - `error`: uploads fail.
 * - `warning`: they work, but something is lost, slow, or fails later.
 * - `note`: something to know, which may be meant so.
 * - `ok`: was tried, and is right.
 */
export type Severity = 'error' | 'warning' | 'note' | 'ok';

/** What is found, as words that stay the same from release to release. */
export type Code =
	// The way to the bucket.
	| 'endpoint-unreachable'
	| 'policy-blocks'
	| 'endpoint-silent'
	| 'line-frail'
	| 'answer-foreign'
	| 'head-foreign'
	| 'bucket-missing'
	| 'region-wrong'
	| 'endpoint-public-forbidden'
	| 'accelerate-off'
	| 'account-disabled'
	| 'referer-refused'
	| 'oss-busy'
	| 'oss-refused'
	// CORS.
	| 'cors-origin'
	| 'cors-method'
	| 'cors-header'
	| 'cors-rules-apart'
	| 'cors-headers-few'
	| 'cors-ok'
	| 'expose-etag'
	| 'expose-crc64'
	| 'expose-request-id'
	| 'expose-untried'
	// Who asks.
	| 'clock-wrong'
	| 'credentials-unreachable'
	| 'credentials-failed'
	| 'credentials-shape'
	| 'credentials-late'
	| 'credentials-slow'
	| 'credentials-rejected'
	| 'credentials-stale'
	| 'credentials-ended'
	| 'credentials-short'
	| 'credentials-endless'
	| 'credentials-permanent'
	| 'credentials-ok'
	| 'signature-wrong'
	| 'signature-version-closed'
	| 'right-put'
	| 'right-list'
	| 'right-abort'
	| 'right-head'
	| 'rights-ok'
	// What was written.
	| 'write-ok'
	| 'write-unseen'
	| 'object-left'
	| 'upload-left'
	// This browser.
	| 'context-insecure'
	| 'storage-fails'
	| 'storage-off'
	| 'storage-evictable'
	| 'locks-missing'
	| 'worker-missing'
	| 'wasm-missing'
	| 'channel-missing'
	| 'wake-lock-missing'
	| 'handles-missing'
	| 'connections-few'
	| 'service-worker'
	| 'browser-ok';

/** By OSS's fine code, its code and its words, in this order: it says AccessDenied of much that is no right. */
export const KINDS: readonly (readonly [RegExp, Code])[] = [
	[/^0003-00001403|^0002-0000022[68]|specified endpoint/i, 'region-wrong'],
	[/^0048-00000401|PublicEndpointForbidden/, 'endpoint-public-forbidden'],
	[/TransferAcceleration/, 'accelerate-off'],
	[/NoSuchBucket|not belong to you/, 'bucket-missing'],
	[/^0003-0000050[1-3]|referer/i, 'referer-refused'],
	[/UserDisable/, 'account-disabled'],
	[/^0002-00000080/, 'signature-version-closed'],
	[/SignatureDoesNotMatch|Anonymous|valid Date/, 'signature-wrong'],
	[
		/SecurityTokenExpired|InvalidSecurityToken|InvalidAccessKeyId|SecurityTokenNotMatch|Request has expired/,
		'credentials-rejected',
	],
	[/RequestTimeTooSkewed/, 'clock-wrong'],
];

export type Words = readonly [severity: Severity, message: string, fix: string];

const CONSOLE = 'In the OSS console, open the bucket, then';
const CORS = `${CONSOLE} Content Security > CORS, the rule for {page}:`;
const RAM =
	"In the RAM console, the policy of the token's role (and the session policy of AssumeRole, if there is one): allow";
/** What else looks like a rule to a page. */
const OR_BETWEEN =
	'If it has that, look at what lies between: a proxy, a CDN, an extension, the service worker of the page.';
/** What is lost where HEAD is. */
const UNSEEN =
	'After a lost answer it cannot be told whether the upload was completed, and `skipSame` does nothing.';
const EXPOSE = `${CORS} add {names} to the exposed headers. ${OR_BETWEEN}`;

/** What there is to say, and to do; the evidence stands beside it. `{names}` are filled in. */
export const WORDS: Readonly<Record<Code, Words>> = {
	/* ---- the way to the bucket ---- */
	'endpoint-unreachable': [
		'error',
		'Nothing answers at {endpoint}. A page is not told why: the name may have no address (DNS), the certificate may be missing, of another name or ended, a firewall or an extension may block it, it may redirect elsewhere (to a login of the network, to https), or this machine is offline. Where the page is cross-origin isolated, it may also be that no CORS rule is for it.',
		'Open {endpoint} in a tab of its own: the browser says there which it is. A domain of your own: in the OSS console, open the bucket, then Bucket Settings > Domain Names: bind it, host its certificate there, and have its DNS record (CNAME) point at the bucket.',
	],
	'policy-blocks': [
		'error',
		"The page's own Content-Security-Policy forbids it to reach {endpoint}.",
		"Add {endpoint} to the policy's connect-src.",
	],
	'endpoint-silent': [
		'error',
		'{endpoint} takes {names}, and does not answer within {seconds} s.',
		'Look at what lies between: a proxy, a firewall, a VPN. From outside of mainland China, try a region nearby or an accelerate endpoint.',
	],
	'line-frail': [
		'error',
		'{endpoint} answered some requests, and others got no answer though nothing speaks against them.',
		'Run this once more; if it stays so, look at the network, at extensions, and at the service worker of the page.',
	],
	'answer-foreign': [
		'error',
		'What answers {names} at {endpoint} is not OSS.',
		"Check `endpoint` (with `cname: true`, the domain's DNS record has to point at the bucket), and what lies between: a captive portal, a proxy, a CDN, the service worker of the page.",
	],
	'head-foreign': [
		'warning',
		`HEAD gets no answer of OSS at {endpoint}: something between answers or keeps it, or its CORS rule exposes no x-oss-request-id, as it does for others. ${UNSEEN}`,
		`Have what lies between (a gateway, a proxy, a CDN, the service worker of the page) pass HEAD on. ${CORS} expose x-oss-request-id for HEAD too.`,
	],
	'bucket-missing': [
		'error',
		'This account has no bucket "{bucket}" at this endpoint.',
		'Check `bucket`, and that `region` and `endpoint` are those that the OSS console shows on its overview page.',
	],
	'region-wrong': [
		'error',
		'The bucket lies in another region than the request was signed for, or was sent to: `region` is "{region}".',
		"Pass the bucket's own region as `region`, and with `signRequest` sign for it: the OSS console shows it on the bucket's overview page. Leave `endpoint` out, or name that region's.",
	],
	'endpoint-public-forbidden': [
		'error',
		'The account may not use the public endpoint of this region: those opened since March 2025 need a domain of their own in mainland China.',
		`${CONSOLE} Bucket Settings > Domain Names: bind a domain (with ICP filing) and host its certificate; pass it as \`endpoint\` with \`cname: true\`.`,
	],
	'accelerate-off': [
		'error',
		'The endpoint is of transfer acceleration, which is off for this bucket.',
		`${CONSOLE} Bucket Settings > Transfer Acceleration: enable it, which takes up to 30 minutes. Or leave \`endpoint\` out.`,
	],
	'account-disabled': [
		'error',
		'OSS serves this account no more: it is disabled, or owes money.',
		'Look at User Center > Expenses in the console of Alibaba Cloud.',
	],
	'referer-refused': [
		'error',
		"The bucket's hotlink protection refuses this page.",
		`${CONSOLE} Content Security > Hotlink Protection: add {page}/* to the allowed Referers, or allow an empty one.`,
	],
	'oss-busy': [
		'error',
		'OSS answers that it cannot serve now, or that too much is asked of it.',
		"Try again; if it stays so, see the bucket's monitoring, or tell the request id to support.",
	],
	'oss-refused': ['error', 'OSS refused a request.', '{advice}'],
	/* ---- CORS ---- */
	'cors-origin': [
		'error',
		'This page may read no answer of the bucket. No CORS rule is for {page}, or no such bucket lies at this endpoint, or what answers is not OSS, or a proxy between changes what it answers: a page is not told which.',
		`${CONSOLE} Content Security > CORS: add a rule with source {page} (exactly so, no slash behind it; null is a sandbox without allow-same-origin), methods PUT, POST, GET, HEAD, DELETE, allowed headers *, exposed headers ETag, x-oss-request-id, x-oss-hash-crc64ecma, cache time 600. Check \`bucket\` and \`region\` too.`,
	],
	'cors-method': [
		'error',
		'The CORS rule for {page} does not allow {names}.',
		`${CORS} add the method {names}. ${OR_BETWEEN}`,
	],
	'cors-header': [
		'error',
		'The CORS rule for {page} does not allow the header {names}.',
		`${CORS} set the allowed headers to *, or add {names}. ${OR_BETWEEN}`,
	],
	'cors-rules-apart': [
		'error',
		'No CORS rule for {page} allows all of {names} at once: rules do not add up.',
		`${CORS} set the allowed headers of one that has all methods to *.`,
	],
	'cors-headers-few': [
		'note',
		"The CORS rule for {page} does not allow {names}: uploads fail that use them (`verify: 'md5'`, `meta`, `headers`, `callback`, `forbidOverwrite`).",
		`${CORS} set the allowed headers to *.`,
	],
	'cors-ok': ['ok', 'The CORS rule lets {page} send all that an upload sends.', ''],
	'expose-etag': [
		'warning',
		'The page cannot read ETag: each upload in parts needs one ListParts more, and fails where the token may not list.',
		EXPOSE,
	],
	'expose-crc64': [
		'warning',
		"The page cannot read x-oss-hash-crc64ecma: the object is not verified as a whole (`verified` is 'parts' at most, or 'none').",
		EXPOSE,
	],
	'expose-request-id': [
		'warning',
		"The page cannot read x-oss-request-id: there is none to tell support, and OSS's empty answers are harder to know from a proxy's.",
		EXPOSE,
	],
	'expose-untried': [
		'note',
		'Whether the page can read ETag and x-oss-hash-crc64ecma is seen only of an object that is put.',
		"Run diagnose(uploader, { write: { prefix: 'diagnosis/', delete: true } }).",
	],
	/* ---- who asks ---- */
	'clock-wrong': [
		'warning',
		"This machine's clock is {minutes} minutes {side} OSS's. Uploads go by OSS's clock, but the first request of each page is refused.",
		'Have the machine set its clock by the network.',
	],
	'credentials-unreachable': [
		'error',
		'{provider} failed: the server that it asks did not answer.',
		"See that it is up, that its address is right, and that its own CORS rules and certificate let this page in, that it redirects to no login, and that the page's policy (connect-src) allows it.",
	],
	'credentials-failed': [
		'error',
		'{provider} failed.',
		"See the evidence, and the log of the server that it asks. 401 or 403: sign in, or send along what tells who asks (credentialsFrom(url, { credentials: 'include' })).",
	],
	'credentials-shape': [
		'error',
		'{provider} answered something else than it should.',
		'getCredentials answers { accessKeyId, accessKeySecret, securityToken, expiration } or the JSON of AssumeRole; signRequest answers { url, headers }. A page of HTML is mostly a login.',
	],
	'credentials-late': [
		'error',
		'{provider} did not answer within 30 s.',
		'Look at what it waits for: the server that it asks, or that one asking STS.',
	],
	'credentials-slow': [
		'warning',
		'{provider} took {seconds} s: uploads begin that much later.',
		'Have the server keep the answer of AssumeRole until shortly before it ends.',
	],
	'credentials-rejected': [
		'error',
		'OSS does not accept the token (or the signed URL): it has ended, is not known, or its three parts are of different answers.',
		'Have the server answer accessKeyId, accessKeySecret and securityToken of one AssumeRole, not kept beyond its Expiration, by no cache either; have `signRequest` sign when it is asked, with a clock that is right. See that no proxy drops x-oss headers.',
	],
	'credentials-stale': [
		'warning',
		'OSS refused the first token, and accepted the one asked for after it.',
		'Have the server keep tokens no longer than until shortly before their Expiration.',
	],
	'credentials-ended': [
		'warning',
		'By its `expiration` the token has ended already; OSS accepts it all the same.',
		"Have the server pass on the Expiration of AssumeRole as it is, with its time zone, and set that machine's clock.",
	],
	'credentials-short': [
		'warning',
		'The token lives for {seconds} s more: it is asked for often, and parts fail when it ends first.',
		'Have the server keep tokens only while they live for ten minutes more, and ask AssumeRole for DurationSeconds of at least 900.',
	],
	'credentials-endless': [
		'note',
		'The token comes without `expiration`, so that the first request after its end is refused.',
		'Have the server pass on the Expiration of AssumeRole.',
	],
	'credentials-permanent': [
		'warning',
		'The access key is no temporary one: whoever opens the page can read it, and use it for ever.',
		'Have a server of yours ask STS AssumeRole, and answer its credentials with the security token. Then replace this key.',
	],
	'credentials-ok': ['ok', '{provider} answers credentials.', ''],
	'signature-wrong': [
		'error',
		'OSS computes another signature, or finds none.',
		'Check that the secret belongs to the id, that a domain (`cname`) is bound to the bucket "{bucket}", and that no proxy, extension or service worker changes or drops headers. With `signRequest`: sign just the method, headers and query that are asked for.',
	],
	'signature-version-closed': [
		'error',
		'Signature version 1 is closed to this account or bucket.',
		"Leave out `signatureVersion: 'v1'`; with `signRequest`, sign with V4.",
	],
	'right-put': [
		'error',
		'The token may not put the object {key}.',
		`${RAM} oss:PutObject on acs:oss:*:*:{bucket}/*; see that no policy of the bucket denies it. If the policy is for a prefix only, pass that as \`prefix\`.`,
	],
	'right-list': [
		'warning',
		'The token may not list parts: what a died tab has sent is taken from its notes alone, and hidden headers cannot be made up for.',
		`${RAM} oss:ListParts on acs:oss:*:*:{bucket}/*.`,
	],
	'right-abort': [
		'warning',
		'The token may not abort: parts of dropped uploads stay in the bucket, and cost.',
		`${RAM} oss:AbortMultipartUpload on acs:oss:*:*:{bucket}/*. Add a lifecycle rule that deletes parts after 14 days in any case.`,
	],
	'right-head': [
		'warning',
		`HEAD of the object is refused: the token may not look at it, or (unless AccessDenied was seen) something between refuses it, or makes a GET of it, whose signature is wrong. ${UNSEEN}`,
		`${RAM} oss:GetObject on acs:oss:*:*:{bucket}/*. ${OR_BETWEEN}`,
	],
	'rights-ok': ['ok', 'The token may put, list parts and abort.', ''],
	/* ---- what was written ---- */
	'write-ok': ['ok', 'An object was put and seen, an upload of two parts begun and aborted.', ''],
	'write-unseen': [
		'error',
		'An object was put, and HEAD shows none of its size.',
		'Look for rules that change or move new objects, and for what answers in place of OSS.',
	],
	'object-left': [
		'note',
		'The object {key} was put, and lies there.',
		'Delete it, or pass `delete: true` with a token that has oss:DeleteObject.',
	],
	'upload-left': [
		'note',
		'An upload of two parts to {key} was begun, and could not be aborted.',
		`${CONSOLE} Data Management > Lifecycle: add a rule that deletes parts after 14 days.`,
	],
	/* ---- this browser ---- */
	'context-insecure': [
		'warning',
		'The page is no secure context: two tabs can send one file twice, and signing is slower.',
		'Serve the page by https, or from localhost.',
	],
	'storage-fails': [
		'warning',
		'Unfinished uploads are not remembered beyond this page: its storage fails.',
		'Leave private mode, allow the site to store data, free disk space; an iframe of another site needs storage access.',
	],
	'storage-off': [
		'note',
		'Unfinished uploads are not remembered beyond this page: `checkpoints` is {names}.',
		'Leave `checkpoints` out.',
	],
	'storage-evictable': [
		'note',
		'The browser may clear the storage of this site when it needs room, and the unfinished uploads in it.',
		'Pass `persistStorage: true`, by which an upload asks it not to; not every browser agrees.',
	],
	'locks-missing': [
		'warning',
		'There are no Web Locks: two tabs can run one upload at once.',
		'Serve the page by https; do not sandbox its iframe without allow-same-origin.',
	],
	'worker-missing': [
		'warning',
		'The hash worker does not run: checksums are computed on the main thread, and the page stutters.',
		"Let the policy's worker-src allow 'self', and `workerUrl` name a copy of hash.worker.js on the page's own origin.",
	],
	'wasm-missing': [
		'warning',
		'The hash worker has no WebAssembly: checksums take several times as long.',
		"Add 'wasm-unsafe-eval' to script-src of the policy that hash.worker.js is served with.",
	],
	'channel-missing': [
		'note',
		"There is no BroadcastChannel: `ifRunning: 'follow'` sees no other tab.",
		'Use a newer browser.',
	],
	'wake-lock-missing': [
		'note',
		'There is no wake lock: a phone falls asleep in the middle of an upload, and `keepAwake` does nothing.',
		'Serve the page by https; tell people to keep the screen on.',
	],
	'handles-missing': [
		'note',
		'This browser gives no file handles: after a reload the file has to be chosen again.',
		'Ask for it by the name that `pending()` tells, or pass `keepCopy`.',
	],
	'connections-few': [
		'warning',
		'{parallel} requests at once are asked for, and the browser opens six connections to a host: the rest waits in its queue.',
		'Leave `parallel` out, or write at most 6.',
	],
	'service-worker': [
		'note',
		"The page's service worker stands between it and OSS.",
		'Let it leave requests to {endpoint} alone.',
	],
	'browser-ok': ['ok', 'This browser has what uploads need.', ''],
};

import {
	BOOLEAN,
	expect,
	expectEach,
	func,
	integer,
	kindOf,
	oneOf,
	openRule,
	plainObject,
	type Rule,
	type Rules,
	rule,
	shape,
	text,
	unless,
	withMethods,
} from './base/expect.js';
import type { RetryOptions } from './core/schedule/retry.js';
import { LIMITS } from './core/upload/plan.js';
import { expectBlob } from './expect-blob.js';
import { ENDPOINT_RULES } from './oss/endpoint.js';
import { OBJECT_RULES } from './oss/headers.js';
import { MAX_KEY_BYTES, UNSENDABLE_KEY } from './oss/object-key.js';
import { utf8 } from './oss/signing/encoding.js';
import type { ResumeOptions, UploaderOptions, UploadOptions } from './public-options.js';

export type { ResumeOptions, UploaderOptions, UploadOptions } from './public-options.js';

export interface ResolvedUploaderOptions {
	readonly scope: string;
	readonly parallel: number;
	readonly checkpointTtlMs: number;
	readonly retry: RetryOptions;
}

/** As records of all options, so that the compiler misses no new one. */
type RulesOf<Options> = Readonly<Record<keyof Options, Rule>>;

const DAY_MS = 24 * 60 * 60_000;

/** Milliseconds: the longest that a timer can wait. A longer one ends at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

const PAUSE = integer(0, MAX_TIMER_MS, 'write it in milliseconds');

const RETRY_RULES: RulesOf<RetryOptions> = { patienceMs: PAUSE, minDelayMs: PAUSE, maxDelayMs: PAUSE };

const TRANSPORT = withMethods('send', 'call xhrTransport()');

const UPLOADER_RULES: RulesOf<UploaderOptions> = {
	bucket: openRule(
		'3 to 63 lower-case letters, digits, inner hyphens',
		/^[a-z\d][a-z\d-]{1,61}[a-z\d]$/,
		'write it as the OSS console names it',
	),
	...ENDPOINT_RULES,
	getCredentials: func("write it like credentialsFrom('/sts')"),
	signRequest: func('write it like async (request) => ({ url })'),
	credentialsFor: oneOf('uploader', 'key'),
	signatureVersion: oneOf('v4', 'v1'),
	scope: text('write it like String(user.id)'),
	parallel: integer(1, 1024, 'write it like 5'),
	checkpoints: unless(
		false,
		withMethods('find, create, addPart', 'call indexedDbCheckpoints(), or write false for none'),
	),
	checkpointTtlMs: integer(1, Number.MAX_SAFE_INTEGER, 'write it in milliseconds'),
	transport: TRANSPORT,
	retry: shape(RETRY_RULES),
	fingerprint: func('write it like async (file) => id'),
	keepAwake: BOOLEAN,
	warnOnLeave: BOOLEAN,
	persistStorage: BOOLEAN,
	workerUrl: rule('a URL or a string', (url) => url && typeof (Object(url).href ?? url) === 'string'),
};

const RESUME_RULES: RulesOf<ResumeOptions> = {
	transport: TRANSPORT,
	signal: withMethods('throwIfAborted', 'pass controller.signal'),
	onProgress: func('write it like (progress) => render(progress)'),
};

/** Bytes of an app's own data, as JSON. */
const MAX_DATA = 16 * 1024;

/** It has to come back as it was given: what JSON would change is refused. */
function isData(data: unknown): boolean {
	try {
		return utf8(JSON.stringify(data)).length <= MAX_DATA && isJson(data);
	} catch {
		// It holds itself, or a bigint.
		return false;
	}
}

const isJson = (value: unknown): boolean =>
	value == null ||
	typeof value === 'string' ||
	typeof value === 'boolean' ||
	Number.isFinite(value) ||
	(/^(Array|Object)$/.test(kindOf(value)) &&
		Object.values(value).every(isJson) &&
		// In a list it would come back as null.
		!(Array.isArray(value) && value.includes(undefined)));

const UPLOAD_RULES: RulesOf<UploadOptions> = {
	// First, since a call without options is told all names.
	key(_, key) {
		if (typeof key !== 'function') expectKey(key);
	},
	...OBJECT_RULES,
	...RESUME_RULES,
	partSize: unless('auto', integer(LIMITS.minPartSize, LIMITS.maxPartSize, "write it in bytes, or 'auto'")),
	checkpoint: BOOLEAN,
	ifRunning: oneOf('fail', 'wait', 'follow'),
	skipSame: BOOLEAN,
	keepCopy: integer(0, Number.MAX_SAFE_INTEGER, 'write it in bytes'),
	data: rule(`JSON of at most ${MAX_DATA / 1024} KiB`, isData, 'write it like { album: 7 }'),
	verify: oneOf('crc64', 'md5', 'full', 'none'),
};

const RULES = { createUploader: UPLOADER_RULES, upload: UPLOAD_RULES, resume: RESUME_RULES };

/**
 * An option of another call is refused, since it would be ignored though it was meant. Other names pass: apps hand on
 * objects that hold more than ours.
 */
function expectOptions(call: keyof typeof RULES, options: object): void {
	const rules: Rules = RULES[call];
	// Thousands of uploads begin in one go: words are put together when they are needed.
	if (kindOf(options) !== 'Object') plainObject(Object.keys(rules).join(', '))('options', options);
	for (const name of Object.keys(options)) {
		// What every object inherits is in all of them, and passes.
		if (name in rules) continue;
		const value: unknown = Reflect.get(options, name);
		if (value === undefined) continue;
		const owner = Object.entries(RULES).find(([, each]) => name in each)?.[0];
		rule(`an option of ${call}()`, () => !owner, `pass it to ${owner}()`)(name, value);
	}
	expectEach(rules, options);
}

export function resolveUploaderOptions(options: UploaderOptions): ResolvedUploaderOptions {
	expectOptions('createUploader', options);
	const {
		bucket,
		getCredentials,
		signRequest,
		scope = '',
		parallel = 5,
		checkpointTtlMs = 7 * DAY_MS,
	} = options;
	UPLOADER_RULES.bucket('bucket', bucket);
	if (signRequest) {
		const isAlone = getCredentials === undefined;
		expect(isAlone, 'getCredentials', 'left out beside `signRequest`', getCredentials);
	} else UPLOADER_RULES.getCredentials('getCredentials', getCredentials);
	const { patienceMs = 180_000, minDelayMs = 300, maxDelayMs = 20_000 } = options.retry ?? {};
	integer(minDelayMs, MAX_TIMER_MS, 'write it in milliseconds')('retry.maxDelayMs', maxDelayMs);
	return { scope, parallel, checkpointTtlMs, retry: { patienceMs, minDelayMs, maxDelayMs } };
}

/** Throws for what `upload` cannot begin with. */
export function expectUpload(blob: Blob | FileSystemFileHandle, options: UploadOptions): void {
	expectFile(blob);
	expectOptions('upload', options);
	// One that is there was looked at among the options; it may not be left out.
	if (options.key === undefined) UPLOAD_RULES.key('key', options.key);
}

/** Throws for what `resume` cannot begin with. */
export function expectResume(
	id: string,
	blob: Blob | FileSystemFileHandle | undefined,
	options: ResumeOptions,
): void {
	expectId(id);
	if (blob !== undefined) expectFile(blob);
	expectOptions('resume', options);
}

export const expectFile = (blob: Blob | FileSystemFileHandle): void =>
	expectBlob(blob, LIMITS.maxParts * LIMITS.maxPartSize);

/** Of `resume` and `discard`. */
export function expectId(id: string): void {
	text('pass an `id` of what pending() lists')('id', id);
}

/** It is a part of ids: half a surrogate pair has no UTF-8 to write it in. Told by its kind, since it says what a file is. */
export function expectFingerprint(answer: unknown): asserts answer is string {
	if (typeof answer === 'string' && /^\P{Surrogate}{1,1024}$/u.test(answer)) return;
	throw new TypeError(
		`Expected \`fingerprint\` to answer a string of 1 to 1024 whole characters, got ${kindOf(answer)}: write it like async (file) => hashInHex`,
	);
}

const LIKE_A_KEY =
	'write a string or a function, (file, unfinished) => unfinished?.key ?? crypto.randomUUID()';

export function expectKey(key: unknown): asserts key is string {
	text(LIKE_A_KEY)('key', key);
	const name = String(key);
	// No character has more than three bytes a code unit.
	const isShort = name && name.length * 3 <= MAX_KEY_BYTES;
	if (!isShort) integer(1, MAX_KEY_BYTES, LIKE_A_KEY)('UTF-8 bytes of key', utf8(name).length);
	const isSendable = !UNSENDABLE_KEY.test(name);
	expect(isSendable, 'key', 'without leading / or \\, without . or .. segments', key, LIKE_A_KEY);
}

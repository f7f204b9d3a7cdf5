import { LIMITS } from './core/plan.js';
import type { RetryOptions } from './core/retry.js';
import {
	describePrivate,
	expect,
	expectBoolean,
	expectFunction,
	expectInteger,
	expectNames,
	expectObject,
	expectOneOf,
	expectText,
	expectUrl,
} from './expect.js';
import { expectBlob } from './expect-blob.js';
import { expectOptionNames } from './option-names.js';
import type { ResumeOptions, UploaderOptions, UploadOptions } from './public-options.js';

export type { ResumeOptions, UploaderOptions, UploadOptions } from './public-options.js';

export interface ResolvedUploaderOptions {
	readonly scope: string;
	readonly parallel: number;
	readonly checkpointTtlMs: number;
	readonly retry: RetryOptions;
}

const DAY_MS = 24 * 60 * 60_000;

/** Milliseconds: the longest that a timer can wait. A longer one ends at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

const MAX_BLOB_SIZE = LIMITS.maxParts * LIMITS.maxPartSize;

export function resolveUploaderOptions(options: UploaderOptions): ResolvedUploaderOptions {
	const likeThis = "write createUploader({ bucket, region, getCredentials: credentialsFrom('/sts') })";
	expectObject('options', options, 'an object', likeThis);
	expectOptionNames('createUploader', options);
	const { bucket, scope = '', parallel = 5, checkpointTtlMs = 7 * DAY_MS } = options;
	const isBucket = typeof bucket === 'string' && /^[a-z\d][a-z\d-]{1,61}[a-z\d]$/.test(bucket);
	const bucketRule = '3 to 63 lower-case letters, digits, inner hyphens';
	expect(isBucket, 'bucket', bucketRule, bucket, 'write the name alone, as the OSS console lists it');
	expectSigner(options);
	expectOneOf('credentialsFor', options.credentialsFor, 'uploader', 'key');
	expectOneOf('signatureVersion', options.signatureVersion, 'v4', 'v1');
	expectText('scope', scope, "write an id as text, such as String(user.id), or '' for nobody's");
	expectInteger(
		'parallel',
		parallel,
		1,
		1024,
		'',
		'browsers open six connections to a host, 5 is the default',
	);
	expectInteger('checkpointTtlMs', checkpointTtlMs, 1, undefined, '', 'write it in milliseconds');
	expectStore(options.checkpoints);
	expectMethods('transport', options.transport, ['send'], 'call fetchTransport() or xhrTransport()');
	expectFunction('fingerprint', options.fingerprint, 'write it like async (file) => id, or leave it out');
	if (options.workerUrl !== undefined)
		expectUrl('workerUrl', options.workerUrl, 'name the place of hash.worker.js, or leave it out');
	return { scope, parallel, checkpointTtlMs, retry: resolveRetry(options.retry) };
}

/** Neither is repeated, whatever it is: somebody may have passed a key or a token. */
function expectSigner({ getCredentials, signRequest }: UploaderOptions): void {
	for (const [name, value] of Object.entries({ getCredentials, signRequest })) {
		if (value === undefined || typeof value === 'function') continue;
		const got = describePrivate(value);
		throw new TypeError(`Expected \`${name}\` to be a function, got ${got}: ${wayToSigner(name, value)}`);
	}
	if ((getCredentials === undefined) !== (signRequest === undefined)) return;
	const [got, nextStep] = getCredentials
		? ['both', 'leave one out']
		: [
				'neither',
				"write getCredentials: credentialsFrom('/sts'), with the address that answers an STS token",
			];
	throw new TypeError(
		`Expected exactly one of \`getCredentials\` and \`signRequest\`, got ${got}: ${nextStep}`,
	);
}

function wayToSigner(name: string, value: unknown): string {
	if (value === null) return 'leave it out, or write the function';
	if (typeof Reflect.get(Object(value), 'then') === 'function')
		return 'pass the function itself, it is called when a token is needed';
	if (name === 'signRequest') return 'write it like async (request) => ({ url })';
	if (typeof value === 'string') return 'credentialsFrom(url) makes one that asks your server';
	return 'keys have no place in a page, they end and can be read: ask your server for a token in it';
}

const STORE_METHODS = ['find', 'load', 'create', 'addPart', 'mark', 'delete', 'expired', 'close'] as const;

function expectStore(checkpoints: UploaderOptions['checkpoints']): void {
	if (checkpoints === false) return;
	const nextStep = 'call indexedDbCheckpoints() or memoryCheckpoints(), write false for none';
	expectMethods('checkpoints', checkpoints, STORE_METHODS, nextStep);
}

function expectMethods(name: string, value: unknown, methods: readonly string[], nextStep: string): void {
	if (value === undefined) return;
	const isObject = typeof value === 'object' && value !== null;
	const missing = methods.find((each) => !isObject || typeof Reflect.get(value, each) !== 'function');
	const expected = `an object with \`${missing}\``;
	expect(missing === undefined, name, expected, value, `${nextStep}, or leave it out`);
}

function resolveRetry(retry: UploaderOptions['retry'] = {}): RetryOptions {
	expectObject('retry', retry, 'an object', 'write it like { patienceMs: 180_000 }');
	expectNames('retry', retry, 'patienceMs', 'minDelayMs', 'maxDelayMs');
	const { patienceMs = 180_000, minDelayMs = 300, maxDelayMs = 20_000 } = retry;
	const inMs = 'write it in milliseconds';
	expectInteger('retry.patienceMs', patienceMs, 0, MAX_TIMER_MS, '', inMs);
	expectInteger('retry.minDelayMs', minDelayMs, 0, MAX_TIMER_MS, '', inMs);
	expectInteger('retry.maxDelayMs', maxDelayMs, minDelayMs, MAX_TIMER_MS, '', `${inMs}, from minDelayMs up`);
	return { patienceMs, minDelayMs, maxDelayMs };
}

/** Throws for what `upload` cannot begin with. */
export function expectUpload(blob: Blob, options: UploadOptions): void {
	expectBlob(blob, MAX_BLOB_SIZE);
	const likeThis = "write upload(file, { key: 'films/a.mp4' })";
	expectObject('options', options, 'an object with a `key`', likeThis);
	expectOptionNames('upload', options);
	const { key, partSize = 'auto' } = options;
	if (typeof key !== 'function') expectKey(key);
	if (partSize !== 'auto') {
		const { minPartSize, maxPartSize } = LIMITS;
		const inBytes = 'it is in bytes, 5 MiB are 5 * 1024 * 1024';
		expectInteger('partSize', partSize, minPartSize, maxPartSize, "'auto' or ", inBytes);
	}
	expectBoolean('checkpoint', options.checkpoint, 'which one to go on with is found by itself, see `key`');
	expectOneOf('verify', options.verify, 'crc64', 'md5', 'full', 'none');
	expectFollowing(options);
}

/** Throws for what `resume` cannot begin with. */
export function expectResume(id: string, blob: Blob, options: ResumeOptions): void {
	expectId(id);
	expectBlob(blob, MAX_BLOB_SIZE);
	expectObject('options', options, 'an object', 'write resume(id, file, { onProgress })');
	expectOptionNames('resume', options);
	expectFollowing(options);
}

/** Of `resume` and `discard`. */
export function expectId(id: string): void {
	expectText('id', id, 'pass the `id` of what pending() lists');
}

function expectFollowing({ signal, onProgress }: ResumeOptions): void {
	const isSignal = typeof signal?.aborted === 'boolean' && typeof signal.addEventListener === 'function';
	const nextStep = 'pass controller.signal of an AbortController';
	expect(signal === undefined || isSignal, 'signal', 'an AbortSignal', signal, nextStep);
	expectFunction('onProgress', onProgress, 'write it like (progress) => render(progress)');
}

/**
 * OSS's rules for object names, and the URL standard's: a browser folds `.` and `..` segments, percent-encoded too.
 * `name` is for messages.
 */
export function expectKey(key: unknown, name = 'key'): asserts key is string {
	const orFunction =
		'write a string, or a function like (file, unfinished) => unfinished?.key ?? crypto.randomUUID()';
	expectText(name, key, orFunction);
	const bytes = new TextEncoder().encode(String(key)).length;
	expectInteger(`UTF-8 bytes of ${name}`, bytes, 1, 1023, '', bytes ? 'shorten it' : orFunction);
	const isSendable = !/^[/\\]|^(.*\/)?\.\.?(\/|$)/s.test(String(key));
	const rule = 'without a leading / or \\ and without . or .. segments';
	expect(isSendable, name, rule, key, 'leave these out');
}

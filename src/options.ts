import type { Progress } from './core/events.js';
import { LIMITS } from './core/plan.js';
import type { CheckpointStore, Fingerprint, Transport, Verify } from './core/ports.js';
import type { RetryOptions } from './core/retry.js';
import { expect, expectInteger, expectOneOf } from './expect.js';
import type { SignRequest } from './oss/authorize.js';
import type { GetCredentials } from './oss/credentials.js';
import type { EndpointOptions } from './oss/endpoint.js';
import type { ObjectOptions } from './oss/headers.js';

/** What `createUploader` takes. Wrong values are a `TypeError` or `RangeError`, thrown at once. */
export interface UploaderOptions extends EndpointOptions {
	/** Asks your server for a short-lived STS token. Either this or `signRequest`. */
	readonly getCredentials?: GetCredentials | undefined;
	/** Has your server sign each request, so that no secret reaches the page. Either this or `getCredentials`. */
	readonly signRequest?: SignRequest | undefined;
	/** One token for all uploads, or one for each key, for policies limited to one object. @default 'uploader' */
	readonly credentialsFor?: 'uploader' | 'key' | undefined;
	/** @default 'v4' */
	readonly signatureVersion?: 'v4' | 'v1' | undefined;
	/**
	 * Uploads of one scope are invisible to another: pass the signed-in user's id, so that two people at one computer
	 * never meet.
	 *
	 * @default ''
	 */
	readonly scope?: string | undefined;
	/**
	 * Requests in flight over all uploads of this uploader, 1 to 1,024. Browsers open six connections to a host, so more
	 * only wait in the browser. As many uploads run at a time; further ones are `waiting`.
	 *
	 * @default 5
	 */
	readonly parallel?: number | undefined;
	/** Where unfinished uploads are remembered; `false` for nowhere. @default indexedDbCheckpoints() */
	readonly checkpoints?: CheckpointStore | false | undefined;
	/** Milliseconds after the last stored part at which an unfinished upload is given up. @default 7 days */
	readonly checkpointTtlMs?: number | undefined;
	/** `xhrTransport()` gives progress inside a part. @default fetchTransport() */
	readonly transport?: Transport | undefined;
	/**
	 * `attempts` in a row without any part finishing (6), with pauses that double from `minDelayMs` (300) to `maxDelayMs`
	 * (20,000), half of each at random.
	 */
	readonly retry?: Partial<RetryOptions> | undefined;
	/** Where the bundler put `hash.worker.js`, if it cannot tell by itself. */
	readonly workerUrl?: string | URL | undefined;
}

/** What `upload` takes: about the object, and about the way it gets there. */
export interface UploadOptions extends ObjectOptions {
	/**
	 * The object's name, 1 to 1,023 bytes of UTF-8. A string resumes only an upload to that very key. A function is asked
	 * only when this file has no unfinished upload in this bucket and scope, so that it may answer a random name.
	 */
	readonly key: string | ((file: Blob) => string | Promise<string>);
	/**
	 * Bytes, 100 KiB to 5 GiB; raised where the file would need more than 10,000 parts. A resumed upload keeps its own.
	 * `'auto'`: the smallest power of two of MiB, at least 4, that needs at most 1,000 parts.
	 *
	 * @default 'auto'
	 */
	readonly partSize?: number | 'auto' | undefined;
	/** Whether the upload is remembered across page loads. @default true */
	readonly checkpoint?: boolean | undefined;
	/** Instead of the uploader's. */
	readonly scope?: string | undefined;
	/** The file's identity. By default MD5 over its size and samples of its content, at most 1 MiB read. */
	readonly fingerprint?: Fingerprint | undefined;
	/**
	 * - `'crc64'`: OSS's checksum of each part and of the whole object is compared with the local one.
	 * - `'md5'`: besides, each part carries Content-MD5, so that OSS refuses wrong bytes before it stores them.
	 * - `'full'`: besides `'crc64'`, the whole file is read once more before the object is completed.
	 * - `'none'`: nothing is hashed.
	 *
	 * @default 'crc64'
	 */
	readonly verify?: Verify | undefined;
	/** Stops the upload and keeps what is stored: leaving a page is no discard. */
	readonly signal?: AbortSignal | undefined;
	readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** What `resume` takes; all else is as the upload was first started. */
export type ResumeOptions = Pick<UploadOptions, 'fingerprint' | 'signal' | 'onProgress'>;

export interface ResolvedUploaderOptions {
	readonly scope: string;
	readonly parallel: number;
	readonly checkpointTtlMs: number;
	readonly retry: RetryOptions;
}

const DAY_MS = 24 * 60 * 60_000;

export function resolveUploaderOptions(options: UploaderOptions): ResolvedUploaderOptions {
	const { bucket, getCredentials, signRequest, checkpoints } = options;
	const { scope = '', parallel = 5, checkpointTtlMs = 7 * DAY_MS } = options;
	expectText('bucket', bucket);
	const isBucket = /^[a-z\d][a-z\d-]{1,61}[a-z\d]$/.test(bucket);
	expect(isBucket, 'bucket', '3 to 63 lower-case letters, digits, inner hyphens', bucket);
	if ((getCredentials === undefined) === (signRequest === undefined)) {
		const got = getCredentials === undefined ? 'neither' : 'both';
		throw new TypeError(`Expected exactly one of \`getCredentials\` and \`signRequest\`, got ${got}`);
	}
	expectType(options, 'function', 'getCredentials', 'signRequest');
	expectType(options, 'object', 'transport');
	expectOneOf('credentialsFor', options.credentialsFor, 'uploader', 'key');
	expectOneOf('signatureVersion', options.signatureVersion, 'v4', 'v1');
	expectType({ checkpoints: checkpoints || undefined }, 'object', 'checkpoints');
	expectText('scope', scope);
	expectInteger('parallel', parallel, 1, 1024);
	expectInteger('checkpointTtlMs', checkpointTtlMs, 1);
	const { attempts = 6, minDelayMs = 300, maxDelayMs = 20_000 } = options.retry ?? {};
	expectInteger('retry.attempts', attempts, 1);
	expectInteger('retry.minDelayMs', minDelayMs, 0);
	expectInteger('retry.maxDelayMs', maxDelayMs, minDelayMs);
	return { scope, parallel, checkpointTtlMs, retry: { attempts, minDelayMs, maxDelayMs } };
}

/** Throws for what `upload` cannot begin with. */
export function expectUpload(blob: Blob, options: UploadOptions): void {
	expectBlob(blob);
	expect(typeof options === 'object' && options !== null, 'options', 'an object', options);
	const { key, partSize = 'auto', scope = '' } = options;
	if (typeof key !== 'function') expectKey(key);
	if (partSize !== 'auto')
		expectInteger('partSize', partSize, LIMITS.minPartSize, LIMITS.maxPartSize, "'auto' or ");
	expectInteger('blob.size', blob.size, 0, LIMITS.maxParts * LIMITS.maxPartSize);
	expectType(options, 'boolean', 'checkpoint');
	expectType(options, 'function', 'fingerprint', 'onProgress');
	expectType(options, 'object', 'signal');
	expectText('scope', scope);
	expectOneOf('verify', options.verify, 'crc64', 'md5', 'full', 'none');
}

export function expectBlob(blob: Blob): void {
	// Not instanceof: a File of another frame is as good.
	const isBlob = typeof blob?.slice === 'function' && typeof blob.size === 'number';
	expect(isBlob, 'blob', 'a File or Blob', blob);
}

/** OSS's rules for object names, and the URL standard's: a browser folds `.` and `..` segments, percent-encoded too. */
export function expectKey(key: string): void {
	expectText('key', key);
	expectInteger('UTF-8 bytes of key', new TextEncoder().encode(key).length, 1, 1023);
	const isSendable = !/^[/\\]|^(.*\/)?\.\.?(\/|$)/s.test(key);
	expect(isSendable, 'key', 'without a leading / or \\ and without . or .. segments', key);
}

/** Half a surrogate pair has no UTF-8: what is stored would not be what was named. */
export function expectText(name: string, text: string): void {
	const isText = typeof text === 'string' && !/\p{Surrogate}/u.test(text);
	expect(isText, name, 'a string of whole characters', text);
}

/** An option that is left out keeps its default. */
function expectType(options: object, type: string, ...names: readonly string[]): void {
	for (const name of names) {
		const value: unknown = Reflect.get(options, name);
		expect(value === undefined || (typeof value === type && value !== null), name, `a ${type}`, value);
	}
}

import type { Progress } from './core/events.js';
import { LIMITS } from './core/plan.js';
import type { CheckpointStore, Fingerprint, Transport, Verify } from './core/ports.js';
import type { RetryOptions } from './core/retry.js';
import type { SignRequest } from './oss/authorize.js';
import type { GetCredentials } from './oss/credentials.js';
import type { ObjectOptions } from './oss/headers.js';

/** What `createUploader` takes. Wrong values are a `TypeError` or `RangeError`, thrown at once. */
export interface UploaderOptions {
	readonly bucket: string;
	/** `cn-hangzhou`; `oss-cn-hangzhou` is understood. */
	readonly region: string;
	/**
	 * Scheme, host and port of an internal, dual-stack, accelerate or private endpoint; no scheme means https. An IP
	 * address or `localhost` is addressed path-style.
	 *
	 * @default `https://oss-<region>.aliyuncs.com`
	 */
	readonly endpoint?: string | URL | undefined;
	/** The endpoint is a domain bound to the bucket. @default false */
	readonly cname?: boolean | undefined;
	/** Lets `http:` through to other machines than this one: the token then travels in clear. @default false */
	readonly allowInsecureEndpoint?: boolean | undefined;
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
const DEFAULT_RETRY: RetryOptions = { attempts: 6, minDelayMs: 300, maxDelayMs: 20_000 };

export function resolveUploaderOptions(options: UploaderOptions): ResolvedUploaderOptions {
	const { bucket, getCredentials, signRequest, credentialsFor, signatureVersion } = options;
	const { scope = '', parallel = 5, checkpointTtlMs = 7 * DAY_MS, checkpoints, transport } = options;
	if (typeof bucket !== 'string' || !/^[a-z\d][a-z\d-]{1,61}[a-z\d]$/.test(bucket)) {
		throw unexpected('bucket', '3 to 63 lower-case letters, digits and inner hyphens', bucket);
	}
	if ((getCredentials === undefined) === (signRequest === undefined)) {
		const got = getCredentials === undefined ? 'neither' : 'both';
		throw new TypeError(`Expected exactly one of \`getCredentials\` and \`signRequest\`, got ${got}`);
	}
	expectType('getCredentials', 'function', getCredentials);
	expectType('signRequest', 'function', signRequest);
	expectOneOf('credentialsFor', ['uploader', 'key'], credentialsFor);
	expectOneOf('signatureVersion', ['v4', 'v1'], signatureVersion);
	if (checkpoints !== false) expectType('checkpoints', 'object', checkpoints);
	expectType('transport', 'object', transport);
	expectScope(scope);
	expectInteger('parallel', parallel, 1, 1024);
	expectInteger('checkpointTtlMs', checkpointTtlMs, 1);
	const { attempts, minDelayMs, maxDelayMs } = { ...DEFAULT_RETRY, ...defined(options.retry) };
	expectInteger('retry.attempts', attempts, 1);
	expectInteger('retry.minDelayMs', minDelayMs, 0);
	expectInteger('retry.maxDelayMs', maxDelayMs, minDelayMs);
	return { scope, parallel, checkpointTtlMs, retry: { attempts, minDelayMs, maxDelayMs } };
}

export function expectBlob(blob: unknown): asserts blob is Blob {
	// Not instanceof: a File of another frame is as good.
	const isBlob = typeof blob === 'object' && blob !== null && 'size' in blob && 'slice' in blob;
	if (!isBlob) throw unexpected('blob', 'a File or Blob', blob);
}

/** Throws for what `upload` cannot begin with; `size` in bytes. */
export function expectUploadOptions(options: UploadOptions, size: number): void {
	if (typeof options !== 'object' || options === null)
		throw unexpected('options', 'an object with a key', options);
	const { key, partSize = 'auto', checkpoint, scope = '', fingerprint, verify, signal, onProgress } = options;
	if (typeof key !== 'function') expectKey(key);
	if (partSize !== 'auto')
		expectInteger('partSize', partSize, LIMITS.minPartSize, LIMITS.maxPartSize, "'auto' or ");
	if (size > LIMITS.maxParts * LIMITS.maxPartSize) {
		throw new RangeError(`Expected a file of at most ${LIMITS.maxParts} parts of 5 GiB, got ${size} bytes`);
	}
	expectType('checkpoint', 'boolean', checkpoint);
	expectScope(scope);
	expectType('fingerprint', 'function', fingerprint);
	expectOneOf('verify', ['crc64', 'md5', 'full', 'none'], verify);
	expectType('signal', 'object', signal);
	expectType('onProgress', 'function', onProgress);
}

/** OSS's rules for object names, and the URL standard's: a browser folds `.` and `..` segments, percent-encoded too. */
export function expectKey(key: unknown): asserts key is string {
	if (typeof key !== 'string') throw unexpected('key', 'a string', key);
	const bytes = new TextEncoder().encode(key);
	if (bytes.length < 1 || bytes.length > 1023) {
		throw new RangeError(`Expected \`key\` to be 1 to 1023 bytes of UTF-8, got ${bytes.length}`);
	}
	if (/^[/\\]/.test(key)) throw unexpected('key', 'a name that begins with neither / nor \\', key);
	if (key.split('/').some((segment) => segment === '.' || segment === '..')) {
		throw unexpected('key', 'a name without . or .. segments, which no browser can send', key);
	}
	expectWellFormed('key', key);
}

function expectScope(scope: unknown): void {
	if (typeof scope !== 'string') throw unexpected('scope', 'a string', scope);
	expectWellFormed('scope', scope);
}

/** Half a surrogate pair has no UTF-8: what is stored would not be what was named. */
function expectWellFormed(name: string, text: string): void {
	if (/\p{Surrogate}/u.test(text)) throw unexpected(name, 'well-formed Unicode', text);
}

function expectInteger(
	name: string,
	value: unknown,
	min: number,
	max = Number.MAX_SAFE_INTEGER,
	or = '',
): void {
	const range = max === Number.MAX_SAFE_INTEGER ? `from ${min} up` : `from ${min} to ${max}`;
	const expected = `${or}an integer ${range}`;
	if (typeof value !== 'number') throw unexpected(name, expected, value);
	if (!Number.isSafeInteger(value) || value < min || value > max) {
		throw new RangeError(`Expected \`${name}\` to be ${expected}, got ${value}`);
	}
}

function expectType(name: string, type: 'function' | 'object' | 'boolean', value: unknown): void {
	if (value !== undefined && (typeof value !== type || value === null))
		throw unexpected(name, `a ${type}`, value);
}

function expectOneOf(name: string, allowed: readonly string[], value: unknown): void {
	if (value !== undefined && !allowed.some((word) => word === value))
		throw unexpected(name, allowed.join(' or '), value);
}

/** An explicit `undefined` keeps the default. */
function defined<T extends object>(options: T | undefined): Partial<T> {
	return Object.fromEntries(
		Object.entries(options ?? {}).filter(([, value]) => value !== undefined),
	) as Partial<T>;
}

function unexpected(name: string, expected: string, got: unknown): TypeError {
	const shown =
		typeof got === 'string'
			? JSON.stringify(got)
			: typeof got === 'object' && got
				? 'an object'
				: String(got);
	return new TypeError(`Expected \`${name}\` to be ${expected}, got ${shown}`);
}

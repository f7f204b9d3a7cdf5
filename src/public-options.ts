import type { Verify } from './core/model.js';
import type { CheckpointStore, Fingerprint, Transport } from './core/ports.js';
import type { RetryOptions } from './core/schedule/retry.js';
import type { Progress } from './core/task/events.js';
import type { IfRunning } from './core/upload/run.js';
import type { EndpointOptions } from './oss/endpoint.js';
import type { ObjectOptions } from './oss/headers.js';
import type { SignRequest } from './oss/signing/contract.js';
import type { GetCredentials } from './oss/signing/credentials.js';
import type { PendingUpload } from './pending.js';

/** What `createUploader` takes. Wrong values are a `TypeError` or `RangeError`, thrown at once. */
export interface UploaderOptions extends EndpointOptions {
	/**
	 * Asks your server for a short-lived STS token; `credentialsFrom('/sts')` makes such a function. Either this or
	 * `signRequest`.
	 */
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
	 * only wait in the browser. As many files of one part up to 4 MiB, and as many larger ones, run at a time; further ones
	 * are `waiting`.
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
	 * How long a failing upload is tried again: until `patienceMs` (180,000) have passed without a sign of life, with
	 * pauses that double from `minDelayMs` (300) to `maxDelayMs` (20,000), half of each at random.
	 */
	readonly retry?: Partial<RetryOptions> | undefined;
	/** A file's identity. By default MD5 over its size and samples of its content, at most 1 MiB read. */
	readonly fingerprint?: Fingerprint | undefined;
	/** Keeps the screen on, and with it a phone awake, while something is sent: one wake lock for all. @default false */
	readonly keepAwake?: boolean | undefined;
	/** Has the browser ask before the page is left, while that would lose something. @default false */
	readonly warnOnLeave?: boolean | undefined;
	/**
	 * Asks the browser, at the first upload that is remembered, not to clear this site's storage when it needs room.
	 * Chromium and Safari decide silently, Firefox asks the person.
	 *
	 * @default false
	 */
	readonly persistStorage?: boolean | undefined;
	/** Where a copy of `hash.worker.js` lies, on the page's own origin. By default it is found, or started from its text. */
	readonly workerUrl?: string | URL | undefined;
}

/** What `upload` takes: about the object, and about the way it gets there. */
export interface UploadOptions extends ObjectOptions {
	/**
	 * The object's name, 1 to 1,023 bytes of UTF-8, without a leading `/` or `\` and without `.` or `..` segments. A
	 * string resumes only an upload to that very key.
	 *
	 * A function is asked once. `unfinished` is the newest upload of this content in this bucket and scope that nobody
	 * runs, or undefined (always for a file of one part). **Answering its key goes on with it, any other key begins
	 * anew**: `(file, unfinished) => unfinished?.key ?? crypto.randomUUID()`. An unfinished upload that the answer passes
	 * by is a warning (`NotResumed`), once. Calls with one fingerprint are asked one after another, so that two equal
	 * files that were interrupted both go on. What it throws, and a key that breaks the rules above, reject `result`.
	 */
	readonly key: string | ((file: Blob, unfinished: PendingUpload | undefined) => string | Promise<string>);
	/**
	 * Bytes, 100 KiB to 5 GiB; raised where the file would need more than 10,000 parts. A resumed upload keeps its own.
	 * `'auto'`: powers of two of MiB, at least 4, so that 1,000 parts are enough for files up to 4,000 GiB.
	 *
	 * @default 'auto'
	 */
	readonly partSize?: number | 'auto' | undefined;
	/**
	 * The app's own (an album, a draft's id), a JSON value of at most 16 KiB: kept with the checkpoint, and given back by
	 * `pending()`. A resumed upload keeps its own.
	 */
	readonly data?: unknown;
	/** Whether the upload is remembered across page loads. @default true */
	readonly checkpoint?: boolean | undefined;
	/**
	 * - `'crc64'`: OSS's checksum of each part and of the whole object is compared with the local one.
	 * - `'md5'`: besides, each part carries Content-MD5, so that OSS refuses wrong bytes before it stores them.
	 * - `'full'`: besides `'crc64'`, the whole file is read once more before the object is completed.
	 * - `'none'`: nothing is hashed.
	 *
	 * @default 'crc64'
	 */
	readonly verify?: Verify | undefined;
	/**
	 * What happens when this upload runs already, in this page or in another tab.
	 *
	 * - `'fail'`: the task ends in `Locked`.
	 * - `'wait'`: it is `waiting` until the other has ended; then it goes on with what was stopped, and uploads anew what was
	 *   completed (`skipSame` spares that).
	 * - `'follow'`: it shows what the other does, takes over where that stops, and ends as that ends; only where the same is
	 *   said to OSS of the object, else `Locked`. An `abort()` ends this task alone, as `stopped`.
	 *
	 * With `'wait'` and `'follow'` a key function is also asked about an upload that another tab runs (`running`), where
	 * nothing else is unfinished.
	 *
	 * @default 'fail'
	 */
	readonly ifRunning?: IfRunning | undefined;
	/**
	 * Asks for the object first (HEAD, which needs oss:GetObject): when one of the file's size and CRC64 lies at the key, the
	 * upload is done without sending anything, and `result.skipped` is true. Its type, `meta` and ACL are not compared, and
	 * a `callback` is not called. Where the object cannot be seen, the file is sent.
	 *
	 * @default false
	 */
	readonly skipSame?: boolean | undefined;
	/**
	 * Bytes: a copy of a file up to this size is kept in the browser beside its upload, so that `resume(id)` needs no picking
	 * after a reload, and a recording survives one. Of files of several parts, once more than 10 seconds of the upload
	 * remain; all copies together take at most 512 MiB and a tenth of the site's quota. Where there is no room, a warning
	 * (`Storage`) says so. Only with `indexedDbCheckpoints()`; of a handle it is made only where the handle cannot be kept.
	 *
	 * @default 0
	 */
	readonly keepCopy?: number | undefined;
	/** Carries the requests of this upload. By default the uploader's. */
	readonly transport?: Transport | undefined;
	/** Stops the upload and keeps what is stored: leaving a page is no discard. */
	readonly signal?: AbortSignal | undefined;
	readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** What `resume` takes; all else is as the upload was first started. */
export type ResumeOptions = Pick<UploadOptions, 'transport' | 'signal' | 'onProgress'>;

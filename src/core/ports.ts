/**
 * What the core asks of the world, in the core's words. `oss` and `browser` supply these, `uploader.ts` joins
 * them; the core itself touches no network, storage, clock or DOM.
 */

import type { UploadError } from '../base/errors.js';
import type { Octets } from '../base/web-sha256.js';
import type {
	Checkpoint,
	CheckpointSummary,
	Digest,
	ListPartsPage,
	ObjectInfo,
	ObjectReceipt,
	Operation,
	PartReceipt,
	SavedUpload,
	UploadedPart,
} from './model.js';

export type { Octets, Sha256 } from '../base/web-sha256.js';

/** Bytes of a file and where they lie in it, so that slices that follow one another may be read in one go. */
export interface Slice {
	/** They stay on disk until they are read or sent. */
	readonly blob: Blob;
	/** The blob itself, with `start` 0: it is to be read apart from whatever else is read. */
	readonly file: Blob;
	readonly start: number;
}

/** What is sent of a file: bytes on the disk, or in memory. */
export type Body = Blob | Octets;

/** What is known of a file without reading it. */
export interface FileFacts {
	/** Bytes. */
	readonly size: number;
	/** `''` for a Blob, which has none. */
	readonly name: string;
	/** MIME type as the browser gives it, `''` when it knows none. */
	readonly type: string;
}

/** A file to upload, which may have to be opened first: each round of a task does. */
export interface SourceRef extends Omit<FileFacts, 'size'> {
	/** Bytes; undefined as long as nobody can tell without opening it. */
	readonly size: number | undefined;
	/** It has to be opened; to ask for the size of any other file costs the browser a while. */
	readonly isLate?: boolean;
	/** The file as it is now; another one than at first is `FileChanged`. */
	open(signal: AbortSignal): Promise<Source>;
}

/** The file to upload, open. */
export interface Source extends FileFacts {
	/** Bytes `start` to `end` (exclusive); reads nothing. */
	slice(start: number, end: number): Slice;
	/** The bytes themselves, in memory. Rejects with `FileUnreadable`. */
	read(start: number, end: number): Promise<Octets>;
	/**
	 * Looks at both ends of bytes `start` to `end` (exclusive): a file may have been shortened inside of them. Rejects with
	 * `FileUnreadable` when one can no longer be read.
	 */
	assertReadable(start: number, end: number): Promise<void>;
}

/** Time and chance come in from outside, so that the core can be tested without waiting. */
export interface Clock {
	/** Milliseconds since 1970, by this machine. */
	now(): number;
	/** Milliseconds since any moment; never goes back, whoever sets the machine's clock. */
	monotonic(): number;
	/** Rejects with `signal.reason` when aborted first. */
	sleep(ms: number, signal: AbortSignal): Promise<void>;
	/** Resolves in another task: whatever waits for the page goes first. */
	turn(): Promise<void>;
	/** 0 (inclusive) to 1 (exclusive). */
	random(): number;
}

/** Whether the machine has a network at all. */
export interface Connectivity {
	isOnline(): boolean;
	/** Resolves when the machine is online; rejects with `signal.reason` when aborted first. */
	whenOnline(signal: AbortSignal): Promise<void>;
}

/** Keeps one upload from being run twice at a time, in this page or in another tab. */
export interface UploadLock {
	/**
	 * The function that releases it, or undefined when somebody else holds it. Whoever of this page is only letting go of it is
	 * waited for. Rejects with `signal.reason` when aborted first. `letsGo`: as `letGo`, from the start.
	 */
	claim(checkpointId: string, signal?: AbortSignal, letsGo?: boolean): Promise<(() => void) | undefined>;
	/** Said by whoever holds it, and runs nothing of the upload any more. */
	letGo(checkpointId: string): void;
	/** Likewise, once nobody else holds it; rejects with `signal.reason` when aborted first. */
	wait(checkpointId: string, signal: AbortSignal): Promise<() => void>;
	/** The ids of those that are held, in this page or in another tab; not of those that this page only lets go of. */
	held(): Promise<ReadonlySet<string>>;
	/** Whether somebody of this page holds it, or waits for it. */
	isOwn(checkpointId: string): boolean;
}

/**
 * Carries what tasks say to each other of an upload, in this page and across tabs. A message may be lost, come late, twice, or
 * from another version of the library.
 */
export interface TabChannel {
	post(message: object): void;
	/** Calls `listener` with each message of others and of this page; the function answered ends that. */
	listen(listener: (message: unknown) => void): () => void;
	/** A task of this page follows the upload, until the function answered is called. */
	follow(checkpointId: string): () => void;
	/** Whether a task of this page follows the upload. */
	isFollowed(checkpointId: string): boolean;
}

export interface Hasher {
	/** A task runs: its worker is kept until the function is called that this answers. */
	hold?(): () => void;
	/** Reads what is on the disk in chunks, off the main thread where that is possible. Rejects with `FileUnreadable`. */
	digest(content: Slice | Octets, options: { readonly md5: boolean }, signal: AbortSignal): Promise<Digest>;
}

/** The file's identity across visits: a string that depends on its content, not on its name or time. */
export type Fingerprint = (blob: Blob, signal: AbortSignal) => Promise<string>;

/* ---- what is said to OSS ------------------------------------------------------------------------------- */

/**
 * OSS, for one object: each call is one request, signed afresh. Rejects with `ServiceError` when OSS refused,
 * with `Network` when no answer came, with `signal.reason` when aborted.
 */
export interface Remote {
	/** What `initiate` would say of the object beyond its key, guesses left out: equal strings, equal uploads. */
	readonly initiateDigest: string;
	/** The same of `complete`. */
	readonly completeDigest: string;
	/** `inFlight` takes the place of `signal` once the request leaves the page. */
	initiate(signal: AbortSignal, inFlight?: AbortSignal): Promise<string>;
	/** `md5` (upper-case hex) is sent as Content-MD5, so that OSS checks it before it stores anything. */
	uploadPart(part: PartToSend, signal: AbortSignal): Promise<PartReceipt>;
	/** One page of at most 1,000 parts, those after `partNumberMarker`. */
	listParts(uploadId: string, partNumberMarker: number, signal: AbortSignal): Promise<ListPartsPage>;
	complete(
		uploadId: string,
		parts: readonly { readonly partNumber: number; readonly etag: string }[],
		signal: AbortSignal,
	): Promise<ObjectReceipt>;
	abort(uploadId: string, signal: AbortSignal): Promise<void>;
	put(
		bytes: Body,
		md5: string | undefined,
		onSent: SentListener,
		signal: AbortSignal,
	): Promise<ObjectReceipt>;
	/** Undefined when there is no such object. */
	head(signal: AbortSignal): Promise<ObjectInfo | undefined>;
	/**
	 * Whether the last request that was to finish the object carried a callback, whoever put it there; before the first,
	 * whether the settings ask for one.
	 */
	readonly carriesCallback: boolean;
	/**
	 * What OSS's clock said at the moment at which this machine's said `at`, both in milliseconds since 1970. By what is
	 * believed now: a request may teach that this machine's clock is hours off. Never ahead of it: exact where an answer has
	 * taught it, else `seen`, a moment of OSS's clock that had passed by then, else behind by the whole tolerance that OSS
	 * has for a request.
	 */
	serverTime(at: number, seen?: number): number;
	/**
	 * After a request of this operation that got no answer: what the bucket's CORS rule lacks for it, and the rule to
	 * add, in a sentence; or the redirect that is answered in OSS's place, which not every transport is told of; undefined when
	 * it lacks nothing, or when that cannot be told. Never writes.
	 */
	missingCors(operation: Operation, signal: AbortSignal): Promise<string | UploadError | undefined>;
}

/**
 * Bytes sent so far of this request's body; called only by transports that can tell. The first call is the first sign
 * that the request has left the browser's own queue, and may tell of all bytes; of a body that leaves at once, up to
 * 64 KiB, there is none.
 */
export type SentListener = (sentBytes: number) => void;

export interface PartToSend {
	readonly uploadId: string;
	readonly partNumber: number;
	readonly bytes: Body;
	readonly md5: string | undefined;
	readonly onSent: SentListener;
}

/* ---- how it is sent ------------------------------------------------------------------------------------ */

export interface TransportRequest {
	readonly method: string;
	readonly url: string;
	readonly headers: Readonly<Record<string, string>>;
	/** A Blob slice goes out from disk; a string is UTF-8 text. */
	readonly body?: Body | string;
	readonly signal: AbortSignal;
	/** OSS may work on it for minutes: whoever sends it has a limit of its own. */
	readonly isUntimed?: boolean;
	/** Bytes of the body sent so far, where the transport can tell. Undefined where nobody asks. */
	readonly onSent?: SentListener | undefined;
}

export interface TransportResponse {
	readonly status: number;
	/** Undefined when the header is absent or hidden by CORS. Names in lower case. */
	header(name: string): string | undefined;
	readonly text: string;
}

/** Carries one request. Rejects with `Network` when no answer came, with `signal.reason` when aborted. */
export interface Transport {
	send(request: TransportRequest): Promise<TransportResponse>;
	/** Whether the address answers anything at all, asked without CORS (nothing can be read of the answer). */
	reaches(url: string, signal: AbortSignal): Promise<boolean>;
}

/* ---- what is remembered -------------------------------------------------------------------------------- */

export interface CheckpointQuery {
	readonly scope: string;
	readonly bucket: string;
	/** Only uploads to this key. */
	readonly key?: string;
	/** Only uploads of this content. */
	readonly fingerprint?: string;
}

/**
 * Remembers unfinished uploads across page loads. One small write a part, whatever the number of parts. Every
 * method may reject: the upload then goes on without it.
 */
export interface CheckpointStore {
	/** An upload begins: what takes time to be opened may be opened while the file is fingerprinted. */
	open?(): void;
	/** Newest first, without those marked `abandoned`. */
	find(query: CheckpointQuery): Promise<readonly CheckpointSummary[]>;
	/** Also one that is marked `abandoned`. */
	load(id: string): Promise<SavedUpload | undefined>;
	/** Replaces a checkpoint of the same id, its parts included. */
	create(checkpoint: Checkpoint): Promise<void>;
	/**
	 * Replaces a part of the same number. Resolves with whether its checkpoint was there: without it (site data cleared, or
	 * deleted in another tab) it writes nothing.
	 */
	addPart(id: string, part: UploadedPart, now: number): Promise<boolean>;
	mark(id: string, mark: 'completing' | 'abandoned'): Promise<void>;
	delete(id: string): Promise<void>;
	/** Those whose `ttlMs` has passed, and those marked `abandoned`. */
	expired(now: number): Promise<readonly Checkpoint[]>;
	/** Releases what the store holds open. */
	close(): void;
	/** Keeps the files themselves. Where there is none, each file has to be picked again. */
	sources?(): Promise<SourceStore | undefined>;
}

/** A file that can be opened again on another visit: a `FileSystemFileHandle`, in what is needed of it. */
export interface FileHandle {
	readonly name: string;
	getFile(): Promise<File>;
	/** Not in every browser. Asks the person, where that is needed, and then only inside of a click. */
	requestPermission?(access: { readonly mode: 'read' }): Promise<string>;
}

/** What is kept of an upload's file. */
export interface KeptSource {
	/** Of its checkpoint. */
	readonly id: string;
	/** Bytes of a copy; 0 of a handle. */
	readonly size: number;
	/** Undefined of a copy. */
	readonly handle: FileHandle | undefined;
}

/** Keeps files beside their checkpoints, which take them along when they are deleted. Every method may reject. */
export interface SourceStore {
	list(): Promise<readonly KeptSource[]>;
	load(id: string): Promise<Blob | FileHandle | undefined>;
	/** Replaces what is kept, unless `signal` has aborted before its turn comes. Resolves with whether it is kept: not where its checkpoint is gone. */
	put(id: string, file: Blob | FileHandle, signal: AbortSignal): Promise<boolean>;
	/** Of this upload, which goes on. */
	delete(id: string): Promise<void>;
	/** Deletes those without a checkpoint; resolves with how many there were. */
	removeOrphans(): Promise<number>;
}

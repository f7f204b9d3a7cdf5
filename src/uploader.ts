import { systemClock } from './browser/clock.js';
import { sampledFingerprint } from './browser/hashing/fingerprint.js';
import { createHasher } from './browser/hashing/hasher.js';
import { fetchTransport } from './browser/network/fetch-transport.js';
import { browserConnectivity } from './browser/network/online.js';
import { loadSha256 } from './browser/sha256.js';
import { blobSource } from './browser/source.js';
import { indexedDbCheckpoints } from './browser/storage/indexed-db-checkpoints.js';
import { memoryCheckpoints } from './browser/storage/memory-checkpoints.js';
import { ResilientCheckpoints } from './browser/storage/resilient-checkpoints.js';
import { createUploadLock } from './browser/tabs/upload-lock.js';
import type { CheckpointSummary, ObjectSettings } from './core/model.js';
import type { CheckpointStore, Fingerprint } from './core/ports.js';
import { Deadlines } from './core/schedule/deadline.js';
import { Slots } from './core/schedule/slots.js';
import type { UploadWarning } from './core/task/events.js';
import { Task } from './core/task/task.js';
import type { UploadTask } from './core/task/upload-task.js';
import { Dropper } from './core/upload/dropper.js';
import { KeyAsking } from './core/upload/key-asking.js';
import type { Intent, World } from './core/upload/run.js';
import {
	expectId,
	expectKey,
	expectResume,
	expectUpload,
	type ResolvedUploaderOptions,
	type ResumeOptions,
	resolveUploaderOptions,
	type UploaderOptions,
	type UploadOptions,
} from './options.js';
import { createOssClient } from './oss/client.js';
import { guessContentType } from './oss/content-type.js';
import { resolveEndpoint } from './oss/endpoint.js';
import { objectHeaders } from './oss/headers.js';
import { type PendingUpload, PendingUploads, pendingOf } from './pending.js';

export interface Uploader {
	/**
	 * Starts uploading `blob`, or goes on where an earlier upload of it stopped. Wrong arguments are a `TypeError` or
	 * `RangeError`, thrown at once; everything later rejects the task's `result`.
	 */
	upload(blob: Blob, options: UploadOptions): UploadTask;
	/** Goes on with an unfinished upload, with the object settings of its first start. Another file: `FileChanged`. */
	resume(id: string, blob: Blob, options?: ResumeOptions): UploadTask;
	/** This bucket's and scope's unfinished uploads, newest first. */
	pending(): Promise<readonly PendingUpload[]>;
	/**
	 * Aborts an unfinished upload at OSS and forgets it. Rejects with `Locked` while it is running. Where OSS cannot be
	 * told (at once when offline, else after a minute) it resolves all the same: a warning says so, and OSS is told later.
	 */
	discard(id: string): Promise<void>;
	/**
	 * Stops all tasks (they become `stopped`) and keeps their checkpoints; releases locks, listeners, the worker and the
	 * database. Afterwards every other method is a `TypeError`.
	 */
	close(): Promise<void>;
}

/** Makes an uploader for one bucket. Nothing is asked, opened or started before the first upload. */
export function createUploader(options: UploaderOptions): Uploader {
	return new OssUploader(options);
}

/** The composition root: the one place where adapters are made and joined to the core. */
class OssUploader implements Uploader {
	readonly #world: World & ResolvedUploaderOptions;
	readonly #store: CheckpointStore;
	readonly #remembers: boolean;
	readonly #fingerprint: Fingerprint;
	readonly #pending: PendingUploads;
	/** As many tasks run as there are request slots: 500 uploads must not fire 500 Initiates. */
	readonly #admissions: Slots;
	readonly #tasks = new Set<Task>();
	/** Warnings that no task was there to tell. */
	readonly #untold: UploadWarning[] = [];
	readonly #lifetime = new AbortController();
	readonly #release: () => void;
	/** Drops what is kept for a key alone, unless a task of it runs. */
	readonly #forgetKey: (key: string) => void;

	constructor(options: UploaderOptions) {
		const resolved = resolveUploaderOptions(options);
		const { parallel } = resolved;
		const { bucket, checkpoints = indexedDbCheckpoints(), transport = fetchTransport(), workerUrl } = options;
		const endpoint = resolveEndpoint(options);
		const clock = systemClock;
		const client = createOssClient({ ...options, endpoint, loadSha256, transport, clock });
		const hasher = createHasher({ workerUrl, warn: (cause) => this.#warn(noWorker(cause)) });
		const store = new ResilientCheckpoints({
			primary: checkpoints || memoryCheckpoints(),
			clock,
			warn: (cause) => this.#warn(notRemembered(cause)),
		});
		this.#store = store;
		this.#remembers = checkpoints !== false;
		this.#fingerprint = options.fingerprint ?? sampledFingerprint(hasher);
		this.#admissions = new Slots(parallel);
		const shared = {
			...resolved,
			bucket,
			clock,
			connectivity: browserConnectivity,
			hasher,
			lock: store.observe(createUploadLock(clock)),
			deadlines: new Deadlines(),
			lifetime: this.#lifetime.signal,
			remoteFor: client.forObject,
		};
		this.#forgetKey = (key) => {
			if (![...this.#tasks].some((task) => task.key === key)) client.forget(key);
		};
		const dropper = new Dropper({ ...shared, forgetKey: this.#forgetKey });
		this.#world = { ...shared, slots: new Slots(parallel), keys: new KeyAsking(), dropper };
		this.#pending = new PendingUploads({
			...shared,
			dropper,
			store: this.#store,
			warn: (warning) => this.#warn(warning),
			whenIdle: () => this.#whenIdle(),
		});
		this.#release = () => {
			client.close();
			hasher.close();
			this.#store.close();
		};
	}

	upload(blob: Blob, options: UploadOptions): UploadTask {
		expectUpload(blob, options);
		const { key, verify = 'crc64' } = options;
		const headers = objectHeaders(options);
		const { name = '' }: Partial<File> = blob;
		const settingsFor = async (finalKey: string): Promise<ObjectSettings> => {
			const guessedContentType =
				headers['content-type'] ?? (await guessContentType({ blobType: blob.type, key: finalKey, name }));
			return { headers, guessedContentType, verify };
		};
		const ask = async (unfinished: CheckpointSummary | undefined): Promise<string> => {
			const answer =
				typeof key === 'string' ? key : await key(blob, unfinished && pendingOf(unfinished, false));
			expectKey(answer);
			return answer;
		};
		return this.#start(
			blob,
			{ kind: 'upload', key: typeof key === 'string' ? key : ask, settingsFor },
			options,
		);
	}

	resume(id: string, blob: Blob, options: ResumeOptions = {}): UploadTask {
		expectResume(id, blob, options);
		return this.#start(blob, { kind: 'resume', id }, options);
	}

	async pending(): Promise<readonly PendingUpload[]> {
		this.#begin();
		return this.#pending.list();
	}

	async discard(id: string): Promise<void> {
		this.#begin();
		expectId(id);
		await this.#pending.discard(id);
	}

	async close(): Promise<void> {
		const reason = new DOMException('The uploader was closed', 'AbortError');
		this.#lifetime.abort(reason);
		for (const task of this.#tasks) task.stop(reason);
		await Promise.all([...this.#tasks].map((task) => task.settled));
		await this.#pending.settled();
		this.#release();
	}

	#start(blob: Blob, intent: Intent, options: Partial<UploadOptions>): UploadTask {
		this.#begin();
		const { partSize = 'auto', checkpoint = true, signal, onProgress } = options;
		const checkpoints = checkpoint && this.#remembers ? this.#store : memoryCheckpoints();
		const run = {
			world: this.#world,
			source: blobSource(blob),
			intent,
			scope: this.#world.scope,
			partSize,
			checkpoints,
			fingerprint: async (ended: AbortSignal) => this.#fingerprint(blob, ended),
		};
		const task = new Task({ run, admissions: this.#admissions, signal, onProgress });
		this.#tasks.add(task);
		// A moment later, when its listeners are there.
		for (const warning of this.#untold.splice(0)) queueMicrotask(() => task.warn(warning));
		void task.settled.then(() => this.#forget(task));
		return task;
	}

	#forget(task: Task): void {
		this.#tasks.delete(task);
		if (task.key !== undefined) this.#forgetKey(task.key);
	}

	/** @throws {TypeError} after `close()` */
	#begin(): void {
		if (this.#lifetime.signal.aborted) {
			throw new TypeError('This uploader was closed: make another one with createUploader()');
		}
		this.#pending.sweep();
	}

	async #whenIdle(): Promise<void> {
		await undefined;
		for (const task of this.#tasks) await task.settled;
	}

	#warn(warning: UploadWarning): void {
		if (this.#tasks.size === 0) this.#untold.push(warning);
		for (const task of this.#tasks) task.warn(warning);
	}
}

const noWorker = (cause: unknown): UploadWarning => ({
	code: 'Hasher',
	message: 'Checksums are computed without the hash worker, and so more slowly: see the option `workerUrl`',
	cause,
});

const notRemembered = (cause: unknown): UploadWarning => ({
	code: 'Storage',
	message:
		'Unfinished uploads are not remembered beyond this page: its storage does not answer, is full, or is refused (private mode)',
	cause,
});

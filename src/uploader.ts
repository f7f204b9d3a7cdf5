import { scoped } from './abortable.js';
import { systemClock } from './browser/clock.js';
import { fetchTransport } from './browser/fetch-transport.js';
import { sampledFingerprint } from './browser/fingerprint.js';
import { createHasher } from './browser/hasher.js';
import { indexedDbCheckpoints } from './browser/indexed-db-checkpoints.js';
import { memoryCheckpoints } from './browser/memory-checkpoints.js';
import { browserConnectivity } from './browser/online.js';
import { ResilientCheckpoints } from './browser/resilient-checkpoints.js';
import { loadSha256 } from './browser/sha256.js';
import { blobSource } from './browser/source.js';
import { createUploadLock } from './browser/upload-lock.js';
import { abandonIdle } from './core/abandon.js';
import { Deadlines } from './core/deadline.js';
import type { UploadWarning } from './core/events.js';
import type { Checkpoint, CheckpointStore, Fingerprint } from './core/ports.js';
import { createRequests } from './core/requests.js';
import type { Intent, World } from './core/run.js';
import { Slots } from './core/slots.js';
import {
	expectBlob,
	expectKey,
	expectText,
	expectUpload,
	type ResolvedUploaderOptions,
	type ResumeOptions,
	resolveUploaderOptions,
	type UploaderOptions,
	type UploadOptions,
} from './options.js';
import { createOssClient } from './oss/client.js';
import { contentTypeOf } from './oss/content-type.js';
import { resolveEndpoint } from './oss/endpoint.js';
import { objectHeaders } from './oss/headers.js';
import { Task, type UploadTask } from './task.js';

/** An upload that was begun and is not finished: running, paused, or interrupted on an earlier visit. */
export interface PendingUpload {
	/** For `resume` and `discard`; a running task's `checkpointId`. */
	readonly id: string;
	readonly key: string;
	/** The file's name, `''` for a Blob. */
	readonly name: string;
	/** Bytes. */
	readonly size: number;
	/** Bytes that OSS holds. */
	readonly loaded: number;
	/** Milliseconds since 1970, as the other times. */
	readonly createdAt: number;
	readonly updatedAt: number;
	/** From then on it counts as given up: the next uploader aborts and forgets it. */
	readonly expiresAt: number;
}

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
	/** Aborts an unfinished upload at OSS and forgets it. Rejects with `Locked` while it is running. */
	discard(id: string): Promise<void>;
	/** Stops all tasks and keeps their checkpoints; releases locks, listeners, the worker and the database. */
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
	/** As many tasks run as there are request slots: 500 uploads must not fire 500 Initiates. */
	readonly #admissions: Slots;
	readonly #tasks = new Set<Task>();
	/** Warnings that no task was there to tell. */
	readonly #untold: UploadWarning[] = [];
	readonly #lifetime = new AbortController();
	readonly #release: () => void;
	#expiry: Promise<void> | undefined;

	constructor(options: UploaderOptions) {
		const resolved = resolveUploaderOptions(options);
		const { parallel } = resolved;
		const { bucket, checkpoints = indexedDbCheckpoints(), transport = fetchTransport(), workerUrl } = options;
		const endpoint = resolveEndpoint(options);
		const clock = systemClock;
		const client = createOssClient({
			...options,
			endpoint,
			loadSha256,
			transport,
			clock,
		});
		const hasher = createHasher({
			workerUrl,
			warn: (cause) => this.#warn({ code: 'Hasher', message: 'Checksums are slower', cause }),
		});
		const message = 'Uploads are not remembered';
		const store = new ResilientCheckpoints({
			primary: checkpoints || memoryCheckpoints(),
			clock,
			warn: (cause) => this.#warn({ code: 'Storage', message, cause }),
		});
		this.#store = store;
		this.#remembers = checkpoints !== false;
		this.#admissions = new Slots(parallel);
		this.#world = {
			...resolved,
			bucket,
			clock,
			connectivity: browserConnectivity,
			hasher,
			lock: store.observe(createUploadLock(clock)),
			slots: new Slots(parallel),
			deadlines: new Deadlines(),
			lifetime: this.#lifetime.signal,
			remoteFor: client.forObject,
		};
		this.#release = () => {
			client.close();
			hasher.close();
			this.#store.close();
		};
	}

	upload(blob: Blob, options: UploadOptions): UploadTask {
		expectUpload(blob, options);
		const { key, verify = 'crc64' } = options;
		const { name = '' }: Partial<File> = blob;
		const isName = typeof key === 'string';
		const settings = {
			headers: objectHeaders(options),
			guessedContentType: contentTypeOf(blob.type, isName ? key : name),
			verify,
		};
		const ask = async (): Promise<string> => {
			const answer = isName ? key : await key(blob);
			expectKey(answer);
			return answer;
		};
		return this.#start(blob, { kind: 'upload', key: isName ? key : ask, settings }, options);
	}

	resume(id: string, blob: Blob, options: ResumeOptions = {}): UploadTask {
		expectBlob(blob);
		expectText('id', id);
		return this.#start(blob, { kind: 'resume', id }, options);
	}

	async pending(): Promise<readonly PendingUpload[]> {
		this.#begin();
		const { scope, bucket } = this.#world;
		const found = await this.#store.find({ scope, bucket });
		return found.map(({ checkpoint: { id, key, name, size, createdAt, ttlMs }, loaded, updatedAt }) => {
			return { id, key, name, size, loaded, createdAt, updatedAt, expiresAt: updatedAt + ttlMs };
		});
	}

	async discard(id: string): Promise<void> {
		this.#begin();
		const saved = await this.#store.load(id);
		if (saved && this.#isOurs(saved.checkpoint)) await this.#abandon(saved.checkpoint);
	}

	async close(): Promise<void> {
		const reason = new DOMException('The uploader was closed', 'AbortError');
		this.#lifetime.abort(reason);
		for (const task of this.#tasks) task.stop(reason);
		await Promise.all([...this.#tasks].map((task) => task.settled));
		await this.#expiry;
		this.#release();
	}

	#start(blob: Blob, intent: Intent, options: Partial<UploadOptions>): UploadTask {
		this.#begin();
		const { scope = this.#world.scope, partSize = 'auto', checkpoint = true, signal, onProgress } = options;
		const fingerprint: Fingerprint = options.fingerprint ?? sampledFingerprint(this.#world.hasher);
		const checkpoints = checkpoint && this.#remembers ? this.#store : memoryCheckpoints();
		const run = {
			world: this.#world,
			source: blobSource(blob),
			intent,
			scope,
			partSize,
			checkpoints,
			fingerprint: (ended: AbortSignal) => fingerprint(blob, ended),
		};
		const task = new Task({ run, admissions: this.#admissions, signal, onProgress });
		this.#tasks.add(task);
		// A moment later, when its listeners are there.
		for (const warning of this.#untold.splice(0)) queueMicrotask(() => task.warn(warning));
		void task.settled.then(() => this.#tasks.delete(task));
		return task;
	}

	#begin(): void {
		this.#lifetime.signal.throwIfAborted();
		this.#expiry ??= this.#forgetExpired();
	}

	/** Uploads that were given up long ago still hold parts at OSS. */
	async #forgetExpired(): Promise<void> {
		// A task that is just beginning may be about to go on with one of them.
		await undefined;
		for (const task of this.#tasks) await task.settled;
		const tried = new Set<string>();
		for (;;) {
			// Asked anew for each: meanwhile another tab may have gone on with one.
			const expired = await this.#store.expired(this.#world.clock.now());
			const next = expired.find((checkpoint) => this.#isOurs(checkpoint) && !tried.has(checkpoint.id));
			if (!next) return;
			tried.add(next.id);
			// One that is running, or that OSS cannot be told of, is left for the next visit.
			await this.#abandon(next).catch(() => {});
		}
	}

	#isOurs({ bucket, scope }: Checkpoint): boolean {
		return bucket === this.#world.bucket && scope === this.#world.scope;
	}

	#abandon({ id, key, settings }: Checkpoint): Promise<void> {
		const { lock, lifetime } = this.#world;
		const run = { checkpoints: this.#store };
		const remote = this.#world.remoteFor(key, settings);
		const source = { assertReadable: async () => {} };
		return scoped(lifetime, ({ signal }) => {
			const requests = createRequests({ ...this.#world, remote, source, signal, emit: () => {} });
			return abandonIdle(lock, { run, remote, requests }, id);
		});
	}

	#warn(warning: UploadWarning): void {
		if (this.#tasks.size === 0) this.#untold.push(warning);
		for (const task of this.#tasks) task.warn(warning);
	}
}

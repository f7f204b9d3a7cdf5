import { abortable, scoped } from './base/abortable.js';
import type { Checkpoint, CheckpointSummary } from './core/model.js';
import type { CheckpointStore, Clock, UploadLock } from './core/ports.js';
import type { UploadWarning } from './core/task/events.js';
import type { Drop, Dropper } from './core/upload/dropper.js';

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
	/** What `upload()` was given as `data`. */
	readonly data: unknown;
	/** It is run now, in this page or in another tab. */
	readonly running: boolean;
	/** Milliseconds since 1970, as the other times. */
	readonly createdAt: number;
	readonly updatedAt: number;
	/** From then on it counts as given up: the next uploader aborts and forgets it. */
	readonly expiresAt: number;
}

export function pendingOf(
	{ checkpoint, loaded, updatedAt }: CheckpointSummary,
	running: boolean,
): PendingUpload {
	const { id, key, name, size, data, createdAt, ttlMs } = checkpoint;
	return { id, key, name, size, loaded, data, running, createdAt, updatedAt, expiresAt: updatedAt + ttlMs };
}

export interface PendingUploadsOptions {
	readonly store: CheckpointStore;
	readonly bucket: string;
	readonly scope: string;
	readonly clock: Clock;
	readonly lock: Pick<UploadLock, 'held'>;
	readonly dropper: Dropper;
	readonly lifetime: AbortSignal;
	readonly warn: (warning: UploadWarning) => void;
	/** Resolves when no task runs: what was given up long ago can wait for what is sent now. */
	readonly whenIdle: () => Promise<void>;
}

/** One bucket's and scope's unfinished uploads. */
export class PendingUploads {
	readonly #options: PendingUploadsOptions;
	#sweep: Promise<void> | undefined;

	constructor(options: PendingUploadsOptions) {
		this.#options = options;
	}

	/** Newest first; all, or those of one content. */
	async list(fingerprint?: string): Promise<readonly PendingUpload[]> {
		const { store, scope, bucket, lock } = this.#options;
		const query = { scope, bucket, ...(fingerprint !== undefined && { fingerprint }) };
		const [found, held] = await Promise.all([store.find(query), lock.held()]);
		return found.map((summary) => pendingOf(summary, held.has(summary.checkpoint.id)));
	}

	async discard(id: string): Promise<void> {
		await this.#options.dropper.dropIdle(this.#drop, id, (checkpoint) => this.#isOurs(checkpoint));
	}

	/** Once: uploads that were given up long ago, or that OSS could not be told of, still hold parts there. */
	sweep(): void {
		const { lifetime } = this.#options;
		this.#sweep ??= scoped(lifetime, ({ signal }) => this.#dropExpired(signal)).catch(() => {});
	}

	/** Resolves when nothing is being swept. */
	async settled(): Promise<void> {
		await this.#sweep;
	}

	async #dropExpired(signal: AbortSignal): Promise<void> {
		const { store, clock, dropper, whenIdle } = this.#options;
		// A task that is just beginning may be about to go on with one of them.
		await abortable(signal, whenIdle());
		// A store that hangs must not hold up close().
		for (const { id } of await abortable(signal, store.expired(clock.now()))) {
			await abortable(signal, whenIdle());
			const isStillExpired = (checkpoint: Checkpoint) =>
				this.#isOurs(checkpoint) && (checkpoint.abandoned || this.#isExpired(checkpoint));
			// One that is running, or that OSS cannot be told of, is left for the next visit; nobody needs to hear of it.
			await dropper.dropIdle({ store, warn: () => {}, signal }, id, isStillExpired).catch(() => {});
		}
	}

	/** Asked again under its lock: until then another tab may have gone on with it. */
	async #isExpired({ id, scope, bucket, key, fingerprint }: Checkpoint): Promise<boolean> {
		const { store, clock, lifetime } = this.#options;
		const found = await abortable(lifetime, store.find({ scope, bucket, key, fingerprint }));
		const summary = found.find(({ checkpoint }) => checkpoint.id === id);
		return summary !== undefined && pendingOf(summary, false).expiresAt <= clock.now();
	}

	#isOurs({ bucket, scope }: Checkpoint): boolean {
		return bucket === this.#options.bucket && scope === this.#options.scope;
	}

	get #drop(): Drop {
		const { store, warn } = this.#options;
		return { store, warn };
	}
}

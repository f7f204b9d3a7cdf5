import { abortable, scoped } from './base/abortable.js';
import type { Checkpoint, CheckpointSummary } from './core/model.js';
import type { CheckpointStore, Clock, UploadLock } from './core/ports.js';
import type { UploadWarning } from './core/task/events.js';
import type { Drop, Dropper } from './core/upload/dropper.js';
import type { SourceKind } from './file-keeper.js';
import type { KeptFiles } from './kept-files.js';

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
	/** From then on it counts as given up: the next uploader of its bucket and scope aborts and forgets it. */
	readonly expiresAt: number;
	/**
	 * What `resume(id)` goes on from without a file: a handle of the file, for which the browser may ask the person, or a copy.
	 * `'needed'`: the file has to be picked again.
	 */
	readonly source: SourceKind;
}

/** What `sweep` has done. */
export interface Swept {
	/** Uploads that OSS was told to abort. */
	readonly aborted: number;
	/** Files that were kept of uploads that are gone. */
	readonly removed: number;
}

function pendingOf(
	{ checkpoint, loaded, updatedAt }: CheckpointSummary,
	running: boolean,
	kept: ReadonlyMap<string, SourceKind> | undefined,
): PendingUpload {
	const { id, key, name, size, data, createdAt } = checkpoint;
	const times = { createdAt, updatedAt, expiresAt: expiresAt({ checkpoint, updatedAt }) };
	return { id, key, name, size, loaded, data, running, ...times, source: kept?.get(id) ?? 'needed' };
}

const expiresAt = ({ checkpoint, updatedAt }: Omit<CheckpointSummary, 'loaded'>): number =>
	updatedAt + checkpoint.ttlMs;

export interface PendingUploadsOptions {
	readonly store: CheckpointStore;
	readonly bucket: string;
	readonly scope: string;
	readonly clock: Clock;
	readonly lock: Pick<UploadLock, 'held'>;
	readonly dropper: Dropper;
	readonly files: Pick<KeptFiles, 'use'>;
	readonly lifetime: AbortSignal;
	readonly warn: (warning: UploadWarning) => void;
	/** What was listed may be of before: also where nothing was there any more, since nobody else may tell of that. */
	readonly onChange: () => void;
	/** Resolves when no task runs: what was given up long ago can wait for what is sent now. */
	readonly whenIdle: () => Promise<void>;
}

/** One bucket's and scope's unfinished uploads. */
export class PendingUploads {
	readonly #options: PendingUploadsOptions;
	#sweep: Promise<unknown> | undefined;

	constructor(options: PendingUploadsOptions) {
		this.#options = options;
	}

	/** Newest first; all, or those of one content. */
	async list(fingerprint?: string): Promise<readonly PendingUpload[]> {
		const { store, scope, bucket, lock } = this.#options;
		const query = { scope, bucket, ...(fingerprint !== undefined && { fingerprint }) };
		const [found, held] = await Promise.all([store.find(query), lock.held()]);
		return this.describe(found, (id) => held.has(id));
	}

	/** As they are shown. */
	async describe(
		found: readonly CheckpointSummary[],
		isRunning: (id: string) => boolean,
	): Promise<readonly PendingUpload[]> {
		if (found.length === 0) return [];
		const kept = await this.#options.files.use((keeper) => keeper.list()).catch(() => undefined);
		return found.map((summary) => pendingOf(summary, isRunning(summary.checkpoint.id), kept));
	}

	async discard(id: string): Promise<void> {
		const { dropper, onChange } = this.#options;
		await dropper.dropIdle(this.#drop, id).finally(onChange);
	}

	/** Once: uploads that were given up long ago, or that OSS could not be told of, still hold parts there. */
	sweepOnce(): void {
		this.#sweep ??= this.#dropExpired(this.#options.whenIdle).catch(() => {});
	}

	/** The same at once, and files that are kept for nothing. */
	async sweep(): Promise<Swept> {
		const { files, onChange } = this.#options;
		const aborted = await this.#dropExpired(async () => {}).finally(onChange);
		const removed = await files.use((keeper) => keeper.removeOrphans()).catch(() => 0);
		return { aborted, removed };
	}

	/** Resolves when nothing is being swept. */
	async settled(): Promise<void> {
		await this.#sweep;
	}

	/** How many OSS was told of. */
	#dropExpired(whenIdle: () => Promise<void>): Promise<number> {
		const { store, clock, dropper, lifetime } = this.#options;
		return scoped(lifetime, async ({ signal }) => {
			let dropped = 0;
			// A task that is just beginning may be about to go on with one of them.
			await abortable(signal, whenIdle());
			// A store that hangs must not hold up close().
			for (const { id } of await abortable(signal, store.expired(clock.now()))) {
				await abortable(signal, whenIdle());
				const isStillExpired = (checkpoint: Checkpoint) =>
					checkpoint.abandoned || this.#isExpired(checkpoint);
				// One that is running, or that OSS cannot be told of, is left for the next visit; nobody needs to hear of it.
				const drop = { store, warn: () => {}, signal };
				if (await dropper.dropIdle(drop, id, isStillExpired).catch(() => false)) dropped++;
			}
			return dropped;
		});
	}

	/** Asked again under its lock: until then another tab may have gone on with it. */
	async #isExpired({ id, scope, bucket, key, fingerprint }: Checkpoint): Promise<boolean> {
		const { store, clock, lifetime } = this.#options;
		const found = await abortable(lifetime, store.find({ scope, bucket, key, fingerprint }));
		const summary = found.find(({ checkpoint }) => checkpoint.id === id);
		return summary !== undefined && expiresAt(summary) <= clock.now();
	}

	get #drop(): Drop {
		const { store, warn } = this.#options;
		return { store, warn };
	}
}

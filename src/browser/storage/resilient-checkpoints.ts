import { abortable } from '../../base/abortable.js';
import { UploadError } from '../../base/errors.js';
import type { Checkpoint, UploadedPart } from '../../core/model.js';
import type { CheckpointStore, Clock, SourceStore, UploadLock } from '../../core/ports.js';
import { closeMemory, memoryCheckpoints } from './memory-checkpoints.js';
import { answering } from './search.js';
import { checkpointsIn, savedIn, summariesIn } from './store-answers.js';
import { PATIENCE_TICKS, ticks } from './ticks.js';

export interface ResilientCheckpointsOptions {
	/** It may reject, throw, answer nonsense, or never answer. */
	readonly primary: CheckpointStore;
	readonly clock: Pick<Clock, 'now' | 'sleep'>;
	/** Called once at most, with what went wrong first. */
	readonly warn: (error: unknown) => void;
	/** Something is there that outlives the page. */
	readonly onCreate?: (() => void) | undefined;
}

/** An upload whose lock is held here. */
interface Hold {
	/** It was created or loaded since, and not deleted: nobody else writes it, so all of it is in the mirror. */
	isKnown: boolean;
}

/**
 * `primary`, until it fails for the first time (private mode, quota, blocked, no IndexedDB, no answer for ten ticks of a
 * second): that is told to `warn`, and memory takes over. No method rejects, and none waits longer.
 *
 * What is written or loaded here goes to a mirror in memory from the start, so that a part recorded before the
 * failure is known after it, and rows that somebody deletes under a running upload can be written again.
 */
export class ResilientCheckpoints implements CheckpointStore {
	readonly #primary: CheckpointStore;
	readonly #mirror: CheckpointStore = memoryCheckpoints();
	readonly #clock: Pick<Clock, 'now' | 'sleep'>;
	readonly #warn: (error: unknown) => void;
	readonly #onCreate: (() => void) | undefined;
	readonly #holds = new Map<string, Hold>();
	/** One for each call that waits for `primary`. */
	readonly #waiting = new Set<AbortController>();
	#isBroken = false;
	/** Rows are written again one upload after another. */
	#restoring: Promise<unknown> = Promise.resolve();

	constructor({ primary, clock, warn, onCreate }: ResilientCheckpointsOptions) {
		this.#primary = primary;
		this.#clock = clock;
		this.#warn = warn;
		this.#onCreate = onCreate;
	}

	/**
	 * The same lock, to be used by whoever writes here: only while an upload's lock is held can a row that is gone
	 * not have been deleted by another tab's run of it.
	 */
	observe(lock: UploadLock): UploadLock {
		return {
			...lock,
			claim: async (id, ...how) => {
				const release = await lock.claim(id, ...how);
				return release && this.#hold(id, release);
			},
			wait: async (id, signal) => this.#hold(id, await lock.wait(id, signal)),
		};
	}

	#hold(id: string, release: () => void): () => void {
		const hold: Hold = { isKnown: false };
		this.#holds.set(id, hold);
		return () => {
			// Called again, it is the next holder's.
			if (this.#holds.get(id) === hold) this.#holds.delete(id);
			release();
		};
	}

	open(): void {
		if (!this.#isBroken) this.#unawaited(() => this.#primary.open?.());
	}

	async find(query: Parameters<CheckpointStore['find']>[0]): ReturnType<CheckpointStore['find']> {
		const isWanted = answering(query);
		const found = await this.#ask(async (store) =>
			summariesIn(await store.find(query)).filter(({ checkpoint }) => isWanted(checkpoint)),
		);
		return found ? found.answer : this.#mirror.find(query);
	}

	async load(id: string): ReturnType<CheckpointStore['load']> {
		if (!this.#isKnown(id)) {
			const loaded = await this.#ask(async (store) => savedIn(id, await store.load(id)));
			// Meanwhile a task of this page may have begun it.
			if (loaded && !this.#isKnown(id)) {
				const saved = loaded.answer;
				if (!saved) {
					await this.#mirror.delete(id);
					return undefined;
				}
				// It is being resumed now, so now is when it was last touched.
				await write(this.#mirror, saved.checkpoint, saved.parts, this.#clock.now());
				this.#know(id, true);
			}
		}
		return this.#mirror.load(id);
	}

	async create(checkpoint: Checkpoint): Promise<void> {
		await this.#mirror.create(checkpoint);
		this.#know(checkpoint.id, true);
		const created = await this.#ask((store) => this.#createIn(store, checkpoint));
		if (created?.answer && this.#primary.close !== closeMemory) this.#onCreate?.();
	}

	async addPart(id: string, part: UploadedPart, now: number): Promise<boolean> {
		const isMirrored = await this.#mirror.addPart(id, part, now);
		const added = await this.#ask((store) => store.addPart(id, part, now));
		if (!added) return isMirrored;
		// Stores written for 0.1 answer nothing: only a plain no is one.
		if (added.answer !== false) return true;
		return this.#isKnown(id) && this.#restore(id, part, now);
	}

	async mark(id: string, mark: 'completing' | 'abandoned'): Promise<void> {
		await this.#mirror.mark(id, mark);
		if (this.#isKnown(id) && !this.#isBroken) await this.#restore(id, undefined, this.#clock.now());
		await this.#conclude((store) => store.mark(id, mark));
	}

	async delete(id: string): Promise<void> {
		await this.#mirror.delete(id);
		this.#know(id, false);
		await this.#conclude((store) => store.delete(id));
	}

	async expired(now: number): Promise<readonly Checkpoint[]> {
		const expired = await this.#ask(async (store) => checkpointsIn(await store.expired(now)));
		return expired ? expired.answer : this.#mirror.expired(now);
	}

	/** Whoever asks sets a limit of his own: a file of the library may have to be loaded for it. */
	async sources(): Promise<SourceStore | undefined> {
		return this.#isBroken ? undefined : this.#primary.sources?.();
	}

	close(): void {
		this.#unawaited(() => this.#primary.close());
	}

	/** What `primary` answers; undefined when it is broken, or breaks by being asked. */
	async #ask<T>(
		question: (store: CheckpointStore) => Promise<T>,
	): Promise<{ readonly answer: T } | undefined> {
		if (this.#isBroken) return undefined;
		const scope = new AbortController();
		this.#waiting.add(scope);
		ticks(PATIENCE_TICKS, this.#clock, scope.signal).then(
			() => this.#break(noAnswer()),
			() => {},
		);
		try {
			// Async, so that what throws rejects.
			const asked = (async () => question(this.#primary))();
			return { answer: await abortable(scope.signal, asked) };
		} catch (error) {
			this.#break(error);
			return undefined;
		} finally {
			this.#waiting.delete(scope);
			scope.abort();
		}
	}

	/** From now on nobody waits for `primary`; those that do have waited long enough. */
	#break(error: unknown): void {
		// Several calls may be under way when it breaks.
		if (this.#isBroken) return;
		this.#isBroken = true;
		this.#warn(error);
		for (const scope of this.#waiting) scope.abort(error);
	}

	/**
	 * Also tried on a broken `primary`, unawaited: a row left behind there would one day resume an upload that is
	 * long done, and not know that Complete had been sent. A full disk refuses writes, seldom deletes.
	 */
	async #conclude(change: (store: CheckpointStore) => Promise<void>): Promise<void> {
		if (this.#isBroken) this.#unawaited(() => change(this.#primary));
		else await this.#ask(change);
	}

	#unawaited(work: () => unknown): void {
		void (async () => work())().catch((error: unknown) => this.#break(error));
	}

	#isKnown(id: string): boolean {
		return this.#holds.get(id)?.isKnown === true;
	}

	#know(id: string, isKnown: boolean): void {
		const hold = this.#holds.get(id);
		if (hold) hold.isKnown = isKnown;
	}

	/** Whether the checkpoint is still this upload's when it has been written, however late that was. */
	async #createIn(store: CheckpointStore, checkpoint: Checkpoint): Promise<boolean> {
		const { id, uploadId } = checkpoint;
		await store.create(checkpoint);
		const mirrored = await this.#mirror.load(id);
		// Deleted here meanwhile: what came too late for that would stay for ever.
		if (!mirrored) await store.delete(id);
		return mirrored?.checkpoint.uploadId === uploadId;
	}

	/**
	 * Writes again what somebody else deleted under a running upload, as a user does who clears the site's data. It is
	 * looked for first, by recording a part, `part` itself if there is one: another call may have brought it back.
	 * Resolves with whether it is there now.
	 */
	#restore(id: string, part: UploadedPart | undefined, now: number): Promise<boolean> {
		const restore = async (store: CheckpointStore) => {
			const saved = this.#isKnown(id) ? await this.#mirror.load(id) : undefined;
			if (!saved) return;
			const probe = part ?? saved.parts.at(-1);
			const isThere = probe ? await store.addPart(id, probe, now) : Boolean(await store.load(id));
			if (isThere !== false) return;
			if (await this.#createIn(store, saved.checkpoint)) await addParts(store, id, saved.parts, now);
		};
		const restored = this.#restoring.then(async () => {
			await this.#ask(restore);
			return this.#isKnown(id);
		});
		this.#restoring = restored;
		return restored;
	}
}

async function write(
	store: CheckpointStore,
	checkpoint: Checkpoint,
	parts: readonly UploadedPart[],
	now: number,
): Promise<void> {
	await store.create(checkpoint);
	await addParts(store, checkpoint.id, parts, now);
}

async function addParts(
	store: CheckpointStore,
	id: string,
	parts: readonly UploadedPart[],
	now: number,
): Promise<void> {
	// All at once, so that a store may write them together.
	await Promise.all(parts.map((part) => store.addPart(id, part, now)));
}

const noAnswer = (): UploadError =>
	new UploadError(
		'Storage',
		`The checkpoint store has not answered for ${PATIENCE_TICKS} s: close other tabs of this site, or restart the browser`,
	);

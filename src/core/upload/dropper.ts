import { withDeadline } from '../../base/abortable.js';
import { UploadError } from '../../base/errors.js';
import type { Checkpoint, ObjectSettings } from '../model.js';
import type { CheckpointStore, Clock, Connectivity, Remote, TabChannel, UploadLock } from '../ports.js';
import { Requests } from '../schedule/requests.js';
import type { RetryOptions } from '../schedule/retry.js';
import type { Scheduler } from '../schedule/scheduler.js';
import { Turns } from '../schedule/turns.js';
import type { UploadWarning } from '../task/events.js';
import { abandon, keptWords } from './abandon.js';
import { briefly } from './briefly.js';
import { locked } from './locked.js';

/** Milliseconds that OSS has for being told; then it is told later. */
const TELL_MS = 60_000;
/** Milliseconds before it is tried once more, doubled from one time to the next. */
const LATER_MS = 10_000;
const LATER_TRIES = 6;
/** Milliseconds in which a lock or a store answers, if it does at all. */
const ANSWER_MS = 10_000;

export interface DropperWorld {
	/** Uploads of another bucket, or another scope, are nobody's here, though their ids may be known. */
	readonly bucket: string;
	readonly scope: string;
	readonly clock: Clock;
	readonly connectivity: Connectivity;
	readonly lock: Pick<UploadLock, 'claim' | 'wait' | 'letGo'>;
	readonly channel: Pick<TabChannel, 'post'>;
	readonly scheduler: Scheduler;
	readonly retry: RetryOptions;
	/** Ends when the uploader is closed. */
	readonly lifetime: AbortSignal;
	remoteFor(key: string, settings: ObjectSettings): Remote;
	/** OSS has been spoken to about the key, by no task. */
	forgetKey(key: string): void;
}

/** One upload that is to be dropped. */
export interface Drop {
	readonly store: CheckpointStore;
	readonly warn: (warning: UploadWarning) => void;
	/** Ends the wait for a lock or a store. Without it an upload is marked also after `close()`, as `abort()` promises. */
	readonly signal?: AbortSignal;
}

/** Has OSS drop uploads that nobody wants any more. Never for long: what OSS cannot be told now, it is told later. */
export class Dropper {
	readonly #world: DropperWorld;
	/** Those that OSS could not be told of, by id. */
	readonly #untold = new Map<string, Drop>();
	readonly #turns = new Turns();
	#telling: Promise<void> | undefined;

	constructor(world: DropperWorld) {
		this.#world = world;
	}

	/**
	 * Drops an upload that the caller holds the lock of. Always resolves, within a minute, and at once when offline: the
	 * row then stays, marked, so that it is in no list, and a warning says so. With whether OSS holds nothing of it any more.
	 */
	async drop({ store, warn }: Drop, checkpoint: Checkpoint): Promise<boolean> {
		const { clock, lifetime, connectivity, channel } = this.#world;
		const { id } = checkpoint;
		// However late it is written, those who list it are told then.
		const written = (writing: Promise<void>) =>
			briefly(
				clock,
				writing.finally(() => channel.post({ type: 'gone', id })),
			);
		// Written first: if the page dies before the answer, nobody goes on with what OSS may have dropped.
		await written(store.mark(id, 'abandoned'));
		try {
			if (!connectivity.isOnline()) throw offline();
			const isFreed = await withDeadline(clock, TELL_MS, lifetime, (signal) =>
				this.#tell(checkpoint, signal),
			);
			await written(store.delete(id));
			if (!isFreed) warn({ code: 'Abandoned', message: keptWords(checkpoint) });
			return isFreed;
		} catch (cause) {
			warn({ code: 'Abandoned', message: laterWords(checkpoint), cause });
			this.#untold.set(id, { store, warn: () => {} });
			this.#telling ??= this.#tellUntold()
				.catch(() => {})
				.finally(() => {
					this.#telling = undefined;
				});
			return false;
		} finally {
			this.#world.forgetKey(checkpoint.key);
		}
	}

	/**
	 * Takes an upload that nobody is running, and drops it. Rejects with `Locked`. `isWanted` looks at it once nobody else
	 * can change it any more: until then another tab may have finished it, or gone on with it. `known`: what the caller
	 * knows of it, should the store know nothing. Where it is just being dropped here, that is waited for. Resolves as `drop`.
	 */
	async dropIdle(
		drop: Drop,
		id: string,
		isWanted: (checkpoint: Checkpoint) => boolean | Promise<boolean> = () => true,
		known?: Checkpoint,
	): Promise<boolean> {
		const { signal = new AbortController().signal } = drop;
		return this.#turns.take(id, signal, async () => {
			const { lock } = this.#world;
			const release = await this.#answerOf(drop, (ended) => lock.claim(id, ended, true));
			if (release === undefined) throw locked();
			return this.#dropHeld(release, drop, id, isWanted, known);
		});
	}

	async #dropHeld(
		release: () => void,
		drop: Drop,
		id: string,
		isWanted: (checkpoint: Checkpoint) => boolean | Promise<boolean>,
		known?: Checkpoint,
	): Promise<boolean> {
		try {
			const saved = await this.#answerOf(drop, () => drop.store.load(id)).catch((error: unknown) => {
				if (known === undefined) throw error;
				return undefined;
			});
			const checkpoint = saved?.checkpoint ?? known;
			const { bucket, scope } = this.#world;
			if (checkpoint?.bucket !== bucket || checkpoint.scope !== scope) return false;
			return (await isWanted(checkpoint)) && (await this.drop(drop, checkpoint));
		} finally {
			release();
		}
	}

	/** Of a lock or a store, which may hang. */
	#answerOf<T>(
		{ signal = new AbortController().signal }: Pick<Drop, 'signal'>,
		ask: (signal: AbortSignal) => Promise<T>,
	): Promise<T> {
		return withDeadline(this.#world.clock, ANSWER_MS, signal, ask);
	}

	#tell(checkpoint: Checkpoint, signal: AbortSignal): Promise<boolean> {
		const remote = this.#world.remoteFor(checkpoint.key, checkpoint.settings);
		const requests: Requests = new Requests({
			...this.#world,
			load: 'small',
			remote,
			source: { assertReadable: async () => {} },
			signal,
			emit: (event) => {
				if (event === 'offline') requests.giveUp(offline());
			},
		});
		return abandon({ remote, requests }, checkpoint);
	}

	/** Once online, and a few times more: what fails then may do so since the line is only just there. */
	async #tellUntold(): Promise<void> {
		const { clock, connectivity, lifetime } = this.#world;
		for (let tries = 0; tries < LATER_TRIES && this.#untold.size > 0; tries++) {
			if (connectivity.isOnline()) await clock.sleep(LATER_MS * 2 ** tries, lifetime);
			await connectivity.whenOnline(lifetime);
			const untold = [...this.#untold];
			this.#untold.clear();
			for (const [id, drop] of untold) {
				await this.#tellLater(drop, id).catch(() => this.#untold.set(id, drop));
			}
		}
		this.#untold.clear();
	}

	async #tellLater(drop: Drop, id: string): Promise<void> {
		const { lock, lifetime } = this.#world;
		// One that is held may only just have been let go.
		const release = await this.#answerOf({ signal: lifetime }, (signal) => lock.wait(id, signal));
		lock.letGo(id);
		// One that was begun anew has its own way to end.
		await this.#dropHeld(release, drop, id, ({ abandoned }) => abandoned);
	}
}

const offline = (): UploadError => new UploadError('Network', 'The machine is offline', { retryable: true });

const laterWords = ({ key }: Checkpoint): string =>
	`OSS could not be told to drop the upload to "${key}". Its parts are kept there until OSS can be told: once online, or on the next visit to this page`;

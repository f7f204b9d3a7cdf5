import type { Clock, TabChannel } from './core/ports.js';
import { Pace, Snapshot } from './core/task/snapshot.js';
import type { Tasks } from './core/task/tasks.js';
import type { Totals } from './core/task/totals.js';
import type { UploadTask } from './core/task/upload-task.js';
import type { PendingUpload } from './pending.js';

/** What there is to show of an uploader. */
export interface UploaderSnapshot {
	/** Those that have not ended, oldest first. */
	readonly tasks: readonly UploadTask[];
	/** Unfinished uploads, newest first, as they were listed last; empty until they have been listed once. */
	readonly pending: readonly PendingUpload[];
	/** Over every task begun since the uploader was last idle. */
	readonly totals: Totals;
}

export interface OverviewOptions {
	readonly tasks: () => Tasks;
	readonly listPending: () => Promise<readonly PendingUpload[]>;
	readonly channel: Pick<TabChannel, 'listen'>;
	readonly clock: Pick<Clock, 'monotonic' | 'sleep'>;
	/** Ends when the uploader is closed. */
	readonly lifetime: AbortSignal;
}

/** Milliseconds between two looks at what other tabs run. */
const ELSEWHERE_MS = 5000;

/** One snapshot of a whole uploader, which changes some ten times a second at most, whatever its tasks do. */
export class Overview {
	readonly #options: OverviewOptions;
	readonly #snapshot: Snapshot<UploaderSnapshot>;
	readonly #pace: Pace;
	#pending: readonly PendingUpload[] = [];
	/** Somebody looks: only then is it listed what is pending. */
	#isWatched = false;
	#listing: Promise<void> | undefined;
	#unlisten: (() => void) | undefined;
	/** What was listed, or is being listed, may be of before. */
	#isStale = false;
	#isLooking = false;
	/** Tasks that had an upload when it was listed last. */
	#recorded = 0;

	constructor(options: OverviewOptions) {
		this.#options = options;
		this.#snapshot = new Snapshot(() => this.#look());
		this.#pace = new Pace(options.clock, options.lifetime, () => this.#tell());
	}

	get(): UploaderSnapshot {
		this.#watch();
		return this.#snapshot.get();
	}

	subscribe(listener: () => void): () => void {
		this.#watch();
		return this.#snapshot.subscribe(listener);
	}

	/** Something of a task has changed. */
	change(): void {
		this.#pace.touch();
	}

	/** All has ended: told once more. */
	end(): void {
		this.#unlisten?.();
		this.#pace.flush();
	}

	/** What is pending is not what it was. */
	relist(): void {
		this.#isStale = true;
		if (this.#isWatched) this.#listing ??= this.#list();
	}

	async #list(): Promise<void> {
		while (this.#isStale && !this.#options.lifetime.aborted) {
			this.#isStale = false;
			// Who keeps the rows tells of what it cannot do.
			this.#pending = await this.#options.listPending().catch(() => this.#pending);
			this.#pace.touch();
		}
		this.#listing = undefined;
		void this.#lookElsewhere();
	}

	#watch(): void {
		if (this.#isWatched || this.#options.lifetime.aborted) return;
		this.#isWatched = true;
		this.#unlisten = this.#options.channel.listen((message) => this.#hear(message));
		this.relist();
	}

	/** An upload begins, ends, or is dropped, in this page or in another tab. */
	#hear(message: unknown): void {
		const { type, id } = Object(message);
		const isShown = this.#pending.some((each) => each.id === id && each.running);
		if (type === 'end' || type === 'gone' || (type === 'state' && !isShown)) this.relist();
	}

	/** How far an upload of another tab is, and that its tab has died, is heard of by nobody. */
	async #lookElsewhere(): Promise<void> {
		const { clock, lifetime, tasks } = this.#options;
		const own = tasks().list();
		const isElsewhere = ({ id, running }: PendingUpload) =>
			running && !own.some(({ checkpointId }) => checkpointId === id);
		if (this.#isLooking || !this.#pending.some(isElsewhere)) return;
		this.#isLooking = true;
		await clock.sleep(ELSEWHERE_MS, lifetime).catch(() => {});
		this.#isLooking = false;
		if (!lifetime.aborted) this.relist();
	}

	#tell(): void {
		this.#snapshot.change();
		if (!this.#isWatched) return;
		const { recorded } = this.#options.tasks();
		if (recorded === this.#recorded) return;
		this.#recorded = recorded;
		this.relist();
	}

	#look(): UploaderSnapshot {
		const tasks = this.#options.tasks();
		return { tasks: tasks.list(), pending: this.#pending, totals: tasks.totals() };
	}
}

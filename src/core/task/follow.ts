import { scoped } from '../../base/abortable.js';
import type { CheckpointSummary, SavedUpload } from '../model.js';
import { locked } from '../upload/locked.js';
import type { Run, UploadResult } from '../upload/run.js';
import { type Ending, hintIn, type StateHint, termsOf } from './hints.js';
import type { TaskState } from './state.js';

/** Milliseconds between two questions: whoever runs the upload answers each, and is heard so. */
const ASK_MS = 10_000;
/** Questions without an answer, and whoever runs the upload is asleep. */
const MAX_SILENCES = 3;
/** Milliseconds in which the word of how it ended comes, when the lock came first. */
const WORD_MS = 1000;

/** The upload that somebody else runs. */
export interface Followed {
	readonly id: string;
	readonly key: string;
	readonly fingerprint: string;
	/** What would be said to OSS of the object. */
	readonly headers: Readonly<Record<string, string>>;
}

/** What became of the other: it has ended for this task too, or this one goes on with `saved` and holds the lock. */
export type Outcome =
	| { readonly ending: Exclude<Ending, { readonly how: 'stopped' }> }
	| { readonly ending?: undefined; readonly release: () => void; readonly saved: SavedUpload | undefined };

/** Shows what another task does with the upload, until it lets go of it. Rejects with `Locked` where it says other things of the object. */
export function follow(run: Run, upload: Followed): Promise<Outcome> {
	return scoped(run.signal, async (scope) => {
		const other = new Other(run, upload, (error) => scope.abort(error));
		const { channel, lock } = run.world;
		const unfollow = channel.follow(upload.id);
		const unlisten = channel.listen((message) => other.hear(message));
		try {
			run.emit('phase', 'waiting');
			other.keepAsking(scope.signal).catch(() => {});
			const release = await lock.wait(upload.id, scope.signal);
			try {
				return await other.outcome(release, scope.signal);
			} catch (error) {
				release();
				throw error;
			}
		} finally {
			unlisten();
			unfollow();
		}
	});
}

/** The task that runs the upload, as far as it is known. */
class Other {
	readonly #run: Run;
	readonly #upload: Followed;
	readonly #terms: string;
	readonly #end: (error: unknown) => void;
	/** Of whom something was heard last. */
	#from: string | undefined;
	#state: TaskState | undefined;
	#shown: TaskState | undefined;
	#ending: Outcome['ending'];
	#onEnding = () => {};
	#silences = 0;
	/** The row as it was seen last. */
	#row: CheckpointSummary['checkpoint'] | undefined;

	constructor(run: Run, upload: Followed, end: (error: unknown) => void) {
		this.#run = run;
		this.#upload = upload;
		this.#terms = termsOf(upload.headers);
		this.#end = end;
	}

	hear(message: unknown): void {
		const hint = hintIn(message, this.#upload.id);
		if (isStateHint(hint)) this.#hearState(hint);
		// Of whom nothing was heard it may be the late word of an upload before this one.
		if (hint?.type === 'end' && hint.from === this.#from) {
			this.#ending = endingIn(hint.ending, this.#run, this.#upload);
			this.#onEnding();
		}
	}

	/** Asks until the scope ends. */
	async keepAsking(signal: AbortSignal): Promise<void> {
		const { clock } = this.#run.world;
		for (;;) {
			if (++this.#silences > MAX_SILENCES) this.#show(undefined);
			this.#ask();
			await this.#readRow();
			await clock.sleep(ASK_MS, signal);
		}
	}

	#ask(): void {
		this.#run.world.channel.post({ type: 'ask', id: this.#upload.id });
	}

	/** The lock is given: what is to be done with it. */
	async outcome(release: () => void, signal: AbortSignal): Promise<Outcome> {
		const { checkpoints, world } = this.#run;
		const saved = await checkpoints.load(this.#upload.id);
		if (saved !== undefined && !saved.checkpoint.abandoned) return { release, saved };
		if (saved === undefined && this.#ending === undefined) {
			const word = new Promise<void>((resolve) => {
				this.#onEnding = resolve;
			});
			await Promise.race([word, world.clock.sleep(WORD_MS, signal)]);
		}
		const ending = saved ? ({ how: 'aborted' } as const) : this.#ending;
		if (ending !== undefined) {
			release();
			return { ending };
		}
		// It died when OSS may have had the object: as for a page that comes back, OSS tells.
		const row = this.#state === 'completing' ? this.#row : undefined;
		return { release, saved: row && { checkpoint: { ...row, completing: true }, parts: [] } };
	}

	#hearState({ from, terms, state, progress }: StateHint): void {
		if (terms !== this.#terms) {
			this.#end(locked());
			return;
		}
		if (from !== this.#from) {
			this.#from = from;
			this.#ending = undefined;
			this.#ask();
		}
		this.#silences = 0;
		const { emit, progress: meter } = this.#run;
		if (state !== this.#state) {
			this.#state = state;
			if (state === 'completing') void this.#readRow();
		}
		this.#show(state);
		meter.mirror(progress);
		emit('progress', true);
	}

	/** Paused is this task only when it is told to be. */
	#show(state: TaskState | undefined): void {
		const shown = SHOWN.find((each) => each === state) ?? 'waiting';
		if (shown !== this.#shown) this.#run.emit('phase', shown);
		this.#shown = shown;
	}

	async #readRow(): Promise<void> {
		const { scope, world, checkpoints } = this.#run;
		const { id, key, fingerprint } = this.#upload;
		const found = await checkpoints.find({ scope, bucket: world.bucket, key, fingerprint });
		const row = found.find(({ checkpoint }) => checkpoint.id === id)?.checkpoint;
		if (row === undefined) return;
		this.#row = row;
		if (termsOf(row.settings.headers) !== this.#terms) this.#end(locked());
	}
}

const SHOWN = ['preparing', 'uploading', 'offline', 'checking', 'completing'] as const;

const COUNTS = ['loaded', 'stored', 'resumed', 'partsDone', 'partsTotal'] as const;

/** Of this version, or of one that says the same. */
function isStateHint(hint: ReturnType<typeof hintIn>): hint is StateHint & NonNullable<typeof hint> {
	const progress = Object(hint?.progress);
	return hint?.type === 'state' && COUNTS.every((name) => Number.isSafeInteger(progress[name]));
}

/** What was said of its end, where that can be so, and is an end for others too. */
function endingIn(said: unknown, { source, world }: Run, { key }: Followed): Outcome['ending'] {
	const ending: Partial<Ending & { result: Partial<UploadResult> }> = Object(said);
	if (ending.how === 'aborted' || ending.how === 'failed') return ending as Outcome['ending'];
	if (ending.how !== 'done') return undefined;
	const { result } = ending;
	const isOurs = result?.key === key && result.bucket === world.bucket && result.size === source.size;
	return isOurs ? (ending as Outcome['ending']) : undefined;
}

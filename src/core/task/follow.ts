import { scoped } from '../../base/abortable.js';
import type { SavedUpload } from '../model.js';
import { locked } from '../upload/locked.js';
import type { Destination, Run, UploadResult } from '../upload/run.js';
import { type Ending, hintIn, type StateHint, termsOf } from './hints.js';
import type { TaskState } from './state.js';

/** Milliseconds between two questions: whoever runs the upload answers each, and is heard so. */
const ASK_MS = 10_000;
/** At least, when one that was not heard before says that it runs the upload. */
const ASK_AGAIN_MS = 1000;
/** Questions without an answer, and whoever runs the upload is asleep. */
const MAX_SILENCES = 3;
/** Milliseconds in which the word of how it ended comes, when the lock came first. */
const WORD_MS = 1000;

/** The upload that somebody else runs. */
export interface Followed extends Destination {
	readonly id: string;
	readonly fingerprint: string;
}

/** What became of the other, whose lock this task has now: what it left, or how it said that the upload has ended. */
export interface Outcome {
	readonly release: () => void;
	readonly saved: SavedUpload | undefined;
	readonly ending?: Exclude<Ending, { readonly how: 'stopped' }>;
}

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
	#ending: Ending | undefined;
	#onEnding = () => {};
	#silences = 0;
	#askedAt = Number.NEGATIVE_INFINITY;
	/** As long as nobody has answered it who says the same of the object. */
	#question: number | undefined;

	constructor(run: Run, upload: Followed, end: (error: unknown) => void) {
		this.#run = run;
		this.#upload = upload;
		this.#terms = termsOf(upload.settings.headers);
		this.#end = end;
	}

	hear(message: unknown): void {
		const { source } = this.#run;
		const hint = hintIn(message, this.#upload.id);
		if (isStateHint(hint, source.size)) this.#hearState(hint);
		// Of whom nothing was heard it may be the late word of an upload before this one.
		if (hint?.type === 'end' && this.#from !== undefined && hint.from === this.#from) {
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

	/** Seldom: where there are no locks across tabs two may run it, and their answers must not make more questions. */
	#ask(): void {
		const { channel, clock } = this.#run.world;
		const now = clock.monotonic();
		if (now - this.#askedAt < ASK_AGAIN_MS) return;
		this.#askedAt = now;
		this.#question = clock.random();
		channel.post({ type: 'ask', id: this.#upload.id, question: this.#question });
	}

	/** The lock is given: what is to be done with it. */
	async outcome(release: () => void, signal: AbortSignal): Promise<Outcome> {
		const saved = await this.#run.checkpoints.load(this.#upload.id);
		const left = saved?.checkpoint;
		if (left && !left.abandoned) return { release, saved };
		await this.#untilWord(signal);
		const ending = this.#ending;
		const { memory } = this.#run;
		const { seen } = memory;
		// Its own word says more.
		if (ending) memory.seen = undefined;
		if (ending && ending.how !== 'stopped') return { release, saved, ending };
		// It died when it had aborted this upload; not one before, which it was to begin anew.
		if (left && left.uploadId === seen?.checkpoint.uploadId)
			return { release, saved, ending: { how: 'aborted' } };
		return { release, saved: saved ?? memory.seen };
	}

	/** It may come a moment after the lock. */
	async #untilWord(signal: AbortSignal): Promise<void> {
		if (this.#ending) return;
		const word = new Promise<void>((resolve) => {
			this.#onEnding = resolve;
		});
		await Promise.race([word, this.#run.world.clock.sleep(WORD_MS, signal)]);
	}

	#hearState({ from, terms, state, progress, question }: StateHint): void {
		if (terms !== this.#terms) {
			// Who answers runs the upload; what else is heard may be the late word of one before.
			if (this.#question !== undefined && question === this.#question) this.#end(locked());
			else this.#ask();
			return;
		}
		this.#question = undefined;
		if (from !== this.#from) {
			this.#from = from;
			this.#ending = undefined;
			this.#ask();
		}
		this.#silences = 0;
		const { emit, progress: meter } = this.#run;
		if (state !== this.#state) {
			this.#state = state;
			this.#readRow().catch(() => {});
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
		this.#run.memory.seen = { checkpoint: { ...row, completing: true }, parts: [] };
		// It may be of an upload before this one: where something was heard, that tells.
		const isAllThatTells = this.#from === undefined && this.#silences > 1;
		if (isAllThatTells && termsOf(row.settings.headers) !== this.#terms) this.#end(locked());
	}
}

const SHOWN = ['preparing', 'uploading', 'offline', 'checking', 'completing'] as const;

/** Each with what it is never more than. */
const COUNTS = [
	['loaded', 'total'],
	['stored', 'total'],
	['resumed', 'total'],
	['partsDone', 'partsTotal'],
] as const;

/** Of this version, or of one that says the same, about a file of this size. */
function isStateHint(
	hint: ReturnType<typeof hintIn>,
	size: number,
): hint is StateHint & NonNullable<typeof hint> {
	const { type, from, terms, progress }: Partial<StateHint> = Object(hint);
	const counted = Object(progress);
	const isCount = ([count, all]: (typeof COUNTS)[number]) =>
		Number.isSafeInteger(counted[count]) && counted[count] >= 0 && counted[count] <= counted[all];
	const isSaid = type === 'state' && typeof from === 'string' && typeof terms === 'string';
	return isSaid && counted.total === size && COUNTS.every(isCount);
}

/** What was said of its end, where that can be so. */
function endingIn(said: unknown, { source, world }: Run, { key }: Followed): Ending | undefined {
	const { how, result, callback }: { how?: unknown; result?: Partial<UploadResult>; callback?: unknown } =
		Object(said);
	const isOurs = result?.key === key && result.bucket === world.bucket && result.size === source.size;
	const isFailure = callback === undefined || typeof Object(callback).message === 'string';
	const canBe = how === 'aborted' || how === 'stopped' || (how === 'done' && isOurs && isFailure);
	return canBe ? (said as Ending) : undefined;
}

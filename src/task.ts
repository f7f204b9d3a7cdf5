import { scoped } from './abortable.js';
import { abandon, notAborted } from './core/abandon.js';
import { claimTarget, reread, type Target } from './core/claim.js';
import type { CoreEvents, Emit, PartEvent, Progress, RetryEvent, UploadWarning } from './core/events.js';
import { ProgressMeter } from './core/progress.js';
import { beginRound } from './core/round.js';
import type { Run, TaskMemory, UploadResult } from './core/run.js';
import { runUpload } from './core/run-upload.js';
import type { Slots } from './core/slots.js';
import { isFinal, reduce, type TaskState } from './core/state.js';

/** What a listener of each event is called with. */
export interface TaskEvents {
	readonly progress: Progress;
	readonly state: TaskState;
	readonly part: PartEvent;
	readonly retry: RetryEvent;
	readonly warning: UploadWarning;
}

/** One upload under way. */
export interface UploadTask {
	/** Random, known at once. */
	readonly id: string;
	/** The id under which `pending()` lists it; undefined until the file has been fingerprinted. */
	readonly checkpointId: string | undefined;
	/** The object's name in use; undefined until a key function has answered. */
	readonly key: string | undefined;
	readonly state: TaskState;
	readonly progress: Progress;
	/**
	 * Settles when the task ends: with the object stored and verified, with an `UploadError`, or, when it was
	 * cancelled, with an `AbortError` or the caller's own `signal.reason`. Nobody has to await it.
	 */
	readonly result: Promise<UploadResult>;
	/** Stops all requests at once and keeps what is stored. While completing it takes effect afterwards, if at all. */
	pause(): void;
	/** Goes on after `pause()`. */
	resume(): void;
	/** Cancels for good: OSS drops the stored parts, the checkpoint is deleted. Resolves when both are done. Never rejects: where OSS cannot be told, the checkpoint stays, and a warning says so. */
	abort(): Promise<void>;
	/** Calls `listener` at each `event`; returns the function that ends this. */
	on<E extends keyof TaskEvents>(event: E, listener: (value: TaskEvents[E]) => void): () => void;
}

/** What a task needs to be told: its run, without what only the task itself can supply. */
export interface TaskPlan {
	readonly run: Omit<Run, 'signal' | 'emit' | 'progress' | 'memory'>;
	readonly admissions: Slots;
	readonly signal: AbortSignal | undefined;
	readonly onProgress: ((progress: Progress) => void) | undefined;
}

/** The arguments of one `emit`. */
type CoreEvent = { [E in keyof CoreEvents]: [event: E, value: CoreEvents[E]] }[keyof CoreEvents];

/** Why a round ended early: the only reason that is not the end of the task. */
const PAUSE = new Error('paused');

export class Task implements UploadTask {
	readonly id: string = Math.random().toString(36).slice(2);
	readonly result: Promise<UploadResult>;
	/** Resolves when nothing of the task is running any more; never rejects. */
	readonly settled: Promise<void>;

	readonly #plan: TaskPlan;
	readonly #meter: ProgressMeter;
	readonly #memory: TaskMemory = { trusted: new Set(), puts: 0 };
	readonly #listeners = new Map<keyof TaskEvents, Set<(value: never) => void>>();
	#resolve: (result: UploadResult) => void = () => {};
	#reject: (reason: unknown) => void = () => {};
	#state: TaskState = 'waiting';
	/** The state to return to from `offline`. */
	#phase: TaskState = 'waiting';
	/** Ends the requests of the present round. */
	#round = new AbortController();
	#resumption: Promise<void> = Promise.resolve();
	#wakeUp: () => void = () => {};
	#pausesAfterwards = false;
	#isAbandoned = false;
	#target: Target | undefined;

	constructor(plan: TaskPlan) {
		this.#plan = plan;
		this.#meter = new ProgressMeter(plan.run.source.size, plan.run.world.clock);
		this.result = new Promise((resolve, reject) => {
			this.#resolve = resolve;
			this.#reject = reject;
		});
		// The caller may listen to events only.
		this.result.catch(() => {});
		const { onProgress, signal } = plan;
		if (onProgress !== undefined) this.on('progress', onProgress);
		const onAbort = () => this.stop(signal?.reason);
		if (signal?.aborted) onAbort();
		else signal?.addEventListener('abort', onAbort, { once: true });
		// Begun a moment later: the caller has yet to get the task that he wants to listen to.
		const driven = Promise.resolve().then(() => this.#drive());
		this.settled = driven.finally(() => signal?.removeEventListener('abort', onAbort));
	}

	get checkpointId(): string | undefined {
		return this.#target?.id;
	}

	get key(): string | undefined {
		const { intent } = this.#plan.run;
		return (
			this.#target?.key ??
			(intent.kind === 'upload' && typeof intent.key === 'string' ? intent.key : undefined)
		);
	}

	get state(): TaskState {
		return this.#state;
	}

	get progress(): Progress {
		return this.#meter.snapshot();
	}

	pause(): void {
		if (isFinal(this.#state) || this.#state === 'paused') return;
		this.#pausesAfterwards = this.#state === 'completing';
		if (this.#pausesAfterwards) return;
		this.#resumption = new Promise((resolve) => {
			this.#wakeUp = resolve;
		});
		// First, so that a listener that resumes at once begins a round of its own.
		this.#round.abort(PAUSE);
		this.#setState('paused');
	}

	resume(): void {
		this.#pausesAfterwards = false;
		if (this.#state !== 'paused') return;
		this.#round = new AbortController();
		this.#wakeUp();
		this.#setState('waiting');
	}

	async abort(): Promise<void> {
		if (!isFinal(this.#state)) {
			this.#isAbandoned = true;
			this.stop(new DOMException('The upload was aborted', 'AbortError'));
		}
		await this.settled;
	}

	/** Tells the task's listeners of something that concerns the whole uploader. */
	warn(warning: UploadWarning): void {
		this.#tell('warning', warning);
	}

	/** Ends the task with `reason` and keeps what is stored. */
	stop(reason: unknown): void {
		if (isFinal(this.#state)) return;
		this.#setState('aborted');
		this.#reject(reason);
		this.#round.abort(reason);
		this.#wakeUp();
	}

	on<E extends keyof TaskEvents>(event: E, listener: (value: TaskEvents[E]) => void): () => void {
		const listeners = this.#listeners.get(event) ?? new Set();
		this.#listeners.set(event, listeners);
		listeners.add(listener);
		return () => listeners.delete(listener);
	}

	async #drive(): Promise<void> {
		try {
			const result = await this.#untilDone();
			this.#setState('done');
			this.#resolve(result);
		} catch (error) {
			this.#setState('failed');
			this.#reject(error);
		} finally {
			// Checksums of parts that failed are no longer wanted.
			this.#round.abort();
			if (this.#isAbandoned) await this.#abandon();
			this.#target?.release();
		}
	}

	/** Round after round, as often as it is paused. */
	async #untilDone(): Promise<UploadResult> {
		for (;;) {
			const { signal } = this.#round;
			try {
				return await this.#plan.admissions.use(signal, () => this.#runRound(signal));
			} catch (error) {
				if (error !== PAUSE) throw error;
				await this.#resumption;
				if (isFinal(this.#state)) throw error;
			}
		}
	}

	async #runRound(signal: AbortSignal): Promise<UploadResult> {
		const run = this.#runWith(signal);
		run.emit('phase', 'preparing');
		// Later rounds hold the target already, but parts were recorded in the earlier ones.
		this.#target = await (this.#target ? reread(run, this.#target) : claimTarget(run));
		return runUpload(run, this.#target);
	}

	#runWith(signal: AbortSignal): Run {
		const emit: Emit = (event, value) => {
			// A stopped round may still tell of its parts, but not what state the task is in.
			if (!signal.aborted || (event !== 'phase' && event !== 'offline')) this.#hear(event, value);
		};
		return { ...this.#plan.run, progress: this.#meter, memory: this.#memory, signal, emit };
	}

	async #abandon(): Promise<void> {
		const target = this.#target;
		if (target === undefined) return;
		const abandonWith = async ({ signal }: AbortController): Promise<void> => {
			const run = this.#runWith(signal);
			const { saved } = await reread(run, target);
			if (saved !== undefined) await abandon(beginRound(run, target), saved.checkpoint);
		};
		await scoped(this.#plan.run.world.lifetime, abandonWith).catch((cause) => this.warn(notAborted(cause)));
	}

	#hear<E extends keyof CoreEvents>(event: E, value: CoreEvents[E]): void;
	#hear(...[event, value]: CoreEvent): void {
		if (event === 'phase' || event === 'offline') {
			if (event === 'phase') this.#phase = value;
			this.#setState(event === 'phase' ? value : value ? 'offline' : this.#phase);
			if (this.#pausesAfterwards && this.#state !== 'completing') this.pause();
		} else if (event === 'warning' || !isFinal(this.#state)) {
			// What else a stopped round still reports is no news.
			this.#tell(event, value as TaskEvents[typeof event]);
		}
	}

	#setState(wanted: TaskState): void {
		const next = reduce(this.#state, wanted);
		if (next === this.#state) return;
		this.#state = next;
		this.#tell('state', next);
	}

	#tell<E extends keyof TaskEvents>(event: E, value: TaskEvents[E]): void {
		for (const listener of this.#listeners.get(event) ?? []) {
			try {
				(listener as (value: TaskEvents[E]) => void)(value);
			} catch (error) {
				// A listener's mistake is its own: it surfaces as an uncaught error, and the upload goes on.
				queueMicrotask(() => {
					throw error;
				});
			}
		}
	}
}

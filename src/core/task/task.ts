import { withDeadline } from '../../base/abortable.js';
import type { Checkpoint } from '../model.js';
import type { CheckpointStore } from '../ports.js';
import type { Slots } from '../schedule/slots.js';
import { claimTarget, identify, reread, type Target } from '../upload/claim.js';
import { forgetRivals } from '../upload/forget-rivals.js';
import { interruptible } from '../upload/interruptible-store.js';
import { isOnePart } from '../upload/plan.js';
import { newMemory, type Run, type UploadResult } from '../upload/run.js';
import { runUpload } from '../upload/run-upload.js';
import type { CoreEvents, Emit, Progress, UploadWarning, UploadWarningCode } from './events.js';
import { Listeners, type TaskEvents } from './listeners.js';
import { ProgressMeter } from './progress.js';
import { isFinal, reduce, type TaskState } from './state.js';
import type { TaskFile, UploadTask } from './upload-task.js';

/** What a task needs to be told: its run, without what only the task itself can supply. */
export interface TaskPlan {
	readonly run: Omit<Run, 'signal' | 'emit' | 'progress' | 'memory' | 'forget' | 'warnOnce'>;
	readonly admissions: Slots;
	readonly signal: AbortSignal | undefined;
	readonly onProgress: ((progress: Progress) => void) | undefined;
}

/** The arguments of one `emit`. */
type CoreEvent = { [E in keyof CoreEvents]: [event: E, value: CoreEvents[E]] }[keyof CoreEvents];

/** Why a round ended early: the only reason that is not the end of the task. */
const PAUSE = new Error('paused');
const TAKEN_WORDS =
	'This upload was not dropped: it runs by now, here or in another tab. Abort it there, or discard it when it has ended';
/** Milliseconds in which a task that has not claimed an upload finds out which one it would be. */
const IDENTIFY_MS = 30_000;

export class Task implements UploadTask {
	readonly id: string = Math.random().toString(36).slice(2);
	readonly result: Promise<UploadResult>;
	/** Resolves when nothing of the task is running any more; never rejects. */
	readonly settled: Promise<void>;

	readonly #plan: TaskPlan;
	readonly #store: CheckpointStore;
	readonly #meter: ProgressMeter;
	readonly #memory = newMemory();
	readonly #listeners = new Listeners();
	readonly #warned = new Set<UploadWarningCode>();
	readonly #hasDecided: () => void;
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
	/** OSS has the right object: nothing can end this task otherwise. */
	#isStored = false;
	#abortion: Promise<void> | undefined;
	#hasDropped = false;
	#target: Target | undefined;

	constructor(plan: TaskPlan) {
		this.#plan = plan;
		const { source, world, checkpoints, intent } = plan.run;
		this.#store = checkpoints;
		this.#meter = new ProgressMeter(source.size, world.clock);
		const asks = intent.kind === 'upload' && typeof intent.key !== 'string';
		this.#hasDecided = asks ? world.keys.enter(source.size) : () => {};
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

	get file(): TaskFile {
		const { name, size, type } = this.#plan.run.source;
		return { name, size, type };
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
		this.#meter.pause();
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
		if (!this.#isStored) {
			// First, so that a listener that aborts again finds it.
			this.#abortion ??= this.#dropAtLast();
			this.#end('aborted', new DOMException('The upload was aborted', 'AbortError'));
		}
		await this.#abortion;
		await this.settled;
	}

	/** Tells the task's listeners of something that concerns the whole uploader. */
	warn(warning: UploadWarning): void {
		this.#listeners.warn(warning);
	}

	/** Ends the task with `reason` and keeps what is stored. */
	stop(reason: unknown): void {
		this.#end('stopped', reason);
	}

	on<E extends keyof TaskEvents>(event: E, listener: (value: TaskEvents[E]) => void): () => void {
		return this.#listeners.on(event, listener);
	}

	#end(state: 'stopped' | 'aborted', reason: unknown): void {
		if (this.#isStored) return;
		const hadEnded = isFinal(this.#state);
		this.#setState(state);
		if (hadEnded) return;
		this.#reject(reason);
		this.#round.abort(reason);
		this.#wakeUp();
	}

	/** One that runs drops its upload itself when its round has ended; one that has ended takes its upload again. */
	async #dropAtLast(): Promise<void> {
		await this.settled;
		if (!this.#hasDropped) await this.#dropUnheld();
	}

	async #drive(): Promise<void> {
		const letGo = this.#plan.run.world.hasher.hold?.();
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
			this.#hasDecided();
			letGo?.();
			if (this.#state === 'aborted') await this.#dropHeld();
			this.#target?.release();
		}
		if (this.#target !== undefined && this.#isStored) await this.#forgetRivals(this.#target);
	}

	/** Round after round, as often as it is paused. */
	async #untilDone(): Promise<UploadResult> {
		for (;;) {
			const { signal } = this.#round;
			try {
				return await this.#plan.admissions.use(signal, () => this.#runRound(signal));
			} catch (error) {
				// Whatever was thrown: what the app itself supplies may answer a pause with an error of its own.
				if (signal.reason !== PAUSE) throw error;
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
		this.#hasDecided();
		return runUpload(run, this.#target);
	}

	#runWith(signal: AbortSignal): Run {
		const emit: Emit = (event, value) => {
			// A stopped round may still tell of its parts, but not what state the task is in.
			if (!signal.aborted || (event !== 'phase' && event !== 'offline')) this.#hear(event, value);
		};
		return {
			...this.#plan.run,
			checkpoints: interruptible(this.#store, signal),
			forget: (id) => this.#store.delete(id),
			warnOnce: (code, message, cause) => {
				if (!this.#warned.has(code)) this.warn({ code, message, ...(cause !== undefined && { cause }) });
				this.#warned.add(code);
			},
			progress: this.#meter,
			memory: this.#memory,
			signal,
			emit,
		};
	}

	/** The upload that this task holds the lock of. What the task itself began it knows without its record. */
	async #dropHeld(): Promise<void> {
		const { dropper } = this.#plan.run.world;
		if (this.#target === undefined) return;
		this.#hasDropped = true;
		const checkpoint = this.#memory.upload?.checkpoint ?? this.#target.saved?.checkpoint;
		if (checkpoint !== undefined) await dropper.drop(this.#drop, checkpoint);
	}

	/** The upload of a task that holds none, any more or yet. It may run elsewhere: then it is left alone. */
	async #dropUnheld(): Promise<void> {
		const id = this.#target?.id ?? (await this.#identify().catch(() => undefined));
		if (id === undefined) return;
		const { dropper } = this.#plan.run.world;
		const known = this.#memory.upload?.checkpoint;
		// What was begun anew since under its id is not its own.
		const isOwn = ({ uploadId }: Checkpoint) => known === undefined || known.uploadId === uploadId;
		await dropper.dropIdle(this.#drop, id, isOwn, known).catch((cause: unknown) => {
			// It was this task's own, and somebody has gone on with it since.
			if (this.#target !== undefined) this.warn({ code: 'Abandoned', message: TAKEN_WORDS, cause });
		});
	}

	/** The id of the upload that this task was to run, where that can be told without asking anybody. */
	async #identify(): Promise<string | undefined> {
		const { run } = this.#plan;
		const { intent, source, partSize, world } = run;
		if (intent.kind === 'resume') return intent.id;
		const { key } = intent;
		if (typeof key !== 'string' || isOnePart(source.size, partSize)) return undefined;
		return withDeadline(world.clock, IDENTIFY_MS, world.lifetime, (signal) =>
			identify(this.#runWith(signal), key),
		);
	}

	async #forgetRivals({ id, key }: Target): Promise<void> {
		const { scope, world } = this.#plan.run;
		const query = { scope, bucket: world.bucket, key };
		await forgetRivals(world.dropper, this.#drop, query, id).catch(() => {});
	}

	get #drop() {
		return { store: this.#store, warn: (warning: UploadWarning) => this.warn(warning) };
	}

	#hear<E extends keyof CoreEvents>(event: E, value: CoreEvents[E]): void;
	#hear(...[event, value]: CoreEvent): void {
		if (event === 'stored') this.#isStored ||= !isFinal(this.#state);
		else if (event === 'phase') {
			this.#phase = value;
			this.#follow(value);
		} else if (event === 'offline') this.#follow(value ? 'offline' : this.#phase);
		// What else a stopped round still reports is no news.
		else if (!isFinal(this.#state)) this.#listeners.tell(event, value as TaskEvents[typeof event]);
	}

	/** The round is in another state; where it leaves `completing`, a pause that waited for this takes effect. */
	#follow(state: TaskState): void {
		this.#setState(state);
		if (this.#pausesAfterwards && this.#state !== 'completing') this.pause();
	}

	#setState(wanted: TaskState): void {
		const next = reduce(this.#state, wanted);
		if (next === this.#state) return;
		this.#state = next;
		this.#listeners.tell('state', next);
	}
}

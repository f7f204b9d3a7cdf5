import { abortable, ENDED } from '../../base/abortable.js';
import { Latch } from '../../base/latch.js';
import { isUnanswered } from '../schedule/retry.js';
import { AbortedByOther } from '../upload/aborted-by-other.js';
import { Holding } from '../upload/holding.js';
import { interruptible } from '../upload/interruptible-store.js';
import { withPatience } from '../upload/late.js';
import { isLocked } from '../upload/locked.js';
import type { Run, UploadResult } from '../upload/run.js';
import { Audience } from './audience.js';
import { Company, type Standing } from './company.js';
import type { CoreEvents, Emit, Progress, UploadWarning } from './events.js';
import type { TaskEvents } from './listeners.js';
import { Place } from './place.js';
import { ProgressMeter } from './progress.js';
import { isAtWork, isFinal, reduce, type TaskState } from './state.js';
import { type Cast, playStory } from './story.js';
import type { TaskPlan } from './task-plan.js';
import type { TaskFile, TaskSnapshot, UploadTask } from './upload-task.js';

/** The arguments of one `emit`. */
type CoreEvent = { [E in keyof CoreEvents]: [event: E, value: CoreEvents[E]] }[keyof CoreEvents];

/** Why a round ended early: the only reason that is not the end of the task. */
const PAUSE = new Error('paused');

const aborted = (): DOMException => new DOMException('The upload was aborted', 'AbortError');

const nothing = (): void => {};

/** Thousands of them may wait: what only a running one needs is made when it runs. */
export class Task implements UploadTask {
	readonly id: string = Math.random().toString(36).slice(2);
	readonly result: Promise<UploadResult>;

	readonly #plan: TaskPlan;
	readonly #audience: Audience<TaskSnapshot>;
	#meter: ProgressMeter | undefined;
	#resolve: (result: UploadResult) => void = nothing;
	#reject: (reason: unknown) => void = nothing;
	readonly #settlement = new Latch();
	readonly #holding: Holding;
	readonly #place: Place;
	/** Lets the hasher go, which is held from the first round to the last. */
	#letGo: (() => void) | undefined;
	#state: TaskState = 'waiting';
	/** The state to return to from `offline`. */
	#phase: TaskState = 'waiting';
	#error: unknown;
	/** Ends the requests of the round that is being played. */
	#round: AbortController | undefined;
	#pausesAfterwards = false;
	/** It was paused while its file could not be opened: that goes on when it is resumed. */
	#opensAgain = false;
	/** WebKit may play the round to its end inside of `abort()`, where a host calls into the page. */
	#isPausing = false;
	readonly #company: Company;
	#result: UploadResult | undefined;
	/** OSS has the right object: nothing can end this task otherwise. */
	#isStored = false;
	#abortion: Promise<void> | undefined;

	constructor(plan: TaskPlan) {
		this.#plan = plan;
		const { run, totals, onChange } = plan;
		const { clock, lifetime } = run.world;
		const look = () => this.#look();
		const meter = () => this.#metered;
		const onChanged = () => {
			this.#company.tell();
			onChange();
		};
		this.#audience = new Audience({ meter, totals, clock, lifetime, look, onChange: onChanged });
		this.#company = new Company({
			channel: run.world.channel,
			clock,
			id: this.id,
			look: () => this.#stand(),
		});
		this.#holding = new Holding(run, (warning) => this.warn(warning));
		this.#place = new Place(plan, () => void this.#play());
		this.result = new Promise((resolve, reject) => {
			this.#resolve = resolve;
			this.#reject = reject;
		});
		// The caller may listen to events only.
		this.result.catch(nothing);
		totals.begin();
		if (plan.onProgress !== undefined) this.on('progress', plan.onProgress);
		// One that has to be opened may ask for a permission, which it may do in this very click only.
		if (plan.source.isLate) this.#arrive();
		else plan.arrivals.add(() => this.#arrive());
		if (plan.signal?.aborted) this.#onAbort();
		else plan.signal?.addEventListener('abort', this.#onAbort);
	}

	/** Vue makes a proxy of what it is given, and through one no private field can be read. */
	get __v_skip(): true {
		return true;
	}

	/** Resolves when nothing of the task is running any more; never rejects. */
	get settled(): Promise<void> {
		return this.#settlement.wait();
	}

	get checkpointId(): string | undefined {
		return this.#holding.target?.id;
	}

	get file(): TaskFile {
		const { name, size = 0, type } = this.#plan.source;
		return { name, size, type };
	}

	/** Another task runs its upload, which goes on without this one. */
	get isFollowing(): boolean {
		return this.#company.aside === 'follow';
	}

	get key(): string | undefined {
		const { intent } = this.#plan.run;
		const isAsked = intent.kind === 'resume' || typeof intent.key !== 'string';
		return this.#holding.key ?? (isAsked ? undefined : intent.key);
	}

	get state(): TaskState {
		return this.#state;
	}

	get progress(): Progress {
		return this.#metered.snapshot();
	}

	get snapshot(): UploadTask['snapshot'] {
		return this.#audience.snapshot.get;
	}

	get subscribe(): UploadTask['subscribe'] {
		return this.#audience.snapshot.subscribe;
	}

	on<E extends keyof TaskEvents>(event: E, listener: (value: TaskEvents[E]) => void): () => void {
		return this.#audience.on(event, listener);
	}

	pause(): void {
		if (isFinal(this.#state) || this.#state === 'paused') return;
		this.#pausesAfterwards = this.#state === 'completing';
		if (this.#pausesAfterwards) return;
		// First, so that a listener that resumes at once begins a round of its own.
		this.#place.leave();
		this.#isPausing = true;
		this.#round?.abort(PAUSE);
		this.#isPausing = false;
		this.#audience.catchUp();
		const meter = this.#meter;
		const before = meter?.snapshot();
		meter?.pause();
		this.#setState('paused');
		// Last: bytes on their way are dropped by the pause, and nobody else may see them go back.
		const isLess = before && meter && meter.snapshot().loaded < before.loaded;
		if (isLess && !isFinal(this.#state)) this.#audience.move();
	}

	resume(): void {
		this.#pausesAfterwards = false;
		if (this.#state !== 'paused') return;
		// The round that was paused may not have ended yet; its end is looked at then. First, as in pause().
		if (this.#round === undefined && this.#place.hasArrived) this.#place.enter();
		this.#setState('waiting');
		if (!this.#opensAgain) return;
		this.#opensAgain = false;
		void this.#openFirst();
	}

	async abort(): Promise<void> {
		const reason = aborted();
		if (this.#company.goesOn) {
			this.#abortion ??= this.#dropIfLast();
			this.stop(reason);
		} else if (!this.#isStored) {
			// First, so that a listener that aborts again finds it.
			this.#abortion ??= this.#dropAtLast();
			this.#end('aborted', reason);
		}
		await this.#abortion;
		await this.settled;
	}

	/** Ends the task with `reason` and keeps what is stored. */
	stop(reason: unknown): void {
		this.#end('stopped', reason);
	}

	/** Tells the task's listeners of something that concerns the whole uploader. */
	warn(warning: UploadWarning): void {
		this.#audience.warn(warning);
	}

	readonly #onAbort = (): void => this.stop(this.#plan.signal?.reason);

	#end(state: 'stopped' | 'aborted', reason: unknown): void {
		// First, since a listener of what has moved may end the task itself.
		this.#audience.catchUp();
		if (this.#isStored) return;
		const hadEnded = isFinal(this.#state);
		if (!hadEnded) this.#error = reason;
		this.#setState(state);
		if (hadEnded) return;
		this.#reject(reason);
		// Asked first, as the round may end inside of `abort()`.
		const isPlaying = this.#round !== undefined;
		this.#round?.abort(reason);
		this.#place.leave();
		if (!isPlaying) void this.#finish();
	}

	/** Here the file is looked at first. */
	#arrive(): void {
		if (isFinal(this.#state)) return;
		const { size } = this.#plan.source;
		if (size === undefined) void this.#openFirst();
		else this.#queue(size);
	}

	/** How large it is, and so where it belongs, is known only then. */
	async #openFirst(): Promise<void> {
		const { source, run } = this.#plan;
		const { world } = run;
		const signal = world.lifetime;
		const emit: Emit = (_, isOffline) => {
			// One that was paused meanwhile stays so.
			if (isOffline || this.#state === 'offline') this.#setState(isOffline ? 'offline' : 'waiting');
		};
		const open = async () => {
			// Here and not below: it may be resumed before that is reached.
			this.#opensAgain = this.#state === 'paused';
			return this.#opensAgain || isFinal(this.#state) ? undefined : source.open(signal);
		};
		try {
			const opened = await withPatience({ world, signal, emit }, open);
			if (opened === undefined || isFinal(this.#state)) return;
			const { size } = opened;
			// Who has looked before saw no size.
			this.#meter = undefined;
			this.#queue(size);
			this.#audience.change();
		} catch (error) {
			if (isFinal(this.#state)) return;
			this.#opensAgain = this.#state === 'paused' && isUnanswered(error);
			if (this.#opensAgain) return;
			this.#fail(error);
			await this.#finish();
		}
	}

	#queue(size: number): void {
		this.#place.arrive(size);
		if (this.#state === 'waiting') this.#place.enter();
	}

	get #metered(): ProgressMeter {
		this.#meter ??= new ProgressMeter(this.#place.size, this.#plan.run.world.clock);
		return this.#meter;
	}

	/** One round: to its end, or until it is paused. */
	async #play(): Promise<void> {
		const round = new AbortController();
		this.#round = round;
		const { hasher } = this.#plan.run.world;
		this.#letGo ??= hasher.hold?.();
		try {
			const source = await abortable(round.signal, this.#plan.source.open(round.signal));
			const result = await playStory({ ...this.#runWith(round.signal), source }, this.#cast);
			this.#result = result;
			this.#setState('done');
			this.#resolve(result);
		} catch (error) {
			if (error instanceof AbortedByOther) this.#end('aborted', error);
			// Whatever else was thrown: what the app itself supplies may answer a pause with an error of its own.
			else if (round.signal.reason !== PAUSE) this.#fail(error);
		}
		// Checksums of parts that failed are no longer wanted.
		round.abort(ENDED);
		this.#round = undefined;
		this.#place.leave();
		if (isFinal(this.#state)) await this.#finish();
		else if (this.#state !== 'paused' && !this.#isPausing) this.#place.enter();
	}

	get #cast(): Cast {
		const onClaimed = (isFound: boolean) => {
			this.#place.decide();
			this.#audience.change();
			if (isFound) this.#plan.onFound?.();
		};
		return { holding: this.#holding, company: this.#company, onClaimed };
	}

	#fail(error: unknown): void {
		if (!isFinal(this.#state)) this.#error = error;
		this.#setState('failed');
		this.#reject(error);
	}

	/** Nothing of it runs any more. */
	async #finish(): Promise<void> {
		// Never before the task is known to whoever made it.
		await undefined;
		this.#place.leave();
		this.#place.decide();
		this.#letGo?.();
		this.#plan.signal?.removeEventListener('abort', this.#onAbort);
		if (this.#state === 'aborted') await this.#holding.drop();
		this.#company.end();
		this.#holding.target?.release();
		if (this.#isStored) await this.#holding.dropRivals();
		this.#settlement.open();
		this.#plan.onSettled();
	}

	/**
	 * One that runs drops its upload itself when its round has ended; one that has ended takes its upload again. One that
	 * was refused it, since it was another task's, has none.
	 */
	async #dropAtLast(): Promise<void> {
		await this.settled;
		if (this.#place.load === 'small' || isLocked(this.#error)) return;
		await this.#holding.dropUnheld({
			...this.#runWith(new AbortController().signal),
			source: this.file,
		});
	}

	/** Those who were to go on with its upload may have ended together with this task: then nobody wants it any more. */
	async #dropIfLast(): Promise<void> {
		await this.settled;
		if (await this.#holding.dropIfIdle()) this.#setState('aborted');
	}

	#runWith(signal: AbortSignal): Omit<Run, 'source'> {
		const { run } = this.#plan;
		const emit: Emit = (event, value) => {
			// A stopped round may still tell of its parts, but not what state the task is in.
			if (!signal.aborted || (event !== 'phase' && event !== 'offline')) this.#hear(event, value);
		};
		return {
			...run,
			load: this.#place.load,
			checkpoints: interruptible(run.checkpoints, signal),
			forget: (id) => run.checkpoints.delete(id),
			warnOnce: (...warning) => this.#audience.warnOnce(...warning),
			progress: this.#metered,
			memory: this.#holding.memory,
			signal,
			emit,
		};
	}

	#hear<E extends keyof CoreEvents>(event: E, value: CoreEvents[E]): void;
	#hear(...[event, value]: CoreEvent): void {
		if (event === 'stored') this.#isStored ||= !isFinal(this.#state);
		else if (event === 'aside') {
			this.#company.aside = value;
			this.#place.leave();
			this.#place.decide();
		} else if (event === 'phase') {
			this.#phase = value;
			this.#follow(value);
			// Nothing of it goes out any more: OSS may take minutes, and the next file need not wait for that.
			if (value === 'completing') this.#place.leave();
		} else if (event === 'offline') this.#follow(value ? 'offline' : this.#phase);
		// What else a stopped round still reports is no news.
		else if (isFinal(this.#state)) return;
		else if (event === 'progress') this.#audience.move();
		else this.#audience.tell(event, value as TaskEvents[typeof event]);
	}

	/** The round is in another state; where it leaves `completing`, a pause that waited for this takes effect. */
	#follow(state: TaskState): void {
		this.#setState(state);
		if (this.#pausesAfterwards && this.#state !== 'completing') this.pause();
	}

	#setState(wanted: TaskState): void {
		if (reduce(this.#state, wanted) === this.#state) return;
		this.#audience.catchUp();
		// Whoever was told of what has moved may have changed it.
		const before = this.#state;
		const next = reduce(before, wanted);
		if (next === before) return;
		this.#state = next;
		if (isAtWork(next) && !isAtWork(before)) this.#audience.work();
		if (isAtWork(before) && !isAtWork(next)) this.#audience.rest(isFinal(next));
		if (isFinal(next) && !isFinal(before)) {
			this.#audience.leave(this.#place.hasArrived ? this.file.size : 0);
			// OSS may have to be heard, or told, first.
			if (this.checkpointId !== undefined) this.#plan.run.world.lock.letGo(this.checkpointId);
		}
		this.#audience.tell('state', next);
		this.#audience.change();
	}

	#stand(): Standing {
		return { state: this.#state, progress: this.progress, error: this.#error, result: this.#result };
	}

	#look(): TaskSnapshot {
		const { state, progress, key, checkpointId } = this;
		return { state, progress, key, checkpointId, error: this.#error };
	}
}

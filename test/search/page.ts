import { setMaxListeners } from 'node:events';
import type { PartEvent, Progress, UploadWarning } from '../../src/core/task/events.js';
import { isFinal } from '../../src/core/task/state.js';
import type { Task } from '../../src/core/task/task.js';
import type { UploadResult } from '../../src/core/upload/run.js';
import { Conduct } from './conduct.js';
import { HeldParts } from './held-parts.js';
import { PageClock, type PortsOptions } from './page-ports.js';
import { beginTask, type PageTask, type Visit } from './page-task.js';
import { PART, type PageEvent, type PagePlan } from './schedule.js';
import { Shore } from './shore.js';
import { never, seeded } from './stage.js';
import type { Home } from './tab-channels.js';

// As many as four requests under way have, and some; Node warns of more, which would be a leak.
setMaxListeners(30);

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Simulated: no schedule's faults add up to that. */
export const TASK_LIMIT_MS = 48 * HOUR;
/** Port calls of one page. */
const TICK_LIMIT = 20_000;
/** A minute for OSS to be told, half of one to find out of what, the deadline of an Initiate under way. */
const ABORT_LIMIT_MS = 4 * MINUTE;
const CLOSE_LIMIT_MS = MINUTE;

export type Outcome =
	| { readonly type: 'died' }
	| { readonly type: 'done'; readonly result: UploadResult }
	| { readonly type: 'rejected'; readonly reason: unknown };

/** What became of a page. */
export interface Aftermath {
	readonly outcome: Outcome;
	/** Why the caller or the page itself ended the task, where it did. */
	readonly ownReason: unknown;
	readonly state: Task['state'];
	readonly checkpointId: string | undefined;
	/** `abort()` was called. */
	readonly isAborted: boolean;
	/** It has settled. */
	readonly hasAborted: boolean;
	readonly conduct: Pick<Conduct, 'followed' | 'begun' | 'dropped' | 'found'>;
	readonly warnings: readonly UploadWarning[];
	/** The upload that the page had begun or gone on with. */
	readonly uploadId: string | undefined;
	/** Promises that were broken while it ran. */
	readonly broken: readonly Error[];
}

/** A page with the real core and client, whose ports count ticks and can die under it. */
export class SimulatedPage {
	readonly #visit: Visit;
	readonly #lifetime = new AbortController();
	readonly #caller = new AbortController();
	readonly #shore = new Shore();
	readonly #clock: PageClock;
	readonly #held: HeldParts;
	readonly #warnings: UploadWarning[] = [];
	readonly #broken: Error[] = [];
	readonly #begun: PageTask;
	readonly #conduct: Conduct;
	#isAborted = false;
	#ticks = 0;
	#outcome: Outcome | undefined;
	#ownReason: unknown;
	#hasAborted = false;
	/** Calls of `abort()`, `close()` and the like that have not settled. */
	#ending = 0;
	/** Bytes of which the task has told, and has not taken back. */
	#loaded = 0;
	/** Parts that were told stored, and not lost. */
	readonly #told = new Set<number>();

	constructor(visit: Visit) {
		const { stage, version, schedule, plan, home } = visit;
		this.#visit = visit;
		home.onDeath(() => visit.locks.letGo(this));
		this.#held = new HeldParts(version.bytes, PART);
		const random = seeded(visit.seed);
		const isDead = () => this.#isDead;
		const tick: PortsOptions['tick'] = (work) => this.#tick(work);
		this.#clock = new PageClock({ stage, random, tick, isDead }, schedule.clockAheadMs);
		const warn = (warning: UploadWarning) => this.#warnings.push(warning);
		const check = (expectation: () => void) => this.#check(expectation);
		const { oss, locks } = visit;
		const task = () => this.task;
		this.#conduct = new Conduct({ ...{ stage, oss, locks, plan, isDead, check, task }, holder: this });
		this.#begun = beginTask({
			visit,
			ports: {
				...{ stage, plan, schedule, version, random, tick, isDead },
				ticks: () => this.#ticks,
			},
			...{ clock: this.#clock, connectivity: this.#shore, held: this.#held, page: this, warn, check },
			conduct: this.#conduct,
			lifetime: this.#lifetime.signal,
			signal: this.#caller.signal,
			onProgress: (progress) => this.#check(() => this.#expectPossible(progress)),
		});
		const { pending } = this.#begun;
		this.#listen(warn);
		pending.sweepOnce();
	}

	get home(): Home {
		return this.#visit.home;
	}

	get task(): Task {
		return this.#begun.task;
	}

	get #isDead(): boolean {
		return this.home.isDead;
	}

	#listen(warn: (warning: UploadWarning) => void): void {
		const { task } = this;
		task.on('warning', warn);
		task.on('part', (part) => this.#check(() => this.#expectToldOnce(part)));
		task.on('state', (state) => {
			if (state === 'paused') this.#loaded = 0;
		});
		const settle = (outcome: Outcome) => {
			if (!this.#isDead) this.#outcome = outcome;
		};
		void task.result.then(
			(result) => settle({ type: 'done', result }),
			(reason) => settle({ type: 'rejected', reason }),
		);
	}

	/** The task has ended, or nobody could tell of it any more. */
	get isOver(): boolean {
		return this.#outcome !== undefined || this.#isDead || this.#ticks > TICK_LIMIT;
	}

	/** It is left as it is when its task has ended, and not closed. */
	get isLeft(): boolean {
		return this.#visit.plan.afterwards === 'dies';
	}

	/** `how`: what has become of all tasks of the visit. */
	async end(how: 'over' | 'stalled' | 'late'): Promise<void> {
		const { plan, locks } = this.#visit;
		// A fingerprint of the app's own that never comes is waited for as long as the app likes.
		if (!this.isOver && plan.fingerprint === 'answers') throw this.#hang(`The task is ${how}`);
		if (this.#ticks > TICK_LIMIT) throw this.#hang('The task goes on and on');
		if (!this.#isDead) await this.#end(plan.afterwards);
		if (!this.#isDead && !this.isLeft && locks.holds(this)) throw this.#hang('A lock is held to the end');
	}

	aftermath(): Aftermath {
		const { task } = this;
		return {
			outcome: this.#outcome ?? { type: 'died' },
			ownReason: this.#ownReason,
			state: task.state,
			checkpointId: task.checkpointId,
			isAborted: this.#isAborted,
			hasAborted: this.#hasAborted,
			conduct: this.#conduct,
			warnings: this.#warnings,
			uploadId: this.#held.uploadIdOf(task.checkpointId),
			broken: this.#broken,
		};
	}

	async #end(afterwards: PagePlan['afterwards']): Promise<void> {
		const { stage } = this.#visit;
		if (afterwards === 'dies' && this.#outcome) return;
		if (afterwards === 'lingers') await stage.pass(HOUR);
		if (afterwards === 'aborts') this.#abort();
		if (afterwards === 'discards') this.#discardAll();
		await this.#untilEnded(`${afterwards} does not settle`, ABORT_LIMIT_MS);
		if (this.#isDead) return;
		this.#close();
		await this.#untilEnded('close() does not settle', CLOSE_LIMIT_MS);
		if (this.#isDead) return;
		if (this.#outcome === undefined) throw this.#hang('The result does not settle after close()');
		// A store that does not answer is given up for after ten seconds, whoever asked it.
		await stage.pass(MINUTE);
		const ticks = this.#ticks;
		await stage.pass(HOUR);
		if (this.#ticks !== ticks) throw this.#hang('Something runs after close()');
		if (this.#clock.sleeping > 0) throw this.#hang('Something sleeps after close()');
	}

	async #untilEnded(otherwise: string, limitMs: number): Promise<void> {
		const how = await this.#visit.stage.until(() => this.#ending === 0 || this.#isDead, limitMs);
		if (how !== 'over') throw this.#hang(otherwise);
	}

	#abort(): void {
		const { task } = this;
		const { checkpointId } = task;
		const isShared = checkpointId !== undefined && this.home.isFollowed(checkpointId);
		const wasRunning = !isFinal(task.state);
		this.#isAborted = true;
		const aborting = task.abort().then(() => {
			this.#hasAborted = true;
		});
		if (wasRunning) this.#check(() => this.#conduct.isAborted(isShared));
		void this.#ends(aborting);
	}

	#discardAll(): void {
		const { pending } = this.#begun;
		const discard = async () => {
			for (const { id } of await pending.list()) await pending.discard(id);
		};
		void this.#ends(discard());
	}

	/** As `Uploader.close()`. */
	#close(): void {
		const { task, pending, close } = this.#begun;
		const reason = new DOMException('The uploader was closed', 'AbortError');
		this.#ownReason ??= reason;
		this.#lifetime.abort(reason);
		task.stop(reason);
		void this.#ends(task.settled.then(() => pending.settled()).then(close));
	}

	async #ends(ending: Promise<void>): Promise<void> {
		this.#ending++;
		await ending.catch((error: unknown) => this.#broken.push(new Error('It rejects', { cause: error })));
		this.#ending--;
	}

	/** Everything that the core awaits passes here, before and after. */
	async #tick<T>(work: () => Promise<T>): Promise<T> {
		if (this.#isDead) return never();
		this.#step();
		try {
			return await this.#alive(work());
		} finally {
			this.#step();
		}
	}

	#step(): void {
		const tick = ++this.#ticks;
		this.#visit.onTick(tick);
		for (const event of this.#visit.plan.events) if (event.tick === tick) this.#befall(event);
	}

	#befall(event: PageEvent): void {
		const { stage } = this.#visit;
		if (event.type === 'die') this.home.die();
		else if (event.type === 'offline') {
			this.#shore.leave();
			stage.after(event.ms, () => this.#shore.land());
		} else if (event.type === 'set-clock') this.#clock.aheadMs += event.ms;
		// The caller acts at a moment of his own, not inside of what the library calls.
		else queueMicrotask(() => this.#isDead || this.#act(event));
	}

	#act(event: PageEvent): void {
		const { task } = this.#begun;
		if (event.type === 'abort') this.#abort();
		else if (event.type === 'close') this.#close();
		else if (event.type === 'stop') {
			this.#ownReason ??= new Error('The caller has had enough');
			this.#caller.abort(this.#ownReason);
		} else if (event.type === 'pause' && !isFinal(task.state)) {
			task.pause();
			this.#visit.stage.after(event.ms, () => this.#isDead || task.resume());
		}
	}

	/** In a dead page no promise settles any more. */
	#alive<T>(work: Promise<T>): Promise<T> {
		return new Promise((resolve, reject) => {
			work.then(
				(value) => this.#isDead || resolve(value),
				(error) => this.#isDead || reject(error),
			);
		});
	}

	#expectPossible(progress: Progress): void {
		const { loaded, stored, total, resumed, partsDone, partsTotal } = progress;
		const areWithin = [loaded, stored, resumed].every((bytes) => bytes >= 0 && bytes <= total);
		const isForward = loaded >= this.#loaded;
		this.#loaded = loaded;
		if (areWithin && isForward && partsDone >= 0 && partsDone <= partsTotal) return;
		throw new Error(`Progress goes ${isForward ? 'wrong' : 'back'}: ${JSON.stringify(progress)}`);
	}

	/** A part is told stored when it was not, and lost when it was. */
	#expectToldOnce({ partNumber, status }: PartEvent): void {
		if (status === 'lost') this.#loaded = 0;
		if (status !== 'lost' && status !== 'stored') return;
		const isStored = this.#told.has(partNumber);
		if (status === 'stored') this.#told.add(partNumber);
		else this.#told.delete(partNumber);
		if (isStored === (status === 'stored')) throw new Error(`Part ${partNumber} is ${status} again`);
	}

	#check(expectation: () => void): void {
		try {
			expectation();
		} catch (error) {
			this.#broken.push(error instanceof Error ? error : new Error(String(error)));
		}
	}

	#hang(what: string): Error {
		const { task } = this.#begun;
		const where = `in the state ${task.state} at tick ${this.#ticks}, ${this.#visit.stage.now}`;
		return new Error(`${what}: ${where} of ${JSON.stringify(this.#visit.plan)}`);
	}
}

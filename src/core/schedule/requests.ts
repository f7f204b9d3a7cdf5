import { abortable, scoped, withDeadline } from '../../base/abortable.js';
import { UploadError } from '../../base/errors.js';
import type { Operation } from '../model.js';
import type { Clock, Connectivity, Remote, Source } from '../ports.js';
import type { Emit } from '../task/events.js';
import type { PartRange } from '../upload/plan.js';
import { Offline } from './offline.js';
import { SignsOfLife, Tally } from './patience.js';
import { exhausted, isUnanswered, isWithoutWord, type RetryOptions, remedyFor, retryDelay } from './retry.js';
import type { Load, Scheduler } from './scheduler.js';

/**
 * Milliseconds after which a request that is still out gives its slot back: OSS may work on it for minutes, and nothing is on
 * the line meanwhile. With 0 it takes none: what is dropped must not wait behind what is sent.
 */
const SLOT_MS: Partial<Readonly<Record<Operation, number>>> = {
	AbortMultipartUpload: 0,
	CompleteMultipartUpload: 1000,
};

/** A request has passed the deadline that its plan sets, not one of the line or of a request beside it. */
class OverdueError extends UploadError {}

const overdue = (message: string): UploadError =>
	new OverdueError('Timeout', `${message}: OSS may still be at it. Upload the file again: it goes on`, {
		retryable: true,
	});

/** Looking for the cause of a failure takes no longer than this; then nothing is known. */
const LOOK_MS = 10_000;

export interface RequestPlan<T> {
	readonly operation: Operation;
	/** The bytes of the file that the request carries, none by default. */
	readonly range?: PartRange;
	/** Milliseconds for an attempt, if there is a limit; it is final: a request that passes it is not sent again. */
	readonly deadlineMs?: number;
	/** One attempt. */
	readonly send: (signal: AbortSignal) => Promise<T>;
	/** Looks at the answer, outside of its slot; what it throws counts as the attempt's failure. */
	readonly check?: (answer: T) => Promise<void>;
	/** Ends an attempt under way instead of the task's signal: for a request whose answer must not be lost. */
	readonly inFlightSignal?: AbortSignal;
}

export interface RequestsWorld {
	readonly clock: Clock;
	readonly connectivity: Connectivity;
	readonly scheduler: Scheduler;
	/** In whose turn these requests are sent. */
	readonly load: Load;
	readonly retry: RetryOptions;
	readonly remote: Pick<Remote, 'missingCors'>;
	readonly source: Pick<Source, 'assertReadable'>;
	readonly emit: Emit;
	readonly signal: AbortSignal;
}

/** Sends requests: in slots, again and again until they succeed, cannot, or patience ends. */
export class Requests {
	readonly #world: RequestsWorld;
	readonly #life = new SignsOfLife();
	readonly #patience = new AbortController();
	readonly #offline: Offline;

	constructor(world: RequestsWorld) {
		this.#world = world;
		this.#offline = new Offline(world);
		const { signal } = world;
		if (signal.aborted) this.giveUp(signal.reason);
		// No listener is left behind as long as the signal lives no longer than these requests.
		else signal.addEventListener('abort', () => this.giveUp(signal.reason), { once: true });
	}

	/** Aborts with the task's signal, and with the error given up for. */
	get patience(): AbortSignal {
		return this.#patience.signal;
	}

	/** One request failed for good: those on their way may finish, but nothing is begun or tried again. */
	giveUp(reason: unknown): void {
		this.#patience.abort(reason);
	}

	/** How often the task has got further, so far. */
	get signs(): number {
		return this.#life.count;
	}

	/** A part is stored: patience is new. */
	partFinished(): void {
		this.#life.show();
	}

	/** Bytes of a part are on their way. */
	moved(partNumber: number, sentBytes: number): void {
		this.#life.moved(partNumber, sentBytes);
	}

	/** The answer of the first attempt that succeeds. Rejects with the last error, or with the signal's reason. */
	async run<T>(plan: RequestPlan<T>): Promise<T> {
		const tally = new Tally(this.#life);
		for (;;) {
			try {
				const answer = await this.#attempt(plan);
				await plan.check?.(answer);
				this.#life.show();
				return answer;
			} catch (error) {
				// Only our own signal means cancelled: browsers also abort what nobody asked them to.
				this.patience.throwIfAborted();
				await this.#recover(error, plan, tally);
			}
		}
	}

	/** Waits until the machine is online again, or it is time to try all the same. */
	waitOffline(): Promise<void> {
		return this.#offline.wait(this.patience);
	}

	/** What the CORS rule lacks for it, in a sentence, or who answers in OSS's place; undefined where that does not show in time. */
	lacking(operation: Operation): Promise<string | UploadError | undefined> {
		return this.#look((ended) => this.#world.remote.missingCors(operation, ended)).catch(() => undefined);
	}

	#attempt<T>(plan: RequestPlan<T>): Promise<T> {
		const { scheduler, load, clock, signal } = this.#world;
		const { operation, deadlineMs, inFlightSignal = signal, send } = plan;
		const slotMs = SLOT_MS[operation];
		const attempt = () =>
			deadlineMs === undefined
				? abortable(inFlightSignal, send(inFlightSignal))
				: withDeadline(clock, deadlineMs, inFlightSignal, send, overdue);
		if (slotMs === 0) return attempt();
		return scheduler.use(load, this.patience, (release) => {
			if (slotMs === undefined) return attempt();
			return scoped(inFlightSignal, ({ signal: ended }) => {
				clock.sleep(slotMs, ended).then(release, () => {});
				return attempt();
			});
		});
	}

	/** Returns when the request is to be sent again; throws when it is not. */
	async #recover<T>(error: unknown, plan: RequestPlan<T>, tally: Tally): Promise<void> {
		const { clock, connectivity, retry, emit } = this.#world;
		if (isWithoutWord(error) && !connectivity.isOnline()) return this.waitOffline();
		const remedy = remedyFor(error);
		if (remedy === 'renew' && tally.renewals++ === 0) return;
		if (remedy === 'renew') throw exhausted(error);
		// A deadline of the request's own leaves no patience.
		if (remedy !== 'retry' || !(error instanceof UploadError) || error instanceof OverdueError) throw error;
		tally.fail(error);
		const cause = (isUnanswered(error) && (await this.#lookForCause(plan))) || error;
		if (tally.isExhausted(retry)) throw cause;
		const delayMs = retryDelay(error, tally.inARow, retry, clock.random());
		const { operation, range } = plan;
		const [partNumber, attempt] = [range?.partNumber, tally.failures + 1];
		emit('retry', { operation, partNumber, attempt, delayMs, error: cause });
		await clock.sleep(delayMs, this.patience);
		tally.pause(delayMs);
	}

	/** Says why no answer came, where that can be known: throws when no retry can help, and answers what may pass. */
	async #lookForCause<T>({ operation, range }: RequestPlan<T>): Promise<UploadError | undefined> {
		const { source } = this.#world;
		// A file that changed on disk fails like a network, in some engines it hangs; and so does a CORS refusal.
		if (range !== undefined && range.end > range.start) {
			await this.#look(() => source.assertReadable(range.start, range.end));
		}
		const lacking = await this.lacking(operation);
		this.patience.throwIfAborted();
		if (typeof lacking === 'string') throw new UploadError('Cors', lacking);
		return lacking;
	}

	/** What a look finds; undefined when it takes too long. */
	#look<T>(look: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
		return scoped(this.patience, ({ signal: ended }) => {
			const tooLong = this.#world.clock.sleep(LOOK_MS, ended).then(() => undefined);
			return abortable(ended, Promise.race([look(ended), tooLong]));
		});
	}
}

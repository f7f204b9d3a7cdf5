import { abortable, scoped, withDeadline } from '../abortable.js';
import { UploadError } from '../errors.js';
import type { Deadlines } from './deadline.js';
import type { Emit } from './events.js';
import type { PartRange } from './plan.js';
import type { Clock, Connectivity, Operation, Remote, Source } from './ports.js';
import { exhausted, isUnanswered, type RetryOptions, remedyFor, retryDelay } from './retry.js';
import type { Slots } from './slots.js';

/** Whatever else happens, one request is not sent more often than this. */
const MAX_ATTEMPTS = 30;
/** While offline, a request is tried now and then all the same: not every browser tells that it is online again. */
const OFFLINE_PROBE_MS = 30_000;

const CORS_RULE =
	'The bucket needs a CORS rule for this origin: methods PUT, POST, GET, HEAD, DELETE, headers *, exposed ETag and x-oss-hash-crc64ecma';

export interface RequestPlan<T> {
	readonly operation: Operation;
	/** The bytes of the file that the request carries, none by default. */
	readonly range?: PartRange;
	/** Instead of what follows from the bytes; it is final: a request that passes it is not sent again. */
	readonly deadlineMs?: number;
	/** One attempt, in a slot. */
	readonly send: (signal: AbortSignal) => Promise<T>;
	/** Looks at the answer, outside of the slot; what it throws counts as the attempt's failure. */
	readonly check?: (answer: T) => Promise<void>;
	/** Ends an attempt under way instead of the task's signal: for a request whose answer must not be lost. */
	readonly inFlightSignal?: AbortSignal;
}

export interface Requests {
	/** The answer of the first attempt that succeeds. Rejects with the last error, or with the signal's reason. */
	run<T>(plan: RequestPlan<T>): Promise<T>;
	/** A part is stored: the budget of every request is new. */
	partFinished(): void;
	/** One request failed for good: those on their way may finish, but nothing is begun or tried again. */
	giveUp(error: unknown): void;
	/** Aborts with the task's signal, and with the error given up for. */
	readonly patience: AbortSignal;
}

export interface RequestsWorld {
	readonly clock: Clock;
	readonly connectivity: Connectivity;
	readonly slots: Slots;
	readonly deadlines: Deadlines;
	readonly retry: RetryOptions;
	readonly remote: Remote;
	readonly source: Pick<Source, 'assertReadable'>;
	readonly emit: Emit;
	readonly signal: AbortSignal;
}

/** What has become of one request so far. */
interface Tally {
	/** Those that counted: waiting for the network is none. */
	attempts: number;
	/** In a row, without any part finishing in between. */
	failures: number;
	timeouts: number;
	renewals: number;
	/** Parts finished when the last failure was counted. */
	finished: number;
}

/** Sends requests: in slots, with deadlines, again and again until they succeed or cannot. */
export function createRequests(world: RequestsWorld): Requests {
	const { clock, connectivity, slots, deadlines, remote, source, emit, signal } = world;
	let finished = 0;
	let offlineWaiters = 0;
	const patience = new AbortController();
	const giveUp = (reason: unknown) => patience.abort(reason);
	if (signal.aborted) giveUp(signal.reason);
	// No listener is left behind as long as the signal lives no longer than these requests.
	else signal.addEventListener('abort', () => giveUp(signal.reason), { once: true });

	const attempt = <T>(plan: RequestPlan<T>, tally: Tally): Promise<T> =>
		slots.use(patience.signal, async () => {
			const bytes = plan.range === undefined ? 0 : plan.range.end - plan.range.start;
			const deadlineMs = plan.deadlineMs ?? deadlines.allow(bytes, tally.timeouts);
			const startedAt = clock.now();
			const answer = await withDeadline(clock, deadlineMs, plan.inFlightSignal ?? signal, plan.send);
			// A few bytes would measure the latency, and make every later deadline endless.
			if (bytes > 1e5) deadlines.observe(bytes, clock.now() - startedAt);
			return answer;
		});

	/** Says why no answer came, where that can be known: throws when no retry can help. */
	const diagnose = async ({ code }: UploadError, range: PartRange | undefined): Promise<void> => {
		if (code !== 'Network') return;
		// A file that changed on disk fails like a network, and so does a CORS refusal.
		if (range !== undefined && range.end > range.start) {
			await abortable(patience.signal, source.assertReadable(range.start));
		}
		const ask = (ended: AbortSignal) => remote.diagnose(ended);
		// It may hang or fail as the request did: then nothing is known.
		const cause = await withDeadline(clock, deadlines.allow(0, 0), signal, ask).catch(() => 'unknown');
		if (cause === 'cors') throw new UploadError('Cors', CORS_RULE);
	};

	const waitOffline = async (): Promise<void> => {
		if (offlineWaiters++ === 0) emit('offline', true);
		try {
			await scoped(patience.signal, ({ signal: ended }) =>
				Promise.race([connectivity.whenOnline(ended), clock.sleep(OFFLINE_PROBE_MS, ended)]),
			);
		} finally {
			if (--offlineWaiters === 0) emit('offline', false);
		}
	};

	/** The failure is counted against the budget; a deadline of the request's own leaves none. */
	const count = <T>(error: UploadError, { deadlineMs }: RequestPlan<T>, tally: Tally): void => {
		if (error.code === 'Timeout' && deadlineMs) throw error;
		if (error.code === 'Timeout') tally.timeouts++;
		tally.attempts++;
		tally.failures = tally.finished === finished ? tally.failures + 1 : 1;
		tally.finished = finished;
		tally.renewals = 0;
	};

	/** Returns when the request is to be sent again; throws when it is not. */
	const recover = async <T>(error: unknown, plan: RequestPlan<T>, tally: Tally): Promise<void> => {
		if (isUnanswered(error) && !connectivity.isOnline()) return waitOffline();
		const remedy = remedyFor(error);
		if (remedy === 'renew' && tally.renewals++ === 0) return;
		if (remedy === 'renew') throw exhausted(error);
		if (remedy !== 'retry' || !(error instanceof UploadError)) throw error;
		count(error, plan, tally);
		await diagnose(error, plan.range);
		if (tally.failures >= world.retry.attempts || tally.attempts >= MAX_ATTEMPTS) throw error;
		const delayMs = retryDelay(error, tally.failures, world.retry, clock.random());
		const { operation, range } = plan;
		emit('retry', { operation, partNumber: range?.partNumber, attempt: tally.attempts + 1, delayMs, error });
		await clock.sleep(delayMs, patience.signal);
	};

	return {
		patience: patience.signal,
		giveUp,
		partFinished() {
			finished++;
		},
		async run(plan) {
			const tally: Tally = { attempts: 0, failures: 0, timeouts: 0, renewals: 0, finished };
			for (;;) {
				try {
					const answer = await attempt(plan, tally);
					await plan.check?.(answer);
					return answer;
				} catch (error) {
					// Only our own signal means cancelled: browsers also abort what nobody asked them to.
					patience.signal.throwIfAborted();
					await recover(error, plan, tally);
				}
			}
		},
	};
}

import { UploadError } from './errors.js';

/** Whatever can wait: a clock, mostly. */
export interface Sleeper {
	/** Rejects with `signal.reason` when aborted first. */
	sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** `work`, or a rejection with `signal.reason` at the moment of an abort, for work that may not heed the signal. */
export async function abortable<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
	let onAbort = () => {};
	const aborted = new Promise<never>((_, reject) => {
		onAbort = () => reject(signal.reason);
	});
	signal.addEventListener('abort', onAbort);
	// The work itself may have aborted it. Not thrown at once: the work's own failure must find somebody listening.
	if (signal.aborted) onAbort();
	try {
		return await Promise.race([aborted, work]);
	} finally {
		signal.removeEventListener('abort', onAbort);
	}
}

/** Why a scope ends when all went well: an error of its own each time would cost more than the scope. */
export const ENDED: Error = new Error('It has ended');

/** Runs `work` under a controller of its own, which aborts with `signal`, and when the work has ended. */
export async function scoped<T>(
	signal: AbortSignal,
	work: (scope: AbortController) => Promise<T>,
): Promise<T> {
	signal.throwIfAborted();
	const scope = new AbortController();
	const onAbort = () => scope.abort(signal.reason);
	signal.addEventListener('abort', onAbort);
	try {
		return await work(scope);
	} finally {
		signal.removeEventListener('abort', onAbort);
		scope.abort(ENDED);
	}
}

/**
 * Runs `work` with a signal that aborts with `signal`, or after `ms`, with a `Timeout` error or what `fail` makes of
 * its message. Settles at that moment even when `work` ignores its signal, as a provider of the caller's may.
 *
 * In two halves: when a page was frozen or its machine asleep, a timer is overdue at once, and the answer may only be about
 * to be heard. It has the other half for that.
 */
export function withDeadline<T>(
	clock: Sleeper,
	ms: number,
	signal: AbortSignal,
	work: (signal: AbortSignal) => Promise<T>,
	fail: (message: string) => UploadError = (message) =>
		new UploadError('Timeout', message, { retryable: true }),
): Promise<T> {
	return scoped(signal, (scope) => {
		const half = () => clock.sleep(ms / 2, scope.signal);
		half()
			.then(half)
			.then(
				() => scope.abort(fail(`No answer within ${Math.round(ms / 1000)} s`)),
				() => {},
			);
		return abortable(scope.signal, work(scope.signal));
	});
}

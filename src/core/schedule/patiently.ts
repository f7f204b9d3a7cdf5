import type { Clock, Connectivity } from '../ports.js';
import { SignsOfLife, Tally } from './patience.js';
import { isUnanswered, type RetryOptions, retryDelay } from './retry.js';

export interface PatientWorld {
	readonly clock: Clock;
	readonly connectivity: Pick<Connectivity, 'isOnline'>;
	readonly retry: RetryOptions;
	/** Tells that the task waits for the network, and waits. */
	readonly waitOffline: () => Promise<void>;
}

/**
 * Work that asks nothing of OSS, but may need a file of the library: where that cannot be loaded, it waits as a request
 * would. Rejects with what else went wrong, at once.
 */
export async function patiently<T>(
	{ clock, connectivity, retry, waitOffline }: PatientWorld,
	signal: AbortSignal,
	work: () => Promise<T>,
): Promise<T> {
	const tally = new Tally(new SignsOfLife());
	for (;;) {
		try {
			return await work();
		} catch (error) {
			signal.throwIfAborted();
			if (!isUnanswered(error)) throw error;
			if (!connectivity.isOnline()) {
				await waitOffline();
				continue;
			}
			tally.fail(error);
			if (tally.isExhausted(retry)) throw error;
			const delayMs = retryDelay(error, tally.inARow, retry, clock.random());
			await clock.sleep(delayMs, signal);
			tally.pause(delayMs);
		}
	}
}

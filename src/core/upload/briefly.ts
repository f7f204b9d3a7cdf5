import type { Clock } from '../ports.js';

/** Milliseconds; a store needs a few. */
const BRIEFLY_MS = 1000;

/** Waits for work whose result nobody needs, such as deleting a row, but not for long: it must hold up no end. */
export async function briefly(clock: Clock, work: Promise<unknown>): Promise<void> {
	const ended = new AbortController();
	try {
		await Promise.race([work, clock.sleep(BRIEFLY_MS, ended.signal)]);
	} catch {
		// Who keeps the rows tells of what they cannot do.
	} finally {
		ended.abort();
	}
}

import type { Clock } from '../../core/ports.js';

/** How long something is waited for that may never answer. */
export const PATIENCE_TICKS = 10;
/** Milliseconds. */
const TICK_MS = 1000;

/**
 * Resolves after so many seconds, counted one by one: of a machine that wakes from sleep one timer is overdue at once,
 * and one long wait would have been no time to whoever was to answer. Rejects with `signal.reason`.
 */
export async function ticks(count: number, clock: Pick<Clock, 'sleep'>, signal: AbortSignal): Promise<void> {
	for (let left = count; left > 0; left--) await clock.sleep(TICK_MS, signal);
}

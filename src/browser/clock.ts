import type { Clock } from '../core/ports.js';
import { turn } from './turn.js';
import { wait } from './wait.js';

/** The machine's own clock, timers and random numbers. */
export const systemClock: Clock = {
	// Asked at each call: tests and other libraries replace these.
	now: () => Date.now(),
	monotonic: () => performance.now(),
	random: () => Math.random(),
	sleep: (ms, signal) =>
		wait<void>(signal, (resolve) => {
			const timer = setTimeout(resolve, ms);
			return () => clearTimeout(timer);
		}),
	turn,
};

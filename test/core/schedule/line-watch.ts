import { type Flight, Line, type LineClock } from '../../../src/core/schedule/line.js';
import { OldDeadlines } from './old-deadlines.js';

/** The clocks of a simulated page. */
export class SimulatedClock implements LineClock {
	/** Milliseconds that have really passed. */
	ms = 0;
	/** By how much the machine's clock has been set. */
	wallAheadMs = 0;
	#sleepers: { readonly until: number; readonly wake: () => void }[] = [];

	now(): number {
		return this.ms + this.wallAheadMs;
	}

	monotonic(): number {
		return this.ms;
	}

	sleep(ms: number, signal: AbortSignal): Promise<void> {
		return new Promise((resolve, reject) => {
			const onAbort = () => {
				this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
				reject(signal.reason);
			};
			const wake = () => {
				signal.removeEventListener('abort', onAbort);
				resolve();
			};
			const sleeper = { until: this.ms + ms, wake };
			this.#sleepers.push(sleeper);
			signal.addEventListener('abort', onAbort);
		});
	}

	/** Wakes whoever has slept enough, and lets everything happen that follows. */
	async ring(): Promise<void> {
		const due = this.#sleepers.filter(({ until }) => until <= this.ms);
		if (due.length === 0) return;
		this.#sleepers = this.#sleepers.filter((sleeper) => !due.includes(sleeper));
		for (const { wake } of due) wake();
		await new Promise((resolve) => setImmediate(resolve));
	}

	get sleeping(): number {
		return this.#sleepers.length;
	}
}

/** Whoever decides that a request has stalled. */
export interface Watch {
	begin(size: number, timeouts: number): Watched;
}

export interface Watched extends Pick<Flight, 'moved' | 'end'> {
	isStalled(): boolean;
}

export function lineWatch(clock: SimulatedClock): Watch {
	const line = new Line(clock);
	return {
		begin(size, timeouts) {
			const flight = line.begin(size, timeouts);
			let isStalled = false;
			flight.onStall = () => {
				isStalled = true;
			};
			return { moved: flight.moved, end: flight.end, isStalled: () => isStalled };
		},
	};
}

/** As 0.1.0 used its deadlines: a timer a request, and the wall clock to measure. */
export function oldWatch(clock: SimulatedClock): Watch {
	const deadlines = new OldDeadlines();
	return {
		begin(size, timeouts) {
			const startedAt = clock.now();
			const until = clock.monotonic() + deadlines.allow(size, timeouts);
			return {
				moved() {},
				isStalled: () => clock.monotonic() >= until,
				end(how) {
					if (how === 'answered' && size > 1e5) deadlines.observe(size, clock.now() - startedAt);
				},
			};
		},
	};
}

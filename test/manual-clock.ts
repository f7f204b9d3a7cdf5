import type { Clock } from '../src/core/ports.js';

interface Sleeper {
	readonly until: number;
	readonly wake: () => void;
}

/** A clock that stands still until it is moved. */
export class ManualClock implements Clock {
	#now: number;
	#sleepers: Sleeper[] = [];
	/** What `random` answers. */
	chance = 0.5;
	/** Every duration that was slept for. */
	readonly slept: number[] = [];

	constructor(now = 1_700_000_000_000) {
		this.#now = now;
	}

	now(): number {
		return this.#now;
	}

	monotonic(): number {
		return this.#now;
	}

	random(): number {
		return this.chance;
	}

	/** Nothing else waits for this page. */
	async turn(): Promise<void> {}

	get sleeping(): number {
		return this.#sleepers.length;
	}

	sleep(ms: number, signal: AbortSignal): Promise<void> {
		this.slept.push(ms);
		return new Promise((resolve, reject) => {
			if (signal.aborted) {
				reject(signal.reason);
				return;
			}
			const onAbort = () => {
				this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
				reject(signal.reason);
			};
			const wake = () => {
				signal.removeEventListener('abort', onAbort);
				resolve();
			};
			const sleeper = { until: this.#now + ms, wake };
			this.#sleepers.push(sleeper);
			signal.addEventListener('abort', onAbort, { once: true });
		});
	}

	/** The machine sleeps for `ms`: afterwards every timer that was due meanwhile fires at once. */
	async sleepThrough(ms: number): Promise<void> {
		await settle();
		this.#now += ms;
		const due = this.#sleepers.filter(({ until }) => until <= this.#now);
		this.#sleepers = this.#sleepers.filter((each) => !due.includes(each));
		for (const { wake } of due) wake();
		await settle();
	}

	/** Lets `ms` pass, and everything that follows from it happen. */
	async advance(ms: number): Promise<void> {
		await settle();
		const end = this.#now + ms;
		for (;;) {
			const [next] = this.#sleepers.filter(({ until }) => until <= end).sort((a, b) => a.until - b.until);
			if (next === undefined) break;
			this.#now = Math.max(this.#now, next.until);
			this.#sleepers = this.#sleepers.filter((other) => other !== next);
			next.wake();
			await settle();
		}
		this.#now = end;
	}
}

/** Every promise that can settle without time passing has settled. */
export async function settle(): Promise<void> {
	for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}

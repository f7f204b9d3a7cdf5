import { setTimeout as delay } from 'node:timers/promises';

/** The emulator's own time, which tests may set apart from the machine's. */
export class ServerClock {
	readonly #source: () => number;
	#skewMs = 0;

	constructor(source: () => number) {
		this.#source = source;
	}

	/** Milliseconds since 1970. */
	now(): number {
		return this.#source() + this.#skewMs;
	}

	/** From now on the clock is this far ahead of its source (negative: behind). */
	skew(ms: number): void {
		this.#skewMs = ms;
	}
}

/** Rejects when the signal aborts first. */
export const sleep = (ms: number, signal: AbortSignal): Promise<void> => delay(ms, undefined, { signal });

/** A request without a body answers within this, or something is wrong. */
const BASE_MS = 30_000;
/** Bytes a second that a connection is believed to carry before one was measured: 16 KiB/s, a bad mobile line. */
const UNKNOWN_RATE = 16 * 1024;
/** A request may be this much slower than what was measured before it counts as stalled. */
const SLACK = 4;

/** Doubled more often, a dead line would be noticed after days. */
const MAX_DOUBLINGS = 2;

/** Timers of browsers count in 31 bits: beyond it they fire at once. */
const MAX_MS = 2e9;

/** How 0.1.0 decided how long a request may take, as it was: what the `Line` is compared with. */
export class OldDeadlines {
	#rate: number | undefined;

	/** A request with a body of `bytes` took `ms`. */
	observe(bytes: number, ms: number): void {
		const rate = (bytes / Math.max(ms, 1)) * 1000;
		this.#rate = this.#rate === undefined ? rate : this.#rate * 0.7 + rate * 0.3;
	}

	/** Milliseconds for a request of `bytes`, after `timeouts` time-outs of the same request. */
	allow(bytes: number, timeouts: number): number {
		const rate = this.#rate === undefined ? UNKNOWN_RATE : this.#rate / SLACK;
		return Math.min((BASE_MS + (bytes / rate) * 1000) * 2 ** Math.min(timeouts, MAX_DOUBLINGS), MAX_MS);
	}
}

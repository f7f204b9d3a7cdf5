import type { Clock } from '../ports.js';

/** Milliseconds that may be spent in one turn of the page: a frame has 16. */
const BUDGET_MS = 8;
/** Milliseconds in which they may begin where the app itself begins them: it has more to do in that turn. */
const AT_ONCE_MS = 2;
/** Milliseconds without an arrival after which it is another turn. */
const PAUSE_MS = 50;

/**
 * Lets tasks arrive in their order without holding up the page: to learn the size of a file on disk the browser asks another
 * process, and a thousand files picked at once would take a quarter of a second. Those that find time arrive at once.
 */
export class Arrivals {
	readonly #clock: Pick<Clock, 'monotonic' | 'turn'>;
	/** Ends when the uploader is closed: nobody arrives any more. */
	readonly #lifetime: AbortSignal;
	readonly #waiting = new Set<() => void>();
	#since = Number.NEGATIVE_INFINITY;
	#latest = Number.NEGATIVE_INFINITY;

	constructor(clock: Pick<Clock, 'monotonic' | 'turn'>, lifetime: AbortSignal) {
		this.#clock = clock;
		this.#lifetime = lifetime;
	}

	add(arrive: () => void): void {
		const now = this.#clock.monotonic();
		if (now - this.#latest > PAUSE_MS) this.#since = now;
		this.#latest = now;
		if (this.#waiting.size === 0 && now - this.#since < AT_ONCE_MS) {
			arrive();
			return;
		}
		this.#waiting.add(arrive);
		if (this.#waiting.size === 1) void this.#admit();
	}

	async #admit(): Promise<void> {
		while (this.#waiting.size > 0) {
			await this.#clock.turn();
			if (this.#lifetime.aborted) return;
			this.#since = this.#clock.monotonic();
			for (const arrive of this.#waiting) {
				if (!this.#hasTime()) break;
				// Before it is gone from here: whoever comes meanwhile must not overtake those who wait.
				arrive();
				this.#waiting.delete(arrive);
			}
		}
	}

	#hasTime(): boolean {
		return this.#clock.monotonic() - this.#since < BUDGET_MS;
	}
}

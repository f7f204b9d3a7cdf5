import type { Clock } from '../ports.js';

/** The speed shown is that of about the last this many milliseconds. */
const MEMORY_MS = 8_000;
/** Nothing is sent for so long before it is told: a machine that slept, or a page that was frozen, sent nothing in the rest. */
const MAX_STEP_MS = 300_000;

/** A recent speed: decaying sums of bytes and of the time they took, with no samples kept. */
export class Rate {
	readonly #clock: Pick<Clock, 'monotonic'>;
	#bytes = 0;
	#ms = 0;
	#lastAt: number | undefined;

	constructor(clock: Pick<Clock, 'monotonic'>) {
		this.#clock = clock;
	}

	/** 0 until the first bytes were measured. */
	get bytesPerSecond(): number {
		return this.#ms > 0 ? (this.#bytes / this.#ms) * 1000 : 0;
	}

	/** Milliseconds for so many bytes; undefined while no speed is known. */
	remainingMs(bytes: number): number | undefined {
		return bytes && (this.#ms > 0 && this.#bytes > 0 ? (bytes / this.bytesPerSecond) * 1000 : undefined);
	}

	/** What has passed until now is no part of the speed. */
	restart(): void {
		this.#lastAt = this.#clock.monotonic();
	}

	/** Nothing is sent any more: no speed is known. */
	forget(): void {
		this.#bytes = 0;
		this.#ms = 0;
	}

	/** So many bytes have moved since the last call. */
	measure(bytes: number): void {
		const before = this.#lastAt;
		this.restart();
		const ms = Math.min((this.#lastAt ?? 0) - (before ?? this.#lastAt ?? 0), MAX_STEP_MS);
		const keep = Math.exp(-ms / MEMORY_MS);
		this.#bytes = this.#bytes * keep + bytes;
		this.#ms = this.#ms * keep + ms;
	}
}

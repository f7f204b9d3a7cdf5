import type { Clock } from '../ports.js';

/** The speed shown is that of about the last this many milliseconds. */
const MEMORY_MS = 8_000;

/** A recent speed: decaying sums of bytes and of the time they took, with no samples kept. */
export class Rate {
	readonly #clock: Pick<Clock, 'now'>;
	#bytes = 0;
	#ms = 0;
	#lastAt: number | undefined;

	constructor(clock: Pick<Clock, 'now'>) {
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
		this.#lastAt = this.#clock.now();
	}

	/** So many bytes have moved since the last call. */
	measure(bytes: number): void {
		const before = this.#lastAt;
		this.restart();
		const ms = Math.max(0, (this.#lastAt ?? 0) - (before ?? this.#lastAt ?? 0));
		const keep = Math.exp(-ms / MEMORY_MS);
		this.#bytes = this.#bytes * keep + bytes;
		this.#ms = this.#ms * keep + ms;
	}
}

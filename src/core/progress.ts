import type { Progress } from './events.js';
import type { Plan } from './plan.js';
import type { Clock } from './ports.js';

/** The speed shown is that of about the last this many milliseconds. */
const MEMORY_MS = 8_000;

/**
 * Counts one task's bytes. It owns the running sums, so that no event costs a walk over all parts.
 *
 * Invariant: `loaded` never goes back unless a stored part is lost, and stays below `total` until `finish()`.
 */
export class ProgressMeter {
	readonly #clock: Clock;
	readonly #total: number;
	#partsTotal = 0;
	#stored = 0;
	#resumed = 0;
	#partsDone = 0;
	/** Bytes of parts on their way, where the transport tells: no more entries than requests in flight. */
	readonly #sent = new Map<number, number>();
	/** The highest `loaded` shown so far. */
	#shown = 0;
	// Decaying sums of bytes and of the time they took: their quotient is the recent speed, with no samples kept.
	#recentBytes = 0;
	#recentMs = 0;
	#lastAt: number | undefined;

	constructor(total: number, clock: Clock) {
		this.#total = total;
		this.#clock = clock;
	}

	/** Begins a round: what OSS holds of the plan. */
	begin(plan: Plan, stored: { readonly bytes: number; readonly parts: number }): void {
		const first = this.#partsTotal === 0;
		this.#partsTotal = plan.partCount;
		if (first) this.#resumed = stored.bytes;
		// A later round can only know of fewer bytes when parts were lost.
		if (stored.bytes < this.#stored) this.#shown = stored.bytes;
		this.#stored = stored.bytes;
		this.#partsDone = stored.parts;
		this.#sent.clear();
		// The pause before this round is no part of the speed.
		this.#lastAt = this.#clock.now();
	}

	/** `sentBytes` of the part are on their way in this attempt. */
	sending(partNumber: number, sentBytes: number): void {
		const before = this.#sent.get(partNumber) ?? 0;
		this.#sent.set(partNumber, sentBytes);
		this.#measure(Math.max(0, sentBytes - before));
	}

	/** The attempt failed: what was sent of it does not count. */
	failed(partNumber: number): void {
		this.#sent.delete(partNumber);
	}

	/** The part is stored; `resumed`: OSS held it already. */
	stored(partNumber: number, size: number, resumed: boolean): void {
		const announced = this.#sent.get(partNumber) ?? 0;
		this.failed(partNumber);
		this.#stored += size;
		this.#partsDone++;
		if (resumed) this.#resumed += size;
		else this.#measure(size - announced);
	}

	/** A stored part turned out to be missing or different. */
	lost(size: number): void {
		this.#stored -= size;
		this.#partsDone--;
		this.#shown = Math.max(0, this.#shown - size);
		this.#resumed = Math.min(this.#resumed, this.#stored);
	}

	/** OSS has the whole object. */
	finish(): void {
		this.#shown = this.#total;
		this.#partsDone = this.#partsTotal;
	}

	snapshot(): Progress {
		let sent = 0;
		for (const bytes of this.#sent.values()) sent += bytes;
		this.#shown = Math.max(this.#shown, Math.min(this.#stored + sent, this.#total - 1));
		const left = this.#total - this.#shown;
		const bytesPerSecond = this.#recentMs > 0 ? (this.#recentBytes / this.#recentMs) * 1000 : 0;
		return {
			loaded: this.#shown,
			total: this.#total,
			resumed: this.#resumed,
			partsDone: this.#partsDone,
			partsTotal: this.#partsTotal,
			bytesPerSecond,
			remainingMs: left && (bytesPerSecond > 0 ? (left / bytesPerSecond) * 1000 : undefined),
		};
	}

	#measure(bytes: number): void {
		const now = this.#clock.now();
		const ms = Math.max(0, now - (this.#lastAt ?? now));
		this.#lastAt = now;
		const keep = Math.exp(-ms / MEMORY_MS);
		this.#recentBytes = this.#recentBytes * keep + bytes;
		this.#recentMs = this.#recentMs * keep + ms;
	}
}

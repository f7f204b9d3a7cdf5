import type { Clock } from '../ports.js';
import type { Plan } from '../upload/plan.js';
import type { Progress } from './events.js';

/** The speed shown is that of about the last this many milliseconds. */
const MEMORY_MS = 8_000;

/**
 * Counts one task's bytes. It owns the running sums, so that no event costs a walk over all parts.
 *
 * Invariant: `loaded` never goes back unless a stored part is lost or the task pauses, and stays below `total` until
 * `finish()`.
 */
export class ProgressMeter {
	readonly #clock: Clock;
	readonly #total: number;
	#partsTotal = 0;
	#stored = 0;
	#resumed = 0;
	#partsDone = 0;
	/** Parts that count as resumed: OSS held them before this task sent anything. */
	readonly #resumedParts = new Set<number>();
	/** Bytes of parts on their way, where the transport tells: no more entries than requests in flight. */
	readonly #sent = new Map<number, number>();
	/** The highest `loaded` reached so far; it is shown as a byte less than all as long as OSS has not finished. */
	#reached = 0;
	#isFinished = false;
	// Decaying sums of bytes and of the time they took: their quotient is the recent speed, with no samples kept.
	#recentBytes = 0;
	#recentMs = 0;
	#lastAt: number | undefined;
	/** Undefined after a change. */
	#latest: Progress | undefined;

	constructor(total: number, clock: Clock) {
		this.#total = total;
		this.#clock = clock;
	}

	/** Begins a round: what OSS holds of the plan. What was lost since the round before has been told by `lost`. */
	begin(plan: Plan, stored: { readonly bytes: number; readonly partNumbers: readonly number[] }): void {
		if (this.#partsTotal === 0) {
			this.#resumed = stored.bytes;
			for (const partNumber of stored.partNumbers) this.#resumedParts.add(partNumber);
		}
		this.#partsTotal = plan.partCount;
		this.#stored = stored.bytes;
		this.#partsDone = stored.partNumbers.length;
		this.#sent.clear();
		// The pause before this round is no part of the speed.
		this.#lastAt = this.#clock.now();
		this.#change();
	}

	/** What is on its way is dropped. */
	pause(): void {
		this.#sent.clear();
		this.#reached = this.#stored;
		this.#change();
	}

	/** `sentBytes` of the part are on their way in this attempt. */
	sending(partNumber: number, sentBytes: number): void {
		const before = this.#sent.get(partNumber) ?? 0;
		this.#sent.set(partNumber, sentBytes);
		this.#measure(Math.max(0, sentBytes - before));
		this.#change();
	}

	/** The attempt failed: what was sent of it does not count. */
	failed(partNumber: number): void {
		this.#sent.delete(partNumber);
		this.#change();
	}

	/** The part is stored; `resumed`: OSS held it already. */
	stored(partNumber: number, size: number, resumed: boolean): void {
		const announced = this.#sent.get(partNumber) ?? 0;
		this.#sent.delete(partNumber);
		this.#stored += size;
		this.#partsDone++;
		if (resumed) {
			this.#resumed += size;
			this.#resumedParts.add(partNumber);
		} else this.#measure(size - announced);
		this.#change();
	}

	/** A stored part turned out to be missing or different: it is sent again, and so is none that was resumed. */
	lost(partNumber: number, size: number): void {
		this.#stored -= size;
		this.#partsDone--;
		this.#reached = Math.max(0, this.#reached - size);
		if (this.#resumedParts.delete(partNumber)) this.#resumed -= size;
		this.#change();
	}

	/** OSS has the whole object. */
	finish(): void {
		this.#isFinished = true;
		this.#stored = this.#total;
		this.#sent.clear();
		this.#partsDone = this.#partsTotal;
		this.#change();
	}

	/** One value until something changes. */
	snapshot(): Progress {
		this.#latest ??= this.#look();
		return this.#latest;
	}

	#change(): void {
		let sent = 0;
		for (const bytes of this.#sent.values()) sent += bytes;
		this.#reached = Math.max(this.#reached, this.#stored + sent);
		this.#latest = undefined;
	}

	#look(): Progress {
		const loaded = this.#isFinished ? this.#total : Math.max(0, Math.min(this.#reached, this.#total - 1));
		const left = this.#total - loaded;
		const bytesPerSecond = this.#recentMs > 0 ? (this.#recentBytes / this.#recentMs) * 1000 : 0;
		return Object.freeze({
			loaded,
			stored: this.#stored,
			total: this.#total,
			resumed: this.#resumed,
			partsDone: this.#partsDone,
			partsTotal: this.#partsTotal,
			bytesPerSecond,
			remainingMs: left && (bytesPerSecond > 0 ? (left / bytesPerSecond) * 1000 : undefined),
		});
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

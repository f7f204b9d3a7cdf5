import type { Clock } from '../ports.js';
import type { Plan } from '../upload/plan.js';
import type { Progress } from './events.js';
import { Rate } from './rate.js';

/**
 * Counts one task's bytes. It owns the running sums, so that no event costs a walk over all parts.
 *
 * Invariant: `loaded` never goes back unless a stored part is lost or the task pauses, and stays below `total` until
 * `finish()`.
 */
export class ProgressMeter {
	readonly #rate: Rate;
	readonly #total: number;
	#partsTotal = 0;
	#stored = 0;
	#resumed = 0;
	#partsDone = 0;
	/** Parts that count as resumed: OSS held them before this task sent anything. */
	#resumedParts: Set<number> | undefined;
	/** Bytes of parts on their way, where the transport tells: no more entries than requests in flight. */
	#sent: Map<number, number> | undefined;
	/** The highest `loaded` reached so far; it is shown as a byte less than all as long as OSS has not finished. */
	#reached = 0;
	#isMirror = false;
	/** What another task sends from the latest look on counts in the speed. */
	#hasLooked = false;
	/** Bytes that this task has sent, those too that were lost. */
	#measured = 0;
	#isFinished = false;
	/** Undefined after a change. */
	#latest: Progress | undefined;

	constructor(total: number, clock: Pick<Clock, 'monotonic'>) {
		this.#total = total;
		this.#rate = new Rate(clock);
	}

	/** Begins a round: what OSS holds of the plan. What was lost since the round before has been told by `lost`. */
	begin(plan: Plan, stored: { readonly bytes: number; readonly partNumbers: readonly number[] }): void {
		if (this.#partsTotal === 0 || this.#isMirror) {
			this.#isMirror = false;
			this.#resumed = stored.bytes;
			this.#resumedParts = new Set(stored.partNumbers);
		}
		this.#partsTotal = plan.partCount;
		this.#stored = stored.bytes;
		this.#partsDone = stored.partNumbers.length;
		this.#sent?.clear();
		// The pause before this round is no part of the speed.
		this.#rate.restart();
		this.#change();
	}

	/** Another task runs the upload: shown is what that tells. */
	mirror({ loaded, stored, resumed, partsDone, partsTotal }: Progress): void {
		// What was there before we looked, nobody has sent since.
		if (this.#hasLooked) this.#measure(Math.max(0, loaded - this.#reached));
		else this.#rate.restart();
		this.#hasLooked = true;
		this.#isMirror = true;
		this.#reached = Math.max(this.#reached, Math.min(loaded, this.#total));
		this.#stored = stored;
		this.#resumed = resumed;
		this.#partsDone = partsDone;
		this.#partsTotal = partsTotal;
		this.#change();
	}

	/** It is at work from now on: what has passed until now is no part of the speed. */
	work(): void {
		this.#hasLooked = false;
		this.#rate.restart();
	}

	/** Nothing is sent until it is at work again. */
	rest(): void {
		this.#hasLooked = false;
		this.#rate.forget();
		this.#latest = undefined;
	}

	/** Likewise, and what is on its way is dropped. */
	pause(): void {
		this.rest();
		this.#sent?.clear();
		this.#reached = this.#stored;
		this.#change();
	}

	/** `sentBytes` of the part are on their way in this attempt. */
	sending(partNumber: number, sentBytes: number): void {
		const before = this.#sent?.get(partNumber) ?? 0;
		this.#sent ??= new Map();
		this.#sent.set(partNumber, sentBytes);
		this.#measure(Math.max(0, sentBytes - before));
		this.#change();
	}

	/** The attempt failed: what was sent of it does not count. */
	failed(partNumber: number): void {
		this.#sent?.delete(partNumber);
		this.#change();
	}

	/** The part is stored; `resumed`: OSS held it already. */
	stored(partNumber: number, size: number, resumed: boolean): void {
		const announced = this.#sent?.get(partNumber) ?? 0;
		this.#sent?.delete(partNumber);
		this.#stored += size;
		this.#partsDone++;
		if (resumed) {
			this.#resumed += size;
			this.#resumedParts ??= new Set();
			this.#resumedParts.add(partNumber);
		} else this.#measure(size - announced);
		this.#change();
	}

	/** A stored part turned out to be missing or different: it is sent again, and so is none that was resumed. */
	lost(partNumber: number, size: number): void {
		this.#stored -= size;
		this.#partsDone--;
		this.#reached = Math.max(0, this.#reached - size);
		if (this.#resumedParts?.delete(partNumber)) this.#resumed -= size;
		this.#change();
	}

	/** OSS has the whole object. */
	finish(): void {
		this.#isFinished = true;
		this.#stored = this.#total;
		this.#sent?.clear();
		this.#partsDone = this.#partsTotal;
		this.#change();
	}

	/** Bytes that counted in its speed. */
	get measured(): number {
		return this.#measured;
	}

	/** One value until something changes. */
	snapshot(): Progress {
		this.#latest ??= this.#look();
		return this.#latest;
	}

	#measure(bytes: number): void {
		this.#measured += bytes;
		this.#rate.measure(bytes);
	}

	#change(): void {
		let sent = 0;
		for (const bytes of this.#sent?.values() ?? []) sent += bytes;
		this.#reached = Math.max(this.#reached, this.#stored + sent);
		this.#latest = undefined;
	}

	#look(): Progress {
		const loaded = this.#isFinished ? this.#total : Math.max(0, Math.min(this.#reached, this.#total - 1));
		return Object.freeze({
			loaded,
			stored: this.#stored,
			total: this.#total,
			resumed: this.#resumed,
			partsDone: this.#partsDone,
			partsTotal: this.#partsTotal,
			bytesPerSecond: this.#rate.bytesPerSecond,
			remainingMs: this.#rate.remainingMs(this.#total - loaded),
		});
	}
}

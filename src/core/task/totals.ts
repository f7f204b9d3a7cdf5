import type { Clock } from '../ports.js';
import { Rate } from './rate.js';

/** How far all tasks together are, since the uploader was last idle. Bytes and milliseconds. */
export interface Totals {
	/** Never goes back, but where a new task begins after all have ended. */
	readonly loaded: number;
	readonly total: number;
	/** Of late; resumed bytes do not count. 0 while no task is at work. */
	readonly bytesPerSecond: number;
	/** Undefined while no speed is known. */
	readonly remainingMs: number | undefined;
	/** Tasks that are at work: neither waiting nor paused nor offline. */
	readonly running: number;
}

/** What an uploader is at. */
export interface Activity {
	/** Some task is at work. */
	readonly isSending: boolean;
	/** Some task has not ended. */
	readonly isBusy: boolean;
}

/** Running sums: an ended task costs nothing, and no telling walks over all of them. */
export class TotalsMeter {
	readonly #rate: Rate;
	readonly #onActivity: (activity: Activity) => void;
	#total = 0;
	#loaded = 0;
	#tasks = 0;
	/** Those of them that are at work. */
	#working = 0;

	/** `onActivity` is told when it is another. */
	constructor(clock: Pick<Clock, 'monotonic'>, onActivity: (activity: Activity) => void = () => {}) {
		this.#rate = new Rate(clock);
		this.#onActivity = onActivity;
	}

	begin(): void {
		if (this.#tasks++ > 0) return;
		this.#total = 0;
		this.#loaded = 0;
		this.#tell();
	}

	/** A task that has begun knows how large its file is. */
	expect(bytes: number): void {
		this.#total += bytes;
	}

	/** So many bytes of a task more than ever before: what a pause takes back is sent again. `sent`: now, and not resumed. */
	move(bytes: number, sent: number): void {
		this.#loaded += bytes;
		this.#rate.measure(sent);
	}

	/** A task is at work from now on; the time in which none was is no part of the speed. */
	work(): void {
		if (this.#working++ > 0) return;
		this.#rate.restart();
		this.#tell();
	}

	/** It has ended its work, or waits for something. */
	rest(): void {
		if (--this.#working === 0) this.#tell();
	}

	/** What is left of an ended task will not come: it is no longer waited for. */
	end(left: number): void {
		this.#total -= left;
		if (--this.#tasks === 0) this.#tell();
	}

	#tell(): void {
		this.#onActivity({ isSending: this.#working > 0, isBusy: this.#tasks > 0 });
	}

	look(): Totals {
		const left = this.#total - this.#loaded;
		return Object.freeze({
			loaded: this.#loaded,
			total: this.#total,
			bytesPerSecond: this.#working > 0 ? this.#rate.bytesPerSecond : 0,
			remainingMs: this.#working > 0 || left === 0 ? this.#rate.remainingMs(left) : undefined,
			running: this.#working,
		});
	}
}

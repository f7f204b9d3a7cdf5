import type { Clock } from '../ports.js';
import { Rate } from './rate.js';

/** How far all tasks together are, since the uploader was last idle. Bytes and milliseconds. */
export interface Totals {
	/** Never goes back, but where a new task begins after all have ended. */
	readonly loaded: number;
	readonly total: number;
	/** Of late; resumed bytes do not count. */
	readonly bytesPerSecond: number;
	/** Undefined while no speed is known. */
	readonly remainingMs: number | undefined;
	/** Tasks that are neither waiting nor paused. */
	readonly running: number;
}

/** Running sums: an ended task costs nothing, and no telling walks over all of them. */
export class TotalsMeter {
	readonly #rate: Rate;
	#total = 0;
	#loaded = 0;
	#tasks = 0;
	/** Those of them that are at work. */
	#working = 0;

	constructor(clock: Pick<Clock, 'now'>) {
		this.#rate = new Rate(clock);
	}

	begin(): void {
		if (this.#tasks++ > 0) return;
		this.#total = 0;
		this.#loaded = 0;
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
		if (this.#working++ === 0) this.#rate.restart();
	}

	/** It has ended its work, or paused. */
	rest(): void {
		this.#working--;
	}

	/** What is left of an ended task will not come: it is no longer waited for. */
	end(left: number): void {
		this.#tasks--;
		this.#total -= left;
	}

	look(running: number): Totals {
		return Object.freeze({
			loaded: this.#loaded,
			total: this.#total,
			bytesPerSecond: this.#rate.bytesPerSecond,
			remainingMs: this.#rate.remainingMs(this.#total - this.#loaded),
			running,
		});
	}
}

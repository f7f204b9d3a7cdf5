import { abortable } from '../../base/abortable.js';

/** Admits at most `count` holders at a time, in the order in which they asked. */
export class Slots {
	#free: number;
	readonly #waiting = new Set<() => void>();

	constructor(count: number) {
		this.#free = count;
	}

	/** Runs `work` in a slot. While it waits for one, an abort rejects with `signal.reason`. */
	async use<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
		signal.throwIfAborted();
		if (this.#free > 0) this.#free--;
		else await this.#wait(signal);
		try {
			return await work();
		} finally {
			this.#release();
		}
	}

	async #wait(signal: AbortSignal): Promise<void> {
		let admit = () => {};
		const admitted = new Promise<void>((resolve) => {
			admit = resolve;
		});
		this.#waiting.add(admit);
		try {
			await abortable(signal, admitted);
		} catch (reason) {
			// Admitted in the same moment: the slot is nobody's now, and goes on to the next.
			if (!this.#waiting.delete(admit)) this.#release();
			throw reason;
		}
	}

	/** The slot goes straight to the next in line, so that nobody who asks later can slip in between. */
	#release(): void {
		const [next] = this.#waiting;
		if (next === undefined) {
			this.#free++;
			return;
		}
		this.#waiting.delete(next);
		next();
	}
}

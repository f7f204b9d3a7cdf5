/** Admits at most `count` holders at a time, in the order in which they asked. */
export class Slots {
	#free: number;
	readonly #waiting = new Set<() => void>();

	constructor(count: number) {
		this.#free = count;
	}

	/** Runs `work` in a slot. While it waits for one, an abort rejects with `signal.reason`. */
	async use<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
		await this.#take(signal);
		try {
			return await work();
		} finally {
			this.#release();
		}
	}

	async #take(signal: AbortSignal): Promise<void> {
		signal.throwIfAborted();
		if (this.#free > 0) {
			this.#free--;
			return;
		}
		await new Promise<void>((resolve, reject) => {
			const onAbort = () => {
				this.#waiting.delete(admit);
				reject(signal.reason);
			};
			const admit = () => {
				signal.removeEventListener('abort', onAbort);
				resolve();
			};
			signal.addEventListener('abort', onAbort, { once: true });
			this.#waiting.add(admit);
		});
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

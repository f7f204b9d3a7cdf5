interface Sleeper {
	/** Milliseconds since 1970, by the stage's clock. */
	readonly until: number;
	readonly wake: () => void;
}

/**
 * The time of one schedule, and the order of what happens in it. Neither depends on the machine: real work (requests to
 * the emulator, hashing, storage) is done one piece after another while the clock stands still, and only when nothing is
 * left to do does it jump to whoever sleeps the shortest. All that the core awaits is a promise chain of its own, which has
 * run to its end before a turn of the event loop (`loadChunks` sees to that), or a port's call, which passes here. So a
 * schedule plays the same on a slow machine and on a fast one, and a seed plays the same schedule again.
 *
 * Where nothing is left to do and nobody sleeps, nothing will ever happen: that is what a hang looks like here.
 */
export class Stage {
	#now = 1_700_000_000_000;
	readonly #works: (() => Promise<void>)[] = [];
	readonly #sleepers = new Set<Sleeper>();

	/** Milliseconds since 1970. */
	get now(): number {
		return this.#now;
	}

	/** Does real work, once all that was asked for before is done. */
	run<T>(work: () => Promise<T>): Promise<T> {
		return new Promise((resolve, reject) => {
			this.#works.push(async () => {
				try {
					resolve(await work());
				} catch (error) {
					reject(error);
				}
			});
		});
	}

	/** Calls `wake` in so many milliseconds. The function answered takes it back. */
	after(ms: number, wake: () => void): () => void {
		const sleeper = { until: this.#now + Math.max(ms, 0), wake };
		this.#sleepers.add(sleeper);
		return () => this.#sleepers.delete(sleeper);
	}

	sleep(ms: number): Promise<void> {
		return new Promise((resolve) => {
			this.after(ms, resolve);
		});
	}

	/** Plays until it is over, nothing can happen any more, or so much time has passed. */
	async until(isOver: () => boolean, limitMs: number): Promise<'over' | 'stalled' | 'late'> {
		const end = this.#now + limitMs;
		for (;;) {
			await this.#settle();
			if (isOver()) return 'over';
			const next = this.#next();
			if (next === undefined) return 'stalled';
			if (next.until > end) return 'late';
			this.#sleepers.delete(next);
			this.#now = Math.max(this.#now, next.until);
			next.wake();
		}
	}

	/** Lets time pass, and all happen that happens in it. */
	async pass(ms: number): Promise<void> {
		const end = this.#now + ms;
		await this.until(() => false, ms);
		this.#now = end;
	}

	#next(): Sleeper | undefined {
		let next: Sleeper | undefined;
		for (const sleeper of this.#sleepers) {
			if (next === undefined || sleeper.until < next.until) next = sleeper;
		}
		return next;
	}

	async #settle(): Promise<void> {
		for (;;) {
			const work = this.#works.shift();
			if (work !== undefined) await work();
			else {
				await new Promise((resolve) => setImmediate(resolve));
				if (this.#works.length === 0) return;
			}
		}
	}
}

/** Chance that a seed determines: 0 (inclusive) to 1 (exclusive). */
export function seeded(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** A promise that never settles. */
export const never = <T>(): Promise<T> => new Promise<T>(() => {});

import { wait } from '../wait.js';

/** Who may have something, one after another, by its id. */
export class LockQueue {
	/** By id, for each that somebody has: those who wait for it. */
	readonly #waiting = new Map<string, Set<() => void>>();

	/** Those that somebody has. */
	get ids(): Iterable<string> {
		return this.#waiting.keys();
	}

	has(id: string): boolean {
		return this.#waiting.has(id);
	}

	/** Whether nobody had it. */
	take(id: string): boolean {
		if (this.#waiting.has(id)) return false;
		this.#waiting.set(id, new Set());
		return true;
	}

	/** Takes it when it is this one's turn; rejects with `signal.reason` when aborted first. */
	async takeNext(id: string, signal: AbortSignal): Promise<void> {
		signal.throwIfAborted();
		if (this.take(id)) return;
		let isGiven = false;
		try {
			await wait<void>(signal, (resolve) => {
				const give = () => {
					isGiven = true;
					resolve();
				};
				this.#waiting.get(id)?.add(give);
				return () => this.#waiting.get(id)?.delete(give);
			});
		} catch (error) {
			// Given in the moment of the abort.
			if (isGiven) this.end(id);
			throw error;
		}
	}

	/** Whoever has waited longest is next. */
	end(id: string): void {
		const [next] = this.#waiting.get(id) ?? [];
		if (!next) {
			this.#waiting.delete(id);
			return;
		}
		this.#waiting.get(id)?.delete(next);
		next();
	}
}

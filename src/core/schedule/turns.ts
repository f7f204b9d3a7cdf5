import { abortable } from '../../base/abortable.js';

/** Works of one name are done one after another. */
export class Turns {
	readonly #latest = new Map<string, Promise<unknown>>();

	/** Runs `work` when all works of this name that came before have settled. */
	async take<T>(name: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
		const before = this.#latest.get(name);
		const turn = abortable(signal, before ?? Promise.resolve()).then(work);
		// One that is aborted while it waits must not let the next one overtake those before it.
		const ended = Promise.allSettled([before, turn]);
		this.#latest.set(name, ended);
		try {
			return await turn;
		} finally {
			if (this.#latest.get(name) === ended) this.#latest.delete(name);
		}
	}
}

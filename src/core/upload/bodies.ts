import { abortable } from '../../base/abortable.js';

/** Bytes of files that are in memory at a time to be sent; more only where a single part is larger. */
const MAX_IN_MEMORY = 256 * 1024 * 1024;

/** What shows that bytes of the file did not go out from the disk. Two hints are as good as a proof. */
export const HINT = 1;
export const PROOF = 2;

/**
 * How bytes of files go out, over all uploads of a page: from the disk, or from memory where the browser does not send them
 * from there. By public reports Safari 26 is such a one: parts of a file hang, or arrive empty.
 */
export class Bodies {
	#evidence = 0;
	/** Bytes. */
	#inMemory = 0;
	readonly #waiting = new Set<() => void>();

	/** Whether whatever is sent from now on goes out from memory. */
	get areFromMemory(): boolean {
		return this.#evidence >= PROOF;
	}

	/** What had not gone out from the disk went out from memory. True once: when that was the last that it took. */
	wentOut(evidence: number): boolean {
		if (this.areFromMemory) return false;
		this.#evidence += evidence;
		return this.areFromMemory;
	}

	/** Runs `work`, which brings `size` bytes into memory, when there is room for them: first come, first served. */
	async inMemory<T>(size: number, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
		while (this.#inMemory > 0 && this.#inMemory + size > MAX_IN_MEMORY) await this.#change(signal);
		this.#inMemory += size;
		try {
			// A read that hangs gives its room back.
			return await abortable(signal, work());
		} finally {
			this.#inMemory -= size;
			for (const wake of [...this.#waiting]) wake();
		}
	}

	async #change(signal: AbortSignal): Promise<void> {
		let wake = () => {};
		const changed = new Promise<void>((resolve) => {
			wake = resolve;
		});
		this.#waiting.add(wake);
		await abortable(signal, changed).finally(() => this.#waiting.delete(wake));
	}
}

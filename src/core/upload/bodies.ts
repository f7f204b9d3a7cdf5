import { abortable } from '../../base/abortable.js';
import { Latch } from '../../base/latch.js';

/** Bytes of files that are in memory at a time to be sent; more only where a single part is larger. */
const MAX_IN_MEMORY = 256 * 1024 * 1024;

/** What shows that bytes of the file did not go out from the disk. Two hints are as good as a proof. */
export const HINT = 1;
export const PROOF = 2;

/** Whether bytes of a file go out from the disk as they do from memory was asked at this moment, of the monotonic clock. */
export interface Comparison {
	readonly beganAt: number;
	/** Never rejects. */
	readonly ended: Promise<void>;
}

/**
 * How bytes of files go out, over all uploads of a page: from the disk, or from memory where the browser does not send them
 * from there. By public reports Safari 26 is such a one: parts of a file hang, or arrive empty.
 */
export class Bodies {
	/** A body from the disk has been answered as it should be. */
	haveLeftDisk = false;
	/** The latest. */
	comparison: Comparison | undefined;
	#evidence = 0;
	#isTold = false;
	/** Bytes. */
	#inMemory = 0;
	/** Opens when something has left memory. */
	#freed = new Latch();

	/** Whether whatever is sent from now on goes out from memory. */
	get areFromMemory(): boolean {
		return this.#evidence >= PROOF;
	}

	/** It was compared: bytes go out from memory, and not from the disk. */
	prove(): void {
		this.#evidence = PROOF;
	}

	/** What had not gone out from the disk went out from memory. True once: when no more was needed to prove it. */
	wentOut(evidence: number): boolean {
		if (this.#isTold) return false;
		this.#evidence += evidence;
		this.#isTold = this.areFromMemory;
		return this.#isTold;
	}

	/** Runs `work`, which brings `size` bytes into memory, when there is room for them: first come, first served. */
	async inMemory<T>(size: number, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
		while (this.#inMemory > 0 && this.#inMemory + size > MAX_IN_MEMORY) {
			await abortable(signal, this.#freed.wait());
		}
		this.#inMemory += size;
		try {
			// A read that hangs gives its room back.
			return await abortable(signal, work());
		} finally {
			this.#inMemory -= size;
			this.#freed.open();
			this.#freed = new Latch();
		}
	}
}

import { abortable } from '../../base/abortable.js';
import { Latch } from '../../base/latch.js';

/** Bytes of files that are in memory at a time to be sent; more only where a single part is larger. */
const MAX_IN_MEMORY = 256 * 1024 * 1024;

/** What shows that bytes of the file did not go out from the disk: one that hung; one that did while others were answered. */
export const HINT = 1;
/** OSS refused them by their MD5: they may have gone out empty, but a line that changes bytes shows the same. */
export const REFUSED: number = HINT / 4;
export const STRONG_HINT = 2;
/** They arrived empty, or were compared. */
export const PROOF: number = Number.POSITIVE_INFINITY;
/** A connection may die on any line: where so many bodies left the disk well, as much more is asked of hints. */
const WELL = 10;

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
	/** The latest. */
	comparison: Comparison | undefined;
	/** Bodies from the disk that were answered as they should be. */
	#leftDisk = 0;
	#evidence = 0;
	#areFromMemory = false;
	#isTold = false;
	/** Bytes. */
	#inMemory = 0;
	/** Opens when something has left memory. */
	#freed = new Latch();
	/** Opens when the last in the queue for memory has got it, or has given up. */
	#queue = new Latch();

	constructor() {
		this.#queue.open();
	}

	/** Whether whatever is sent from now on goes out from memory. */
	get areFromMemory(): boolean {
		return this.#areFromMemory;
	}

	get haveLeftDisk(): boolean {
		return this.#leftDisk > 0;
	}

	leftDisk(): void {
		this.#leftDisk++;
	}

	/** Bytes do not go out from the disk. */
	prove(): void {
		this.#areFromMemory = true;
	}

	/** What had not gone out from the disk went out from memory. True once: when no more was needed to prove it. */
	wentOut(evidence: number): boolean {
		if (this.#isTold) return false;
		this.#evidence += evidence;
		this.#areFromMemory ||= this.#evidence >= STRONG_HINT * (1 + this.#leftDisk / WELL);
		this.#isTold = this.#areFromMemory;
		return this.#isTold;
	}

	/** Runs `work`, which brings `size` bytes into memory, when there is room for them: first come, first served. */
	async inMemory<T>(size: number, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
		await this.#enter(size, signal);
		try {
			// A read that hangs gives its room back.
			return await abortable(signal, work());
		} finally {
			this.#inMemory -= size;
			this.#freed.open();
			this.#freed = new Latch();
		}
	}

	async #enter(size: number, signal: AbortSignal): Promise<void> {
		const before = this.#queue;
		const entered = new Latch();
		this.#queue = entered;
		try {
			await abortable(signal, before.wait());
			while (this.#inMemory > 0 && this.#inMemory + size > MAX_IN_MEMORY) {
				await abortable(signal, this.#freed.wait());
			}
			this.#inMemory += size;
		} finally {
			// One that gives up lets nobody past those before it.
			void before.wait().then(() => entered.open());
		}
	}
}

import { Turns } from '../schedule/turns.js';

interface PassedBy {
	/** Bytes of the file. */
	readonly size: number;
	readonly warn: () => void;
}

/**
 * Has the key functions of one uploader asked in order. Calls of one content are asked one after another, each when the
 * one before has claimed its upload, so that two equal files that were interrupted both go on.
 *
 * It also knows which unfinished uploads the answers passed by: whoever answers random keys never resumes, and is told.
 * That may be said only once no call is left that could still claim them: two equal files have two keys.
 */
export class KeyAsking {
	readonly #turns = new Turns();
	/** Calls that have not claimed yet, by the size of their file: of two equal files only the size is known at once. */
	readonly #undecided = new Map<number, number>();
	readonly #passedBy = new Map<string, PassedBy>();
	readonly #warned = new Set<string>();

	/** A call begins that will ask its function. The function answered is called when it has claimed, or has ended. */
	enter(size: number): () => void {
		this.#undecided.set(size, (this.#undecided.get(size) ?? 0) + 1);
		let isIn = true;
		return () => {
			if (!isIn) return;
			isIn = false;
			this.#leave(size);
		};
	}

	/** Runs `work` when all works of this fingerprint that came before have settled. */
	inTurn<T>(fingerprint: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
		return this.#turns.take(fingerprint, signal, work);
	}

	claimed(checkpointId: string): void {
		this.#passedBy.delete(checkpointId);
	}

	passedBy(checkpointId: string, passed: PassedBy): void {
		if (!this.#warned.has(checkpointId)) this.#passedBy.set(checkpointId, passed);
	}

	#leave(size: number): void {
		const left = (this.#undecided.get(size) ?? 1) - 1;
		if (left > 0) {
			this.#undecided.set(size, left);
			return;
		}
		this.#undecided.delete(size);
		for (const [checkpointId, passed] of [...this.#passedBy]) {
			if (passed.size !== size) continue;
			this.#passedBy.delete(checkpointId);
			this.#warned.add(checkpointId);
			passed.warn();
		}
	}
}

/** Requests of a task that were sent again, and whether it moves on all the same. */
export class Retries {
	count = 0;
	#inVain = 0;
	/** Bytes that had been on their way at most. */
	#reached = 0;

	/** Nothing has moved since attempts began to fail. One alone is no news. */
	get areInVain(): boolean {
		return this.#inVain > 1;
	}

	add(): void {
		this.count++;
		this.#inVain++;
	}

	/** What is sent once more is no way ahead. */
	reach(loaded: number): void {
		if (loaded > this.#reached) this.moved();
		this.#reached = Math.max(this.#reached, loaded);
	}

	moved(): void {
		this.#inVain = 0;
	}
}

/** Milliseconds in which what was taken away comes back. */
const UNDO_MS = 8000;

/** Something that happens after some seconds, unless it is taken back. */
export class Undo {
	#timer: ReturnType<typeof setTimeout> | undefined;

	get isOpen(): boolean {
		return this.#timer !== undefined;
	}

	begin(action: () => void): void {
		this.end();
		this.#timer = setTimeout(() => {
			this.#timer = undefined;
			action();
		}, UNDO_MS);
	}

	/** It does not happen. */
	end(): void {
		clearTimeout(this.#timer);
		this.#timer = undefined;
	}
}

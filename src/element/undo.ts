import { noteLeft } from './left.js';

/** Milliseconds in which what was taken away comes back. */
const UNDO_MS = 8000;

/** An upload that is dropped after some seconds, or when the page is left, unless that is taken back. */
export class Undo {
	#open: AbortController | undefined;

	get isOpen(): boolean {
		return this.#open !== undefined;
	}

	/** `idOf`: of the upload that OSS holds parts of, if there is one. */
	begin(drop: () => void, idOf: () => string | undefined): void {
		this.end();
		const open = new AbortController();
		this.#open = open;
		const { signal } = open;
		const finish = () => {
			this.end();
			drop();
		};
		const timer = setTimeout(finish, UNDO_MS);
		signal.addEventListener('abort', () => clearTimeout(timer));
		const onLeave = () => {
			const id = idOf();
			if (id !== undefined) noteLeft(id);
			// The page may be kept, and come back.
			finish();
		};
		globalThis.addEventListener?.('pagehide', onLeave, { signal });
	}

	/** It does not happen. */
	end(): void {
		this.#open?.abort();
		this.#open = undefined;
	}
}

import { noteLeft } from './left.js';

/** Milliseconds in which what was taken away comes back. */
const UNDO_MS = 8000;

/** An upload that is dropped after some seconds, or when the page is left, unless that is taken back. */
export class Undo {
	#open: AbortController | undefined;

	get isOpen(): boolean {
		return this.#open !== undefined;
	}

	/** `drop` answers the id of an upload that the next visit has to drop, should this page have no time for it. */
	begin(drop: () => string | undefined): void {
		this.end();
		const open = new AbortController();
		this.#open = open;
		const { signal } = open;
		const finish = () => {
			this.end();
			return drop();
		};
		const timer = setTimeout(finish, UNDO_MS);
		signal.addEventListener('abort', () => clearTimeout(timer));
		const onLeave = () => {
			// At once, as the page may be kept, and come back.
			const id = finish();
			if (id !== undefined) noteLeft(id);
		};
		globalThis.addEventListener?.('pagehide', onLeave, { signal });
	}

	/** It does not happen. */
	end(): void {
		this.#open?.abort();
		this.#open = undefined;
	}
}

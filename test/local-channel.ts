import type { TabChannel } from '../src/core/ports.js';

/** A channel without tabs: what is said is heard a moment later, by all who listen. */
export class LocalChannel implements TabChannel {
	readonly #listeners = new Set<(message: unknown) => void>();
	readonly #followed: string[] = [];
	/** Everything that was said. */
	readonly said: object[] = [];

	post(message: object): void {
		this.said.push(message);
		queueMicrotask(() => this.tell(structuredClone(message)));
	}

	/** As if another tab had said it. */
	tell(message: unknown): void {
		for (const listener of [...this.#listeners]) listener(message);
	}

	listen(listener: (message: unknown) => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	follow(id: string): () => void {
		this.#followed.push(id);
		return () => this.#followed.splice(this.#followed.indexOf(id), 1);
	}

	isFollowed(id: string): boolean {
		return this.#followed.includes(id);
	}
}

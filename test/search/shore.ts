import type { Connectivity } from '../../src/core/ports.js';

/** A network that can be left and reached again. */
export class Shore implements Connectivity {
	#isOnline = true;
	readonly #waiting = new Set<() => void>();

	isOnline(): boolean {
		return this.#isOnline;
	}

	whenOnline(signal: AbortSignal): Promise<void> {
		if (this.#isOnline) return Promise.resolve();
		return new Promise((resolve, reject) => {
			if (signal.aborted) return reject(signal.reason);
			this.#waiting.add(resolve);
			signal.addEventListener('abort', () => reject(signal.reason), { once: true });
		});
	}

	leave(): void {
		this.#isOnline = false;
	}

	land(): void {
		this.#isOnline = true;
		for (const resolve of this.#waiting) resolve();
		this.#waiting.clear();
	}
}

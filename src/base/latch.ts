/** Something that happens once. Nothing is kept for those who do not wait for it. */
export class Latch {
	#isOpen = false;
	#promise: Promise<void> | undefined;
	#resolve: (() => void) | undefined;

	/** Resolves when it has happened. */
	wait(): Promise<void> {
		this.#promise ??= this.#isOpen
			? Promise.resolve()
			: new Promise((resolve) => {
					this.#resolve = resolve;
				});
		return this.#promise;
	}

	open(): void {
		this.#isOpen = true;
		this.#resolve?.();
	}
}

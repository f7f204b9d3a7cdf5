/** Milliseconds after which the page gets its turn. */
const TURN_MS = 8;

/** Thousands of files come at once: the page gets its turn in between. */
export class Turns {
	#began = performance.now();
	#line = Promise.resolve();

	/** Resolves for one after the other, as they asked. */
	next(): Promise<void> {
		this.#line = this.#line.then(() => (this.isOver ? this.rest() : undefined));
		return this.#line;
	}

	get isOver(): boolean {
		return performance.now() - this.#began >= TURN_MS;
	}

	async rest(): Promise<void> {
		await macrotask();
		this.#began = performance.now();
	}
}

/** Unlike a timer it is not held up in a tab that nobody looks at. */
const macrotask = (): Promise<void> =>
	new Promise((resolve) => {
		const { port1, port2 } = new MessageChannel();
		port1.onmessage = () => {
			port1.close();
			resolve();
		};
		port2.postMessage(undefined);
	});

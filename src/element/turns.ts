/** Milliseconds after which the page gets its turn. */
const TURN_MS = 8;

/** Thousands of files come at once: the page gets its turn in between. */
export async function inTurns<T>(all: readonly T[], act: (each: T, index: number) => void): Promise<void> {
	let began = performance.now();
	for (const [index, each] of all.entries()) {
		act(each, index);
		if (performance.now() - began < TURN_MS) continue;
		await macrotask();
		began = performance.now();
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

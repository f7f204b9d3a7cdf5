/** As long as a message is on its way: what nobody refers to might be collected before it comes. */
const waiting = new Set<MessagePort>();

/**
 * Resolves in another task, behind those that wait already: input and messages go first. `setTimeout` would wait 4 ms, and
 * in a hidden tab a second.
 */
export const turn = (): Promise<void> =>
	new Promise((resolve) => {
		const { port1, port2 } = new MessageChannel();
		waiting.add(port1);
		port1.onmessage = () => {
			waiting.delete(port1);
			port1.close();
			resolve();
		};
		port2.postMessage(undefined);
	});

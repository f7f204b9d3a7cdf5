import { settle } from '../../manual-clock.js';

/** What surfaces as an uncaught error while `work` runs and settles. */
export async function uncaughtIn(work: () => unknown): Promise<readonly unknown[]> {
	const uncaught: unknown[] = [];
	const handlers = process.listeners('uncaughtException');
	process.removeAllListeners('uncaughtException');
	process.on('uncaughtException', (error) => uncaught.push(error));
	try {
		await work();
		await settle();
	} finally {
		process.removeAllListeners('uncaughtException');
		for (const handler of handlers) process.on('uncaughtException', handler);
	}
	return uncaught;
}

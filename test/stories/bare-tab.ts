import { once } from 'node:events';
import WebSocket from 'ws';

/** A tab without a driver that keeps it in the foreground, as playwright does: one that can be hidden, and so frozen. */
export interface BareTab {
	/** What `code` makes of `argument`, both of which cross as text. */
	evaluate<T, A>(code: (argument: A) => T | Promise<T>, argument: A): Promise<T>;
	send(method: string, params?: object): Promise<unknown>;
	/** Before all other tabs of its window. */
	show(): Promise<void>;
}

export async function openBareTab(debuggerUrl: string, url: string): Promise<BareTab> {
	const { host } = new URL(debuggerUrl);
	const opened = await fetch(`http://${host}/json/new?${encodeURIComponent(url)}`, { method: 'PUT' });
	const { id, webSocketDebuggerUrl } = (await opened.json()) as { id: string; webSocketDebuggerUrl: string };
	const socket = new WebSocket(webSocketDebuggerUrl);
	await once(socket, 'open');
	const waiting = new Map<number, (message: { result?: unknown; error?: { message: string } }) => void>();
	socket.on('message', (data) => {
		const message = JSON.parse(String(data));
		waiting.get(message.id)?.(message);
	});
	let lastId = 0;
	const send = (method: string, params: object = {}): Promise<unknown> =>
		new Promise((resolve, reject) => {
			const number = ++lastId;
			waiting.set(number, ({ result, error }) => {
				waiting.delete(number);
				if (error) reject(new Error(`${method}: ${error.message}`));
				else resolve(result);
			});
			socket.send(JSON.stringify({ id: number, method, params }));
		});
	return {
		send,
		async evaluate(code, argument) {
			const expression = `(${code})(${JSON.stringify(argument)})`;
			const answer = await send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
			const { result, exceptionDetails } = answer as { result: { value: never }; exceptionDetails?: object };
			if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails));
			return result.value;
		},
		async show() {
			await fetch(`http://${host}/json/activate/${id}`);
		},
	};
}

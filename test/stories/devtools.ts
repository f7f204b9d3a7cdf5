import WebSocket from 'ws';

/** Asks something of a page by the DevTools protocol. */
export type Ask = <T>(method: string, params?: object) => Promise<T>;

/** Opens a page; answers the address at which it is asked. No client is attached to it meanwhile. */
export async function openBarePage(debuggerUrl: string, url: string): Promise<string> {
	const address = `http://${new URL(debuggerUrl).host}/json/new?${encodeURIComponent(url)}`;
	const opened = await fetch(address, { method: 'PUT' });
	const { webSocketDebuggerUrl } = (await opened.json()) as { webSocketDebuggerUrl: string };
	return webSocketDebuggerUrl;
}

/** A client is attached to the page for as long as `conversation` takes: while one is, the page may be slower. */
export async function talkTo<T>(address: string, conversation: (ask: Ask) => Promise<T>): Promise<T> {
	const socket = new WebSocket(address);
	await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
	let lastId = 0;
	const ask: Ask = (method, params = {}) => {
		const id = ++lastId;
		return new Promise((resolve, reject) => {
			const listen = (data: WebSocket.RawData) => {
				const message = JSON.parse(String(data));
				if (message.id !== id) return;
				socket.off('message', listen);
				if (message.error) reject(new Error(`${method}: ${message.error.message}`));
				else resolve(message.result);
			};
			socket.on('message', listen);
			socket.send(JSON.stringify({ id, method, params }));
		});
	};
	try {
		return await conversation(ask);
	} finally {
		const closed = new Promise((resolve) => socket.once('close', resolve));
		socket.close();
		await closed;
	}
}

/** What an expression of the page comes to, as JSON; of a promise, what it resolves with. */
export async function answerOf<T>(ask: Ask, expression: string): Promise<T> {
	const options = { expression, awaitPromise: true, returnByValue: true };
	const { result } = await ask<{ result: { value: T } }>('Runtime.evaluate', options);
	return result.value;
}

/** Drags files and folders of the disk over the page, and drops them there: as the system does, not as a script. */
export async function dropPaths(ask: Ask, x: number, y: number, files: readonly string[]): Promise<void> {
	const data = { items: [], files, dragOperationsMask: 1 };
	for (const type of ['dragEnter', 'dragOver', 'drop']) {
		await ask('Input.dispatchDragEvent', { type, x, y, data });
	}
}

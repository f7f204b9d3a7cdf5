import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import WebSocket from 'ws';
import { launchBrowser } from '../test/stories/browser.js';
import { inGroup, type ProcessFigures, watchProcesses } from './processes.js';

/** So that `performance.memory` in the page is exact and not rounded to buckets. */
const PRECISE_MEMORY = '--enable-precise-memory-info';

export interface Visitor {
	/**
	 * Opens the page, and once `loaded`, picks the files by their paths, as a person does. The DevTools client that does
	 * it has gone when this resolves: while one is attached, Chromium may copy the bodies of requests.
	 */
	visit(url: string, loaded: Promise<void>, files: readonly string[]): Promise<void>;
	/** Begins to watch the memory and processor time of all its processes; the result ends it. */
	watch(): () => Promise<ProcessFigures>;
	/** As a crash would; the profile stays. */
	kill(): Promise<void>;
	close(): Promise<void>;
}

/** A browser on a profile of its own: the one given, or a new one. */
export async function startVisitor(givenProfile?: string, flags: readonly string[] = []): Promise<Visitor> {
	const profile = givenProfile ?? (await newProfile());
	const { pid, debuggerUrl, end } = await launchBrowser(profile, [PRECISE_MEMORY, ...flags]);
	return {
		async visit(url, loaded, files) {
			const address = new URL(debuggerUrl);
			const opened = await fetch(`http://${address.host}/json/new?${encodeURIComponent(url)}`, {
				method: 'PUT',
			});
			const { webSocketDebuggerUrl } = (await opened.json()) as { webSocketDebuggerUrl: string };
			await loaded;
			await pickFiles(webSocketDebuggerUrl, files);
		},
		watch: () => watchProcesses(inGroup(pid)),
		kill: () => end('SIGKILL'),
		async close() {
			await end('SIGKILL');
			if (givenProfile === undefined) await rm(profile, { recursive: true, force: true, maxRetries: 5 });
		},
	};
}

export const newProfile = (): Promise<string> => mkdtemp(join(tmpdir(), 'bench-profile-'));

async function pickFiles(debuggerUrl: string, files: readonly string[]): Promise<void> {
	const socket = new WebSocket(debuggerUrl);
	await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
	let lastId = 0;
	const send = <T>(method: string, params: object = {}): Promise<T> => {
		const id = ++lastId;
		const answered = new Promise<T>((resolve, reject) => {
			const listen = (data: WebSocket.RawData) => {
				const message = JSON.parse(String(data));
				if (message.id !== id) return;
				socket.off('message', listen);
				if (message.error) reject(new Error(`${method}: ${message.error.message}`));
				else resolve(message.result);
			};
			socket.on('message', listen);
		});
		socket.send(JSON.stringify({ id, method, params }));
		return answered;
	};
	const { root } = await send<{ root: { nodeId: number } }>('DOM.getDocument');
	const { nodeId } = await send<{ nodeId: number }>('DOM.querySelector', {
		nodeId: root.nodeId,
		selector: 'input',
	});
	await send('DOM.setFileInputFiles', { nodeId, files });
	const closed = new Promise((resolve) => socket.once('close', resolve));
	socket.close();
	await closed;
}

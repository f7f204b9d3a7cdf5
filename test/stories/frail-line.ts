import { connect, createServer, type Socket } from 'node:net';
import { urlOf } from '../served.js';

/** A line to a server that can be cut, while the browser believes that it is online. */
export interface FrailLine {
	readonly url: string;
	/** What is on its way is lost, and nothing gets through any more. */
	cut(): void;
	mend(): void;
	close(): Promise<void>;
}

export async function frailLineTo(target: string): Promise<FrailLine> {
	const { hostname, port } = new URL(target);
	const open = new Set<Socket>();
	let isCut = false;
	const server = createServer((near) => {
		if (isCut) {
			near.destroy();
			return;
		}
		const far = connect(Number(port), hostname);
		for (const [one, other] of [
			[near, far],
			[far, near],
		] as const) {
			open.add(one);
			one.pipe(other);
			one.on('error', () => {});
			one.on('close', () => {
				open.delete(one);
				other.destroy();
			});
		}
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: urlOf(server).slice(0, -1),
		cut() {
			isCut = true;
			for (const socket of open) socket.destroy();
		},
		mend() {
			isCut = false;
		},
		async close() {
			for (const socket of open) socket.destroy();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

import type { Socket } from 'node:net';
import type { Profile } from './profile.js';

/** Timers are no more exact than this: shorter waits are saved up. */
const GRAIN_MS = 4;
/** What a timer that fired late may catch up with; a line that was idle longer has gained nothing by it. */
const CREDIT_MS = 8;

/** Makes reading as slow as a line: of each connection, and of all together. */
export function createThrottle(): {
	/** Resolves when `bytes` that have been read would have arrived over the line. */
	take(socket: Socket, bytes: number, profile: Profile): Promise<void>;
} {
	let lineDue = 0;
	const connectionDue = new WeakMap<Socket, number>();
	const advance = (due: number, bytes: number, rate: number): number =>
		rate > 0 ? Math.max(due, performance.now() - CREDIT_MS) + (bytes / rate) * 1000 : 0;
	return {
		async take(socket, bytes, { lineRate, connectionRate }) {
			lineDue = advance(lineDue, bytes, lineRate);
			const due = advance(connectionDue.get(socket) ?? 0, bytes, connectionRate);
			connectionDue.set(socket, due);
			const waitMs = Math.max(lineDue, due) - performance.now();
			if (waitMs > GRAIN_MS) await new Promise((resolve) => setTimeout(resolve, waitMs));
		},
	};
}

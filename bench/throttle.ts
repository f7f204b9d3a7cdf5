import type { Socket } from 'node:net';
import type { Profile } from './profile.js';

/** Timers are no more exact than this: shorter waits are saved up. */
const GRAIN_MS = 4;
/** What a timer that fired late may catch up with; a line that was idle longer has gained nothing by it. */
const CREDIT_MS = 8;

/**
 * When the last of `bytes` more would have arrived, in milliseconds; 0 where the rate, in bytes a second, is 0: nothing
 * holds them up.
 */
export const dueAfter = (due: number, bytes: number, rate: number, now: number): number =>
	rate > 0 ? Math.max(due, now - CREDIT_MS) + (bytes / rate) * 1000 : 0;

/** Makes reading as slow as a line: of each connection, and of all together. */
export function createThrottle(): {
	/** Resolves when `bytes` that have been read would have arrived over the line. */
	take(socket: Socket, bytes: number, profile: Profile): Promise<void>;
} {
	let lineDue = 0;
	const connectionDue = new WeakMap<Socket, number>();
	return {
		async take(socket, bytes, { lineRate, connectionRate }) {
			const now = performance.now();
			lineDue = dueAfter(lineDue, bytes, lineRate, now);
			const due = dueAfter(connectionDue.get(socket) ?? 0, bytes, connectionRate, now);
			connectionDue.set(socket, due);
			const waitMs = Math.max(lineDue, due) - now;
			if (waitMs > GRAIN_MS) await new Promise((resolve) => setTimeout(resolve, waitMs));
		},
	};
}

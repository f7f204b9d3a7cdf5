import type { Clock, TransportResponse } from '../core/ports.js';

/** OSS's clock as far as its answers have told: requests are signed and tokens expire by it. */
export interface ServerTime {
	/** Milliseconds since 1970. */
	now(): number;
	/** `sentAt` is by this machine's clock, `serverTime` from an error document. */
	learn(response: TransportResponse, serverTime: string | undefined, sentAt: number): void;
}

/** Milliseconds. Date counts whole seconds, and OSS bears a skew of 15 minutes. */
const TOLERANCE = 30_000;

export function createServerTime(clock: Clock): ServerTime {
	/** Milliseconds that OSS is ahead of this machine. */
	let skew = 0;
	return {
		now: () => clock.now() + skew,
		learn(response, serverTime, sentAt) {
			const exact = Date.parse(serverTime ?? '');
			const date = Date.parse(response.header('date') ?? '');
			const receivedAt = clock.now();
			if (exact) skew = exact - receivedAt;
			// Somewhere between sending and receiving was the moment: minutes apart for a Complete, hours if the machine slept.
			else if (date + TOLERANCE < sentAt + skew || date - TOLERANCE > receivedAt + skew)
				skew = date - receivedAt;
		},
	};
}

import type { Clock, TransportResponse } from '../core/ports.js';

/** OSS's clock as far as its answers have told: requests are signed and tokens expire by it. */
export interface ServerTime {
	/** Milliseconds since 1970. */
	now(): number;
	/** The past moment at which this machine's clock said `local`. */
	at(local: number): number;
	/**
	 * Whether OSS itself has told its time (a ServerTime): the clock is then right to a few seconds, and rather behind than
	 * ahead. A Date makes it no more than likely: it may be a proxy's, or a cache's.
	 */
	readonly isKnown: boolean;
	/** `sentAt` is by this machine's clock, `serverTime` from an error document. */
	learn(response: TransportResponse, serverTime: string | undefined, sentAt: number): void;
	/**
	 * A request goes out that was signed at this moment of the signer's clock, which is the better one where this machine's
	 * is wrong: OSS refuses what it would not bear. By a URL that was signed long ago OSS's clock seems behind, and an
	 * object that was written since then may pass for ours where its bytes are the same.
	 */
	signed(date: number): void;
}

/** Milliseconds. Date counts whole seconds, and OSS bears a skew of 15 minutes. */
const TOLERANCE = 30_000;

/** Milliseconds, ten years: a clock that is further off would have been noticed, so the answer is wrong. */
const MAX_SKEW = 10 * 365.25 * 24 * 60 * 60_000;

const ISO_8601 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

export function createServerTime(clock: Clock): ServerTime {
	/** Milliseconds that OSS is ahead of this machine. */
	let skew = 0;
	/** A ServerTime was believed: no Date teaches any more, since one that is wrong would have every request refused. */
	let isTaught = false;
	/** A Date was believed: what requests are signed with teaches no more. */
	let isDated = false;
	let isKnown = false;

	const isSensible = (time: number): boolean => Math.abs(time - clock.now()) <= MAX_SKEW;

	/** Whether the moment lies between sending and receiving: minutes apart for a Complete, hours if the machine slept. */
	const fits = (time: number, sentAt: number): boolean =>
		time + TOLERANCE >= sentAt + skew && time - TOLERANCE <= clock.now() + skew;

	const learnExact = (time: number, sentAt: number): void => {
		const receivedAt = clock.now();
		// The moment is known as well as the answer was quick; where the clock was set meanwhile, not at all.
		isKnown = Math.abs(receivedAt - sentAt) <= TOLERANCE;
		isTaught = true;
		if (isKnown || !fits(time, sentAt)) skew = time - receivedAt;
	};

	const learnLikely = (time: number, sentAt: number): void => {
		if (!fits(time, sentAt)) skew = time - clock.now();
	};

	return {
		now: () => clock.now() + skew,
		// The clock may have been set back since.
		at: (local) => Math.min(local, clock.now()) + skew,
		get isKnown() {
			return isKnown;
		},
		learn(response, serverTime = '', sentAt) {
			const exact = ISO_8601.test(serverTime) ? Date.parse(serverTime) : Number.NaN;
			if (isSensible(exact)) learnExact(exact, sentAt);
			// An answer that has an age comes from a cache, and its Date is as old.
			else if (!isTaught && !Number(response.header('age'))) {
				const date = Date.parse(response.header('date') ?? '');
				if (!isSensible(date)) return;
				isDated = true;
				learnLikely(date, sentAt);
			}
		},
		signed(date) {
			if (!isTaught && !isDated && isSensible(date)) learnLikely(date, clock.now());
		},
	};
}

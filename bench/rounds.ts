import { median } from './statistics.js';

/** How many rounds are measured: chance has more of a share in what is short. */
export interface Rounds {
	readonly ofLong: number;
	/** Where an upload takes less than five seconds. */
	readonly ofShort: number;
}

const SHORT_MS = 5000;

/** By what has been measured so far, milliseconds each. */
export const roundsFor = ({ ofLong, ofShort }: Rounds, times: readonly number[]): number =>
	median(times) < SHORT_MS ? ofShort : ofLong;

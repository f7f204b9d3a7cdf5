import { expect, test } from 'vitest';
import { roundsFor } from '../../bench/rounds.js';

test.each([
	[[4000, 4000, 9000], 5],
	[[4000, 5000, 5000], 3],
	[[], 3],
])('uploads of %j ms: %d rounds', (times, rounds) => {
	expect(roundsFor({ ofLong: 3, ofShort: 5 }, times)).toBe(rounds);
});

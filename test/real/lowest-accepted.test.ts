import { expect, test } from 'vitest';
import { lowestAccepted } from './lowest-accepted.js';

test.each([1, 2, 245_760, 819_199, 819_200])('%d is found in few tries', async (lowest) => {
	let tries = 0;
	const found = await lowestAccepted(819_200, async (value) => {
		tries++;
		return value >= lowest;
	});
	expect(found).toBe(lowest);
	expect(tries).toBeLessThanOrEqual(20);
});

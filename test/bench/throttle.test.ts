import { expect, test } from 'vitest';
import { LINE_2_MBIT } from '../../bench/profile.js';
import { dueAfter } from '../../bench/throttle.js';

test('bytes that come one after another are due as the rate says, however early they were read', () => {
	const first = dueAfter(1000, 500, 1000, 1000);
	expect(first).toBe(1500);
	expect(dueAfter(first, 500, 1000, 1001)).toBe(2000);
});

test('a line that was idle has gained no more than a few milliseconds', () => {
	expect(dueAfter(1000, 500, 1000, 60_000)).toBe(60_000 - 8 + 500);
});

test('without a rate nothing is ever due later', () => {
	expect(dueAfter(0, 1_000_000, 0, 5000)).toBe(0);
});

test('a MiB takes 4.2 seconds at 2 Mbit/s', () => {
	expect(dueAfter(0, 1024 * 1024, LINE_2_MBIT.lineRate, 0)).toBeCloseTo(4194, 0);
});

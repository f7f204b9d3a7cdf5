import { expect, test } from 'vitest';
import { median, medianRatio, mostWithin } from '../../bench/statistics.js';

test.each([
	[[3], 3],
	[[9, 1, 2], 2],
	[[10, 9, 1, 2], 5.5],
])('the median of %j is %d', (values, expected) => {
	expect(median(values)).toBe(expected);
});

test('of nothing there is no median', () => {
	expect(median([])).toBeNaN();
});

test('a ratio is taken round by round: a machine that slows down for one round counts for none', () => {
	expect(medianRatio([1, 10, 2], [2, 20, 4])).toBe(0.5);
	expect(medianRatio([1, 30, 2], [2, 20, 5])).toBe(0.5);
});

test.each([
	[[], 0],
	[[5], 1],
	[[0, 999], 2],
	[[0, 1000], 1],
	[[0, 900, 1100, 1800, 1850, 3000], 4],
])('of the moments %j at most %d lie within a second, wherever it begins', (moments, expected) => {
	expect(mostWithin(moments, 1000)).toBe(expected);
});

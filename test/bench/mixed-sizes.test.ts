import { expect, test } from 'vitest';
import { mixedSizes } from '../../bench/mixed-sizes.js';

const KiB = 1024;
const MiB = 1024 * KiB;

const countBetween = (from: number, to: number) =>
	mixedSizes(2000).filter((size) => size >= from && size < to).length;

test.each([1, 2, 7, 40, 2000])('%d files have as many sizes, each met once', (count) => {
	expect(new Set(mixedSizes(count)).size).toBe(count);
});

test('they reach from 1 KiB to 20 MiB', () => {
	const sizes = mixedSizes(2000);
	expect(Math.min(...sizes)).toBe(KiB);
	expect(Math.max(...sizes)).toBe(20 * MiB);
});

test('as many double once as double again', () => {
	expect(Math.abs(countBetween(KiB, 2 * KiB) - countBetween(MiB, 2 * MiB))).toBeLessThanOrEqual(1);
});

test('any twenty in a row hold small and large ones', () => {
	const sizes = mixedSizes(2000);
	for (let at = 0; at + 20 <= sizes.length; at++) {
		const some = sizes.slice(at, at + 20);
		expect(Math.min(...some)).toBeLessThan(8 * KiB);
		expect(Math.max(...some)).toBeGreaterThan(4 * MiB);
	}
});

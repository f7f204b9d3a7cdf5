import { KiB, MiB } from './units.js';

const SMALLEST = KiB;
const LARGEST = 20 * MiB;
/** Near the golden section of one: neighbours in the order are far apart in size. */
const STRIDE = 0.618;

/**
 * Sizes from 1 KiB to 20 MiB, as many from 1 to 2 KiB as from 1 to 2 MiB, the same ones at each call. Large and small
 * ones take turns, as in a folder that somebody drops.
 */
export function mixedSizes(count: number): number[] {
	const growth = LARGEST / SMALLEST;
	const sizeOf = (at: number) => Math.round(SMALLEST * growth ** (count > 1 ? at / (count - 1) : 0));
	const stride = coprimeNear(Math.round(count * STRIDE), count);
	return Array.from({ length: count }, (_, at) => sizeOf((at * stride) % count));
}

/** With a stride that has no divisor in common with the count, each is met once. */
function coprimeNear(wanted: number, count: number): number {
	const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
	let stride = Math.max(1, wanted);
	while (divisor(stride, count) !== 1) stride++;
	return stride;
}

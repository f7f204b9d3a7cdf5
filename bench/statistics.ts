/** The middle of the values; NaN of none. */
export function median(values: readonly number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = sorted.length / 2;
	const below = sorted[Math.ceil(middle) - 1] ?? Number.NaN;
	const above = sorted[Math.floor(middle)] ?? Number.NaN;
	return (below + above) / 2;
}

/** The median of `a / b`, round by round: what drifts from round to round does not count. */
export const medianRatio = (a: readonly number[], b: readonly number[]): number =>
	median(a.map((value, round) => value / (b[round] ?? Number.NaN)));

/** How many of the moments, in ascending order, lie within one window at most. */
export function mostWithin(moments: readonly number[], window: number): number {
	let most = 0;
	let first = 0;
	for (const [at, moment] of moments.entries()) {
		while (moment - (moments[first] ?? moment) >= window) first++;
		most = Math.max(most, at - first + 1);
	}
	return most;
}

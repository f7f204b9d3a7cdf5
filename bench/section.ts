/** One part of the results. */
export interface Section {
	readonly title: string;
	/** What was done, and what there is to see. */
	readonly text: string;
	readonly columns: readonly string[];
	readonly rows: readonly (readonly string[])[];
	readonly figures?: readonly Figure[];
}

/** A figure to reach. */
export interface Figure {
	readonly what: string;
	readonly must: string;
	readonly measured: string;
	readonly isReached: boolean;
}

export const atLeast = (what: string, must: number, measured: number, unit = ''): Figure => ({
	what,
	must: `at least ${must}${unit}`,
	measured: `${format(measured)}${unit}`,
	isReached: measured >= must,
});

export const atMost = (what: string, must: number, measured: number, unit = ''): Figure => ({
	what,
	must: `at most ${must.toLocaleString('en')}${unit}`,
	measured: `${format(measured)}${unit}`,
	isReached: measured <= must,
});

const format = (value: number): string =>
	Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(2);

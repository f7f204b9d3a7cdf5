/** The tables, by the names that `--only` takes, in the order of the results. */
export const TABLE_NAMES = [
	'loopback',
	'line',
	'far',
	'large',
	'many-parts',
	'fingerprints',
	'sizes',
	'interruptions',
	'part-sizes',
	'many-files',
	'first-progress',
	'fair-queue',
	'memory-of-waiting',
	'skip-same',
	'engines',
	'keep-copy',
] as const;

export type TableName = (typeof TABLE_NAMES)[number];

/** Those of `--only`, a comma between them; all of them when it was left out. */
export function tableNames(only: string | undefined): readonly TableName[] {
	if (only === undefined) return TABLE_NAMES;
	const wanted = only.split(',');
	const unknown = wanted.find((name) => !TABLE_NAMES.some((known) => known === name));
	if (unknown !== undefined) throw new Error(`There is no table ${unknown}: ${TABLE_NAMES.join(', ')}`);
	return TABLE_NAMES.filter((name) => wanted.includes(name));
}

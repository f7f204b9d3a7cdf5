import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { markdownTable, markedIn, withMarked } from '../marked-table.js';
import type { EngineName } from './port.js';

/*
 * What is left of an upload when its browser has been killed, in each engine: seen by the scenarios, kept in a file as long as
 * a run takes, and written into the documents after a run of all engines.
 */

const KEPT = fileURLToPath(new URL('../../test-results/survivals.json', import.meta.url));

const MARKS = {
	begin: '<!-- survivals: written by `npm run test:browsers` -->',
	end: '<!-- end of survivals -->',
};

/** How it goes on, in the words of the table. */
const OUTCOMES = {
	needed: 'goes on once it is picked again',
	copy: 'goes on from the copy',
	handle: 'goes on by the handle',
	follower: 'the other goes on',
} as const;

const ROWS = {
	'picked file': 'the browser, with a picked file',
	'picked file, copy': 'the same, with `keepCopy`',
	'recording, copy': 'with a recording, and `keepCopy`',
	handle: 'with a handle, and `keepCopy`',
	'followed tab': 'a tab that another one follows',
} as const;

export type Survivor = keyof typeof ROWS;
export type Survival = keyof typeof OUTCOMES;

type Kept = Partial<Record<EngineName, { version: string; survivals: Partial<Record<Survivor, Survival>> }>>;

const read = (): Kept => {
	try {
		return JSON.parse(readFileSync(KEPT, 'utf8'));
	} catch {
		return {};
	}
};

/** Nothing has been seen yet. */
export function forgetSurvivals(): void {
	keep({});
}

function keep(kept: Kept): void {
	mkdirSync(new URL('.', `file://${KEPT}`), { recursive: true });
	writeFileSync(KEPT, JSON.stringify(kept, undefined, '\t'));
}

/** A scenario has seen it. */
export function survived(engine: EngineName, version: string, what: Survivor, how: Survival): void {
	const kept = read();
	keep({ ...kept, [engine]: { version, survivals: { ...kept[engine]?.survivals, [what]: how } } });
}

/** As Markdown; undefined where not all was seen in all engines. */
export function survivalsTable(kept: Kept = read()): string | undefined {
	const engines = (['chromium', 'firefox', 'webkit'] as const).map((name) => kept[name]);
	const rows = (Object.keys(ROWS) as Survivor[]).map((what) => [
		ROWS[what],
		...engines.map((engine) => engine?.survivals[what]),
	]);
	const isWhole = rows.every((row) => row.every((cell) => cell !== undefined));
	if (!isWhole) return undefined;
	return markdownTable(
		['what ends in the middle', ...engines.map((engine) => engine?.version ?? '')],
		rows.map(([name = '', ...hows]) => [name, ...hows.map((how) => OUTCOMES[how as Survival])]),
	);
}

/** The document with this table between its marks. */
export const withSurvivals = (document: string, table: string): string => withMarked(document, MARKS, table);

/** What stands between the marks. */
export const survivalsIn = (document: string): string => markedIn(document, MARKS);

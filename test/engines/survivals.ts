import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
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

/** Nothing can be written into WebKitGTK's private files, and it has no others by a handle. */
const UNTRIED: Partial<Record<EngineName, readonly Survivor[]>> = { webkit: ['handle'] };

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
	mkdirSync(dirname(KEPT), { recursive: true });
	writeFileSync(KEPT, JSON.stringify(kept, undefined, '\t'));
}

/** A scenario has seen it. */
export function survived(engine: EngineName, version: string, what: Survivor, how: Survival): void {
	const kept = read();
	keep({ ...kept, [engine]: { version, survivals: { ...kept[engine]?.survivals, [what]: how } } });
}

/** As Markdown; undefined where not all was seen in all engines. */
export function survivalsTable(kept: Kept = read()): string | undefined {
	const engines = ['chromium', 'firefox', 'webkit'] as const;
	const cellOf = (engine: EngineName, what: Survivor) => {
		const how = kept[engine]?.survivals[what];
		if (how) return OUTCOMES[how];
		return UNTRIED[engine]?.includes(what) ? 'not tried' : undefined;
	};
	const rows: string[][] = [];
	for (const what of Object.keys(ROWS) as Survivor[]) {
		const cells = engines.map((engine) => cellOf(engine, what));
		if (!cells.every((cell) => cell !== undefined)) return undefined;
		rows.push([ROWS[what], ...cells]);
	}
	return markdownTable(
		['what ends in the middle', ...engines.map((name) => kept[name]?.version ?? name)],
		rows,
	);
}

/** The document with this table between its marks. */
export const withSurvivals = (document: string, table: string): string => withMarked(document, MARKS, table);

/** What stands between the marks. */
export const survivalsIn = (document: string): string => markedIn(document, MARKS);

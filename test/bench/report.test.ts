import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { assemble, tableFile } from '../../bench/report.js';
import { assembleKept } from '../../bench/results.js';
import { atLeast, type Section } from '../../bench/section.js';
import { TABLE_NAMES } from '../../bench/table-names.js';
import { readMarkdown, rowsOf } from '../markdown.js';

const fast: Section = {
	title: '(a) Fast',
	text: 'On a line.',
	columns: ['candidate', 's'],
	rows: [['ours', '1']],
	figures: [atLeast('rate', 0.9, 0.95), atLeast('share', 0.9, 0.85, ' %')],
};
const small: Section = { title: '(b) Small', text: 'Once.', columns: ['', 'bytes'], rows: [['ours', '2']] };

const old = { version: '0.1.0', date: '2026-11-25', machine: '2 × AMD EPYC, Chromium 156' };
const recent = { version: '0.2.0', date: '2026-12-01', machine: '8 × Apple M4, Chromium 158' };

test('a table begins with where it comes from; then come its figures and its sections', () => {
	expect(tableFile([fast, small], old)).toBe(`Measured with 0.1.0 on 2026-11-25: 2 × AMD EPYC, Chromium 156.

| figure | must | measured |  | with |
| --- | --- | --- | --- | --- |
| rate | at least 0.9 | 0.95 | reached | 0.1.0 |
| share | at least 0.9 % | 0.85 % | **missed** | 0.1.0 |

## (a) Fast

On a line.

| candidate | s |
| --- | --- |
| ours | 1 |

## (b) Small

Once.

|  | bytes |
| --- | --- |
| ours | 2 |
`);
});

test('the page has the figures of all tables in one, each with the version that it was measured with', () => {
	const page = readMarkdown(assemble([tableFile([fast], old), tableFile([fast], recent)]));
	expect(rowsOf(page.section('Figures to reach'), 'figure').map(([what, , , , by]) => [what, by])).toEqual([
		['rate', '0.1.0'],
		['share', '0.1.0'],
		['rate', '0.2.0'],
		['share', '0.2.0'],
	]);
});

test('each section of the page says where it comes from, below its title, and is otherwise as in its file', () => {
	const page = assemble([tableFile([small], old), tableFile([fast], recent)]);
	expect(page.slice(page.indexOf('## (b)'))).toBe(`## (b) Small

Measured with 0.1.0 on 2026-11-25: 2 × AMD EPYC, Chromium 156.

Once.

|  | bytes |
| --- | --- |
| ours | 2 |

## (a) Fast

Measured with 0.2.0 on 2026-12-01: 8 × Apple M4, Chromium 158.

On a line.

| candidate | s |
| --- | --- |
| ours | 1 |
`);
});

const kept = (path: string): string => fileURLToPath(new URL(`../../bench/${path}`, import.meta.url));

test('the page that is kept is made of the files of the tables, and no file is left out', async () => {
	expect(readFileSync(kept('results.md'), 'utf8')).toBe(await assembleKept());
	const files = readdirSync(kept('results')).map((file) => file.replace(/\.md$/, ''));
	expect(files.filter((name) => !TABLE_NAMES.some((known) => known === name))).toEqual([]);
});

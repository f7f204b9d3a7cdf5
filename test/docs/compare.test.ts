import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readMarkdown, rowsOf } from '../markdown.js';
import { docs, readPage, textOfPage } from './pages.js';

const results = readMarkdown(readFileSync(join(docs, '../bench/results.md'), 'utf8'));
const page = readPage('compare');

const measured = (heading: string): ReadonlyMap<string, readonly string[]> =>
	new Map(rowsOf(results.section(heading), 'candidate').map(([name = '', ...cells]) => [name, cells]));

/** "Measured with 0.2.0 on 2026-11-26", as the table itself says. */
const whenOf = (heading: string): string =>
	/Measured with \S+ on [\d-]+/.exec(results.section(heading))?.[0] ?? `no date of ${heading}`;

const TABLES = {
	'One large file': ['(a) 1,024 MiB on loopback'],
	'In three engines': ['(q) 512 MiB on loopback in three engines'],
	'A line far away': ['(c) 256 MiB over a wide-area line'],
	'Many small files': ['(i) 1,000 files of 20 KiB', '(j) 200 files of 1 MiB', '(k) 60 files of 3.5 MiB'],
	'Killed half-way': ['(g) Killed half-way through 256 MiB'],
} as const;

describe('figures are those that were measured', () => {
	test.each(Object.entries(TABLES))('%s: with that version, on that day', (heading, tables) => {
		for (const table of tables) expect(page.section(heading)).toContain(`${whenOf(table)}.`);
	});

	test.each([
		['One large file', 'MiB/s, rate and heap', [1, 2, 5]],
		['A line far away', 'MiB/s and rate', [1, 2]],
	] as const)('%s: %s', (heading, _, columns) => {
		const cells = measured(TABLES[heading][0]);
		for (const [name = '', ...written] of rowsOf(page.section(heading), 'candidate')) {
			const all = cells.get(name);
			expect([name, ...written.slice(0, columns.length)]).toEqual([name, ...columns.map((at) => all?.[at])]);
		}
	});

	test('In three engines', () => {
		const rows = rowsOf(results.section(TABLES['In three engines'][0]), 'engine');
		for (const [name = '', ...cells] of rowsOf(page.section('In three engines'), 'candidate')) {
			const rates = ['chromium', 'firefox', 'webkitgtk'].map(
				(engine) => rows.find(([of = '', each]) => of.toLowerCase().startsWith(engine) && each === name)?.[4],
			);
			expect([name, ...cells]).toEqual([name, ...rates]);
		}
	});

	test('Many small files', () => {
		const tables = TABLES['Many small files'].map(measured);
		for (const [name = '', ...cells] of rowsOf(page.section('Many small files'), 'candidate')) {
			expect([name, ...cells]).toEqual([name, ...tables.map((table) => table.get(name)?.[1])]);
		}
	});

	test('What a page loads: below the limit that holds, and the others as they were measured', () => {
		const sizes = new Map(rowsOf(results.section('(f) Sizes'), '').map(([name, bytes]) => [name, bytes]));
		const kb = (bytes: string | undefined) => Number(bytes?.replaceAll(',', '')) / 1024;
		const rows = rowsOf(page.section('What a page loads'), 'library');
		const [, own = '', worker = ''] = /^under (\d+), and (\d+) for/.exec(rows[0]?.[1] ?? '') ?? [];
		expect(kb(sizes.get('ours, all that a page loads by default'))).toBeLessThan(Number(own));
		expect(kb(sizes.get('ours, the worker beside it'))).toBeLessThan(Number(worker));
		for (const [name, written] of rows.slice(1)) {
			expect([name, written]).toEqual([name, String(Math.round(kb(sizes.get(name))))]);
		}
		expect(page.section('The elements, point by point')).toContain(`and the library's ${own} `);
	});

	test('Killed half-way', () => {
		const twice = measured(TABLES['Killed half-way'][0]);
		for (const [name = '', cell] of rowsOf(page.section('Killed half-way'), 'candidate')) {
			expect([name, cell]).toEqual([name, twice.get(name)?.[0]]);
		}
		expect(textOfPage('guide/how-resume-works')).toContain(`${twice.get('ours, crc64')?.[0]} MiB sent twice`);
	});
});

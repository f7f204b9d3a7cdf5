import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readMarkdown, rowsOf } from '../markdown.js';
import { docs, readPage } from './pages.js';

const results = readMarkdown(readFileSync(join(docs, '../bench/results.md'), 'utf8'));
const page = readPage('compare');

const measured = (heading: string): ReadonlyMap<string, readonly string[]> =>
	new Map(rowsOf(results.section(heading), 'candidate').map(([name = '', ...cells]) => [name, cells]));

describe('figures are those that were measured', () => {
	test.each([
		['One large file', '(a) 1,024 MiB on loopback'],
		['A line far away', '(c) 256 MiB over a wide-area line'],
	])('%s', (heading, table) => {
		const rates = measured(table);
		for (const [name = '', rate, ratio] of rowsOf(page.section(heading), 'candidate')) {
			const [, itsRate, itsRatio] = rates.get(name) ?? [];
			expect([name, rate, ratio]).toEqual([name, itsRate, itsRatio]);
		}
	});

	test('Many small files', () => {
		const tables = ['(i) 1,000 files of 20 KiB', '(j) 200 files of 1 MiB', '(k) 60 files of 3.5 MiB'].map(
			measured,
		);
		for (const [name = '', ...cells] of rowsOf(page.section('Many small files'), 'candidate')) {
			expect([name, ...cells]).toEqual([name, ...tables.map((table) => table.get(name)?.[1])]);
		}
	});

	test('Killed half-way', () => {
		const twice = measured('(g) Killed half-way through 256 MiB');
		for (const [name = '', cell] of rowsOf(page.section('Killed half-way'), 'candidate')) {
			expect([name, cell]).toEqual([name, twice.get(name)?.[0]]);
		}
	});
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { namesIn } from '../markdown.js';
import { wordsOf } from '../source-names.js';
import { docs, readPage, textOfPage } from './pages.js';

const page = readPage('guide/errors');
const codes = wordsOf('base/errors.ts', 'UploadErrorCode');

describe('by code', () => {
	test('the table has each code of the source, and no other', () => {
		expect([...namesIn(page.section('By code'), 'code')].sort()).toEqual([...codes].sort());
	});

	test('each code has words of its own, and no other', () => {
		const headings = [...textOfPage('guide/errors').matchAll(/^### `(\w+)`$/gm)].map(([, code = '']) => code);
		expect(headings.sort()).toEqual([...codes].sort());
	});
});

/** Names in the tables of `src/oss/next-step.ts`, which says what to do about a refusal. */
function namesOf(table: string): readonly string[] {
	const source = readFileSync(join(docs, '../src/oss/next-step.ts'), 'utf8');
	const [, rows = ''] = new RegExp(`const ${table}.*?new Map\\(\\[\\n(.*?)^\\]\\)`, 'ms').exec(source) ?? [];
	const names = [...rows.matchAll(/\[\s*'([\w-]+)'/g)].map(([, name = '']) => name);
	expect(names.length).toBeGreaterThan(5);
	return names;
}

const inTable = (heading: string, header: string): readonly string[] =>
	namesIn(page.section(heading), header).flatMap((cell) => cell.split(', '));

test('the table of fine codes has each that has words of its own, and no other', () => {
	expect([...inTable('By EC', 'ec')].sort()).toEqual([...namesOf('BY_EC')].sort());
});

test('the table of OSS’s codes has each that has words of its own', () => {
	const named = inTable('By OSS code', 'ossCode');
	expect(namesOf('BY_CODE').filter((code) => !named.includes(code))).toEqual([]);
});

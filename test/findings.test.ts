import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { textOfTests } from './text-of-tests.js';

const readme = readFileSync(fileURLToPath(new URL('./README.md', import.meta.url)), 'utf8');

/** The rows of the table in README.md: the number of a fault, and the files whose tests pin it. */
const rows = [...readme.matchAll(/^\| ([A-F]\d+) +\|[^|]*\|([^|]*)\|$/gm)].map(
	([, number = '', files = '']) => ({
		number,
		files: [...files.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file),
	}),
);

const numbers = (letter: string, last: number, ...later: number[]): string[] =>
	Array.from({ length: last }, (_, at) => at + 1)
		.filter((number) => !later.includes(number))
		.map((number) => `${letter}${number}`);

test('the table has a row for each fault', () => {
	expect(rows.map(({ number }) => number)).toEqual([
		...numbers('A', 6),
		...numbers('B', 12),
		...numbers('C', 13),
		...numbers('D', 9, 7),
		...numbers('E', 9),
		...numbers('F', 4),
	]);
});

test.each(rows)('$number is named by a title in each of its files', ({ number, files }) => {
	expect(files).not.toEqual([]);
	for (const file of files)
		expect(textOfTests(file)).toMatch(new RegExp(`\\[[^\\]]*\\b${number}\\b[^\\]]*\\]`));
});

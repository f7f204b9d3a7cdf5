import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const read = (path: string): string => readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8');

/** The rows of the table in README.md: the number of a fault, and the files whose tests pin it. */
const rows = [...read('./README.md').matchAll(/^\| ([A-F]\d+) +\|[^|]*\|([^|]*)\|$/gm)].map(
	([, number = '', files = '']) => ({
		number,
		files: [...files.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file),
	}),
);

const numbers = (letter: string, last: number, ...later: number[]): string[] =>
	Array.from({ length: last }, (_, at) => at + 1)
		.filter((number) => !later.includes(number))
		.map((number) => `${letter}${number}`);

const sourceOf = (file: string): string => {
	const path = [`./${file}.test.ts`, `./${file}.ts`].find((each) =>
		existsSync(fileURLToPath(new URL(each, import.meta.url))),
	);
	if (path === undefined) throw new Error(`${file} is no file of tests`);
	return read(path);
};

test('the table has a row for each fault', () => {
	expect(rows.map(({ number }) => number)).toEqual([
		...numbers('A', 6),
		...numbers('B', 12, 5, 6),
		...numbers('C', 13),
		...numbers('E', 9),
		...numbers('F', 4),
	]);
});

test.each(rows)('$number is named by a title in each of its files', ({ number, files }) => {
	expect(files).not.toEqual([]);
	for (const file of files) expect(sourceOf(file)).toMatch(new RegExp(`\\[[^\\]]*\\b${number}\\b[^\\]]*\\]`));
});

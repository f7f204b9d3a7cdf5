import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { textOfTests } from './text-of-tests.js';

/** README.md names files of tests, folders of them, and titles in them: here they are looked for. */

const readme = readFileSync(fileURLToPath(new URL('./README.md', import.meta.url)), 'utf8');

const codeIn = (text: string): readonly string[] =>
	[...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);

/** The last cell of each row says where something is tested. */
const cells = readme
	.split('\n')
	.filter((line) => /^\|(?! *-)/.test(line))
	.map((line) => line.split('|').at(-2)?.trim() ?? '')
	.filter((cell) => cell.includes('`'));

test('places are found', () => {
	expect(cells.length).toBeGreaterThan(100);
});

test.each(cells)('%s', (cell) => {
	const source = codeIn(cell).map(textOfTests).join('\n');
	for (const [, title = ''] of cell.matchAll(/"([^"]+)"/g)) {
		const isThere = title.split('…').every((words) => source.includes(words.trim()));
		if (!isThere) throw new Error(`test/README.md quotes a title that is not there: ${title}`);
	}
});

test('what the text names by folder and file is there', () => {
	const names = codeIn(readme).filter((code) => /^[a-z][\w-]*(\/[\w-]+)+$/.test(code));
	expect(names).toContain('uploader/faults');
	for (const name of names) textOfTests(name);
});

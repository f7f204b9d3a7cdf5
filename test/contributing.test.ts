import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { declaredIn } from './declared-names.js';
import { readMarkdown } from './markdown.js';

const root = fileURLToPath(new URL('../', import.meta.url));
const text = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');
const contributing = readMarkdown(text);

/** What stands between backquotes, in order. */
const codeIn = (prose: string): readonly string[] =>
	[...prose.replace(/^```.*?^```$/gms, '').matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);

/** By its path from the root, or from src. */
const pathOf = (file: string): string | undefined =>
	[file, `src/${file}`].map((path) => join(root, path)).find(existsSync);

test('files that it names are there', () => {
	const files = codeIn(text).filter((code) => /^[\w./-]+\.(ts|mjs|json)$/.test(code));
	expect(files.length).toBeGreaterThan(10);
	expect(files.filter((file) => pathOf(file) === undefined)).toEqual([]);
});

test('commands that it names are there', () => {
	const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
	const commands = [...text.matchAll(/`npm (?:run )?([\w:]+)`/g)].map(([, command = '']) => command);
	expect(commands).toContain('test:unit');
	expect(commands.filter((command) => !(command in scripts))).toEqual([]);
});

/** The steps of the walk: each names files, and after each file what it declares. */
const steps = contributing
	.section('The walk of one part')
	.split(/^\d+\. /m)
	.slice(1)
	.map((step) => step.replaceAll(/\s+/g, ' ').trim());

test('the walk of one part has ten steps', () => {
	expect(steps).toHaveLength(10);
});

test.each(steps)('%s', (step) => {
	let declared: ReadonlySet<string> | undefined;
	let file = '';
	for (const code of codeIn(step)) {
		if (code.endsWith('.ts')) {
			file = code;
			declared = declaredIn(join(root, 'src', file));
		} else if (!declared?.has(code)) {
			throw new Error(`src/${file} declares no ${code}: mend the walk in CONTRIBUTING.md`);
		}
	}
	expect(declared?.size).toBeGreaterThan(0);
});

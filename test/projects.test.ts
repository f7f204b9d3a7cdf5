import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import config from '../vite.config.js';

const files = readdirSync(fileURLToPath(new URL('./', import.meta.url)), {
	recursive: true,
	encoding: 'utf8',
})
	.filter((file) => file.endsWith('.test.ts'))
	.map((file) => `test/${file.replaceAll('\\', '/')}`);

const patterns = (config.test?.projects ?? []).flatMap((project) =>
	typeof project === 'object' && 'test' in project ? (project.test?.include ?? []) : [],
);

const SIGNS: Readonly<Record<string, string>> = {
	'**/': '(?:.*/)?',
	'*': '[^/]*',
	'{': '(?:',
	',': '|',
	'}': ')',
	'.': '\\.',
};

const fits = (pattern: string, file: string): boolean =>
	new RegExp(`^${pattern.replace(/\*\*\/|[*{,}.]/g, (sign) => SIGNS[sign] ?? sign)}$`).test(file);

// A folder that is moved or new belongs to none at first, and nobody misses what is not run.
test('each file of tests runs in one project', () => {
	expect(files.length).toBeGreaterThan(100);
	const running = files.map((file) => [file, patterns.filter((pattern) => fits(pattern, file)).length]);
	expect(running.filter(([, projects]) => projects !== 1)).toEqual([]);
});

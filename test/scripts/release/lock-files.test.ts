import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const script: {
	isLockFile(path: string): boolean;
	lockFileProblems(path: string, text: string): readonly string[];
} = await import(new URL('../../../scripts/release/lock-files.mjs', import.meta.url).href);

const lockOf = (entry: object): string =>
	JSON.stringify({
		packages: { '': {}, 'node_modules/ky': { funding: { url: 'https://example.com' }, ...entry } },
	});

test.each([
	'package-lock.json',
	'docs/package-lock.json',
	'yarn.lock',
	'examples/a/pnpm-lock.yaml',
	'.npmrc',
])('%s is looked at', (path) => {
	expect(script.isLockFile(path)).toBe(true);
});

test('src/browser/tabs/upload-lock.ts is not', () => {
	expect(script.isLockFile('src/browser/tabs/upload-lock.ts')).toBe(false);
});

test.each([
	['no place', 'package-lock.json', lockOf({ version: '1.0.0' })],
	['a folder of the project', 'package-lock.json', lockOf({ resolved: 'docs', link: true })],
	['the settings of this project', '.npmrc', 'fund=false\naudit=false\n'],
])('%s is no problem', (_, path, text) => {
	expect(script.lockFileProblems(path, text)).toEqual([]);
});

test.each([
	[
		'package-lock.json',
		lockOf({ resolved: 'https://me:secret@registry.example/ky.tgz' }),
		'registry.example',
	],
	['package-lock.json', lockOf({ resolved: 'file:../ky' }), 'file:../ky'],
	['package-lock.json', lockOf({ resolved: '../ky', link: true }), '../ky'],
	['.npmrc', 'registry=https://registry.example/\n', 'registry.example'],
	['yarn.lock', 'ky@^1:\n  resolved "https://registry.example/ky.tgz"\n', 'registry.example'],
	['pnpm-lock.yaml', '    resolution: {tarball: https://registry.example/ky.tgz}\n', 'registry.example'],
])('%s that holds %j is one', (path, text, place) => {
	const [problem, ...others] = script.lockFileProblems(path, text);
	expect(problem).toContain(place);
	expect(problem).not.toContain('secret');
	expect(others).toEqual([]);
});

test('the lock file here names no place', () => {
	const text = readFileSync(new URL('../../../package-lock.json', import.meta.url), 'utf8');
	expect(script.lockFileProblems('package-lock.json', text)).toEqual([]);
});

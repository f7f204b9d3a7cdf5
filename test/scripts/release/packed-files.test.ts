import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const {
	packedProblems,
}: { packedProblems(directory: string, folders: readonly string[]): readonly string[] } = await import(
	new URL('../../../scripts/release/packed-files.mjs', import.meta.url).href
);

let directory: string;

beforeEach(async () => {
	directory = await mkdtemp(join(tmpdir(), 'packed-files-'));
	await mkdir(join(directory, 'dist'));
	await writeFile(join(directory, 'package.json'), '{ "dependencies": { "ky": "^1.14.3" } }');
});
afterEach(() => rm(directory, { recursive: true, force: true }));

async function problemsOf(name: string, text: string): Promise<readonly string[]> {
	await writeFile(join(directory, name), text);
	return packedProblems(directory, ['/srv/build/clone', '/']);
}

test.each([
	'export const a = (file: File) => file;',
	'import "./chunk.js"; // see https://example.com/home/page and films/home/a.mp4',
	'{ "sources": ["../src/index.ts"] }',
])('%s is no problem', async (text) => {
	expect(await problemsOf('dist/index.js', text)).toEqual([]);
});

test.each([
	['{ "sources": ["/srv/build/clone/src/index.ts"] }', '/srv/build/clone'],
	['import "/home/somebody/index.js";', '/home/somebody'],
	['"/Users/somebody/index.js"', '/Users/somebody'],
	['"C:\\Users\\somebody\\index.js"', 'C:\\Users\\somebody'],
	['import "file:///srv/index.js";', 'file:///s'],
])('%s is one', async (text, place) => {
	expect(await problemsOf('dist/index.js', text)).toEqual([`dist/index.js names ${place}`]);
});

test.each([
	'file:../ky',
	'link:../ky',
	'workspace:*',
	'../ky',
	'git+ssh://example.com/ky',
	'https://example.com/ky.tgz',
])('a dependency on %s is one', async (range) => {
	const manifest = JSON.stringify({ peerDependencies: { ky: range } });
	expect(await problemsOf('package.json', manifest)).toEqual([`package.json asks for ky at ${range}`]);
});

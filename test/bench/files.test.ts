import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { randomFiles } from '../../bench/files.js';

let directory = '';
beforeEach(async () => {
	directory = await mkdtemp(join(tmpdir(), 'files-'));
});
afterEach(() => rm(directory, { recursive: true }));

const sizesOf = (paths: readonly string[]) => Promise.all(paths.map(async (path) => (await stat(path)).size));

test('a set of files lies in its order, of these sizes', async () => {
	expect(await sizesOf(await randomFiles(directory, 'three', [3, 0, 20_000]))).toEqual([3, 0, 20_000]);
});

test('two tables of one run may measure with the same set', async () => {
	const first = await randomFiles(directory, 'two', [1, 2]);
	expect(await randomFiles(directory, 'two', [1, 2])).toEqual(first);
	expect(await sizesOf(first)).toEqual([1, 2]);
});

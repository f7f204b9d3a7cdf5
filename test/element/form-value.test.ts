import { expect, test } from 'vitest';
import { entriesOf, storedFrom, storedOf } from '../../src/element/form-value.js';
import type { UploadItem } from '../../src/element/upload-item.js';

const result = (key: string) => ({ key, size: 1 });
const item = (state: string, key?: string) =>
	({ name: 'f', state, result: key && result(key) }) as unknown as UploadItem;

test('only what is stored counts: one entry a key', () => {
	const stored = storedOf([item('done', 'a'), item('uploading'), item('failed'), item('done', 'b')]);
	expect(entriesOf(stored, 'film')?.getAll('film')).toEqual(['a', 'b']);
});

test('without a name, or with nothing stored, there is no value', () => {
	expect(entriesOf(storedOf([item('done', 'a')]), null)).toBeNull();
	expect(entriesOf([], 'film')).toBeNull();
});

test('what a form remembers comes back, and nothing else does', () => {
	const stored = storedOf([item('done', 'a')]);
	expect(storedFrom(JSON.stringify(stored))).toEqual(stored);
	expect(storedFrom(JSON.stringify([{ name: 'f' }, null, 7, { name: 1, result: result('a') }]))).toEqual([]);
	for (const other of ['', 'no json', '{}', 'null', undefined, new FormData()]) {
		expect(storedFrom(other)).toEqual([]);
	}
});

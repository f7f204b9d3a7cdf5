import { beforeEach, expect, test, vi } from 'vitest';
import { noteLeft, takeLeft } from '../../src/element/left.js';
import { stubLocalStorage } from './fake-storage.js';

const WEEK_MS = 7 * 86_400_000;
let stored: Map<string, string>;

beforeEach(() => {
	stored = stubLocalStorage();
	vi.useFakeTimers();
	return () => {
		vi.useRealTimers();
		vi.unstubAllGlobals();
	};
});

const take = (...ids: readonly string[]) => [...takeLeft(ids.map((id) => ({ id, updatedAt: 0 })))];

test('what was to be dropped when the page was left is known on the next visit, once', () => {
	noteLeft('a');
	noteLeft('b');
	expect(take('other')).toEqual([]);
	expect([take('a', 'other'), take('a')]).toEqual([['a'], []]);
	expect(take('b')).toEqual(['b']);
});

test('what another page has gone on with since is not to be dropped any more', () => {
	noteLeft('a');
	expect([...takeLeft([{ id: 'a', updatedAt: Date.now() + 1 }])]).toEqual([]);
	expect(take('a')).toEqual([]);
});

test('nothing of a file or a person is written down', () => {
	noteLeft('anna%40example.com/bucket/films%2Fholiday.mov/fingerprint');
	expect([...stored.values()].join()).not.toMatch(/anna|bucket|holiday|fingerprint/);
});

test('nothing is kept of what was taken, and for a week of what no visit lists any more', () => {
	noteLeft('a');
	noteLeft('gone');
	take('a');
	vi.advanceTimersByTime(WEEK_MS - 1);
	take();
	expect([...stored.values()].map((text) => JSON.parse(text))).toEqual([[expect.anything()]]);
	vi.advanceTimersByTime(1);
	take();
	expect([...stored]).toEqual([]);
});

test('ids of the same letters are told apart', () => {
	noteLeft('scope/bucket/ab/1');
	expect(take('scope/bucket/ba/1', 'scope/bucket/ab/2', 'scope/bucket/ab/1')).toEqual(['scope/bucket/ab/1']);
});

test('the last hundred are kept', () => {
	const ids = Array.from({ length: 101 }, (_, count) => `id-${count}`);
	for (const id of ids) noteLeft(id);
	expect(take(...ids)).toEqual(ids.slice(1));
});

test.each([
	['nothing can be kept', {}],
	['what is kept is of somebody else', { getItem: () => 'null', setItem: () => {} }],
	['what is kept is no list', { getItem: () => '{"a":1}', setItem: () => {} }],
])('where %s none was left, and nothing fails', (_, storage) => {
	vi.stubGlobal('localStorage', storage);
	noteLeft('a');
	expect(take('a')).toEqual([]);
});

import { beforeEach, expect, test, vi } from 'vitest';
import { noteLeft, wasLeft } from '../../src/element/left.js';

let stored: Map<string, string>;

beforeEach(() => {
	stored = new Map();
	vi.stubGlobal('localStorage', {
		getItem: (name: string) => stored.get(name) ?? null,
		setItem: (name: string, text: string) => stored.set(name, text),
	});
	return () => vi.unstubAllGlobals();
});

test('what was to be dropped when the page was left is known on the next visit, once', () => {
	noteLeft('a');
	noteLeft('b');
	expect(wasLeft('other', 0)).toBe(false);
	expect([wasLeft('a', 0), wasLeft('a', 0)]).toEqual([true, false]);
	expect(wasLeft('b', 0)).toBe(true);
});

test('what another page has gone on with since is not to be dropped any more', () => {
	noteLeft('a');
	expect(wasLeft('a', Date.now() + 1)).toBe(false);
	expect(wasLeft('a', 0)).toBe(false);
});

test('the last hundred are kept', () => {
	for (let count = 0; count < 101; count++) noteLeft(`id-${count}`);
	expect([wasLeft('id-0', 0), wasLeft('id-1', 0), wasLeft('id-100', 0)]).toEqual([false, true, true]);
});

test.each([
	['nothing can be kept', {}],
	['what is kept is of somebody else', { getItem: () => 'null', setItem: () => {} }],
])('where %s none was left, and nothing fails', (_, storage) => {
	vi.stubGlobal('localStorage', storage);
	noteLeft('a');
	expect(wasLeft('a', 0)).toBe(false);
});

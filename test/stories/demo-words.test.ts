import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { ofPage, sentences } from '../../demo/words/chinese.js';
import { english } from '../../demo/words/english.js';

const holes = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([hole]) => hole).sort();

test.each(Object.entries(english))('%s has its place-holders in Chinese too', (name, text) => {
	expect(holes(Object(sentences)[name])).toEqual(holes(text));
});

test('each text of index.html is there in Chinese, and no other', async () => {
	const html = await readFile(new URL('../../demo/index.html', import.meta.url), 'utf8');
	const names = [...html.matchAll(/data-say(?:-label)?="(\w+)"/g)].map(([, name]) => name);
	expect(Object.keys(ofPage).sort()).toEqual([...new Set(names)].sort());
});

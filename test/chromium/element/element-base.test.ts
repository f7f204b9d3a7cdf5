import { expect, test, vi } from 'vitest';
import '../../../src/element.js';
import { allWithin, frame, onOwnPage, put, textOf, the } from './page.js';

// A line on which the words of a language never arrive.
vi.mock('../../../src/element/words/languages.js', () => ({ stringsOf: () => new Promise(() => {}) }));

onOwnPage();

test('until the language of the page is there the words are English, and said to be', async () => {
	document.documentElement.lang = 'ja';
	put('<oss-upload multiple></oss-upload>');
	await frame();
	expect(textOf(the('oss-upload').shadowRoot)).toContain('Choose files');
	const [button] = allWithin(document.body, 'button');
	expect(button?.closest('[lang]')?.getAttribute('lang')).toBe('en');
});

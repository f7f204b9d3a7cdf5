import { afterEach, describe, expect, test, vi } from 'vitest';
import '../../../src/element.js';
import { pendingUpload } from '../../element/fake-uploader.js';
import { allWithin, fileOf, frame, onOwnPage, put, textOf, the, uploader } from './page.js';

onOwnPage();
afterEach(() => {
	vi.restoreAllMocks();
});

const shown = () => textOf(the('oss-upload').shadowRoot);
const names = () => uploader.began.map(({ file: { name } }) => name);

describe('words', () => {
	test('that are missing, or have no value, are those of the language', async () => {
		put('<oss-upload multiple></oss-upload>');
		const strings = { chooseFiles: undefined, dropFiles: null, interrupted: {}, empty: 'Nothing' };
		the('oss-upload').strings = strings as never;
		uploader.list(pendingUpload('a'));
		await frame();
		expect(shown()).toContain('Choose files');
		expect(shown()).toContain('or drop them here');
		expect(shown()).not.toContain('undefined');
	});

	test('another language on the fly is that of all there is, what was refused too', async () => {
		put('<oss-upload multiple accept=".mov"></oss-upload>');
		await the('oss-upload').addFiles([fileOf('a.txt'), fileOf('b.mov')]);
		await frame();
		document.documentElement.lang = 'ja';
		await expect.poll(shown).toContain('ファイルを選択');
		await frame();
		expect(shown()).not.toMatch(/[a-z]{4,}/i);
		document.documentElement.lang = 'en';
		await expect.poll(shown).toContain('This kind of file is not taken here.');
	});

	test('of a language that there is not are English, and said to be', async () => {
		document.documentElement.lang = 'ru';
		put('<oss-upload multiple></oss-upload>');
		await frame();
		const langOf = (selector: string) =>
			allWithin(document.body, selector).map((each) => each.closest('[lang]')?.getAttribute('lang'));
		expect(langOf('button, .empty').every((lang) => lang === 'en')).toBe(true);
		document.documentElement.lang = 'ja';
		await expect.poll(shown).toContain('ファイルを選択');
		expect(allWithin(document.body, 'oss-upload [lang], [lang=en]')).toEqual([]);
	});

	test('that cannot be loaded offline are English, and come when the language is asked for again', async () => {
		vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
		const asked = vi.spyOn(globalThis, 'fetch').mockRejectedValue(new TypeError('offline'));
		document.documentElement.lang = 'zh-Hant';
		put('<oss-upload multiple></oss-upload>');
		await expect.poll(() => asked.mock.calls.length).toBeGreaterThan(0);
		await frame();
		expect(shown()).toContain('Choose files');
		vi.restoreAllMocks();
		document.documentElement.lang = 'en';
		await frame();
		document.documentElement.lang = 'zh-Hant';
		await expect.poll(shown).toContain('選擇檔案');
	});

	test('files that come before the language is there are taken', async () => {
		document.documentElement.lang = 'zh-TW';
		put('<oss-upload multiple></oss-upload>');
		await the('oss-upload').addFiles([fileOf('a')]);
		expect(names()).toEqual(['a']);
	});

	test('the language of what is around it counts, within a shadow root too', async () => {
		put('<div></div>');
		const root = document.querySelector('div')?.attachShadow({ mode: 'open' });
		if (!root) throw new Error('The page has a div');
		root.innerHTML = '<section lang="en"><oss-upload multiple></oss-upload></section>';
		const element = root.querySelector('oss-upload');
		if (element) element.uploader = uploader.asUploader;
		await frame();
		root.querySelector('section')?.setAttribute('lang', 'ja');
		await expect.poll(() => textOf(element?.shadowRoot ?? null)).toContain('ファイルを選択');
	});
});

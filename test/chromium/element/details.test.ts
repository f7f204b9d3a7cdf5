import { afterEach, expect, test, vi } from 'vitest';
import '../../../src/element.js';
import { allWithin, fileOf, frame, listenForSayings, onOwnPage, put, the, uploader } from './page.js';

onOwnPage();
afterEach(() => {
	vi.restoreAllMocks();
});

const all = (selector: string) => allWithin(document.body, selector);
const button = (name: string) => all('button').find((each) => each.getAttribute('aria-label') === name);
const absence = () => all('li > p.details').map((each) => (each.hidden ? '' : each.textContent));

/** Nothing can be loaded, as far as the browser knows. */
function offline(): void {
	vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
	vi.spyOn(globalThis, 'fetch').mockRejectedValue(new TypeError('offline'));
}

test('where the details cannot be loaded it is said why, and they come once they can be', async () => {
	const said = listenForSayings();
	vi.spyOn(navigator, 'clipboard', 'get').mockReturnValue(undefined as never);
	offline();
	put('<oss-upload multiple></oss-upload>');
	await the('oss-upload').addFiles([fileOf('a.mov'), fileOf('b.mov')]);
	await uploader.began[1]?.finish('films/b.mov');
	await frame();
	expect(absence()).toEqual(['', '']);
	button('Details')?.click();
	await expect.poll(absence).toEqual([expect.stringMatching(/^No answer came/), '']);
	await expect.poll(() => said.join()).toContain('No answer came');
	button('Copy the object’s name')?.click();
	await expect.poll(() => absence()[1]).toMatch(/^No answer came/);

	vi.restoreAllMocks();
	// Closed, and opened again.
	button('Details')?.click();
	await frame();
	expect(absence()[0]).toBe('');
	button('Details')?.click();
	await expect.poll(() => all('dl')).toHaveLength(2);
	expect(absence()).toEqual(['', '']);
	expect(all('dd').map(({ textContent }) => textContent)).toContain('films/b.mov');
});

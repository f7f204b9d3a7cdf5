import { afterEach, beforeEach, expect, type MockInstance, test, vi } from 'vitest';

let warn: MockInstance<typeof console.warn>;

beforeEach(() => {
	// Each page says it once.
	vi.resetModules();
	vi.useFakeTimers();
	warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
});
afterEach(() => {
	document.body.replaceChildren();
	vi.useRealTimers();
	vi.restoreAllMocks();
});

async function show(tag: string): Promise<HTMLElement> {
	const { sayUnlessDefined } = await import('../../src/binding/missing-import.js');
	const element = document.createElement(tag);
	document.body.append(element);
	sayUnlessDefined(element);
	return element;
}

test('elements that nobody imported are said once, and what to import', async () => {
	await show('oss-upload');
	await show('oss-upload-list');
	expect(warn).not.toHaveBeenCalled();
	vi.runAllTimers();
	expect(warn.mock.calls).toEqual([
		["<oss-upload> shows nothing until the page imports 'oss-resumable-upload/element'"],
	]);
});

test('ones that are imported somewhat later are not', async () => {
	await show('defined-later');
	vi.advanceTimersByTime(1000);
	customElements.define('defined-later', class extends HTMLElement {});
	vi.runAllTimers();
	expect(warn).not.toHaveBeenCalled();
});

test('nor are those that have left the page meanwhile', async () => {
	(await show('oss-upload')).remove();
	vi.runAllTimers();
	expect(warn).not.toHaveBeenCalled();
});

import { english, type SentenceName } from './english.js';

let sentences: Readonly<Record<SentenceName, string>> = english;

/** A sentence of the page's code, in the language of the page. */
export const say = (name: SentenceName, values: Readonly<Record<string, string>> = {}): string =>
	sentences[name].replace(/\{(\w+)\}/g, (hole, key: string) => values[key] ?? hole);

/** `?lang=` and `?dir=` are those of the page. The elements speak more languages than the page around them. */
export async function speak(query: URLSearchParams): Promise<void> {
	const { documentElement: root } = document;
	root.lang = query.get('lang') ?? 'en';
	root.dir = query.get('dir') === 'rtl' ? 'rtl' : 'ltr';
	for (const link of document.querySelectorAll<HTMLAnchorElement>('#languages a')) {
		const address = new URL(location.href);
		address.searchParams.set('lang', link.lang);
		link.href = address.href;
		if (link.lang === root.lang) link.setAttribute('aria-current', 'true');
	}
	if (!/^zh\b/.test(root.lang)) return;
	const chinese = await import('./chinese.js');
	sentences = chinese.sentences;
	for (const each of document.querySelectorAll<HTMLElement>('[data-say]')) {
		each.textContent = chinese.ofPage[each.dataset.say ?? ''] ?? each.textContent;
	}
	for (const each of document.querySelectorAll<HTMLElement>('[data-say-label]')) {
		const label = chinese.ofPage[each.dataset.sayLabel ?? ''];
		if (label) each.setAttribute('aria-label', label);
	}
	document.title = chinese.ofPage.title ?? document.title;
}

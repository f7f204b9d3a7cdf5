import { lazy } from '../../base/lazy.js';
import { english } from './english.js';
import type { Strings } from './strings.js';

type Loaded = Promise<{ readonly strings: Strings }>;

/** Those beside English, each loaded when a page is in it. */
const LANGUAGES: readonly (readonly [RegExp, () => Loaded])[] = [
	[/^zh\b(?!.*-hans).*-(hant|tw|hk|mo)\b/i, lazy(() => import('./chinese-traditional.js'))],
	[/^zh\b/i, lazy(() => import('./chinese-simplified.js'))],
	[/^ja\b/i, lazy(() => import('./japanese.js'))],
];

/** A promise only where they have to be loaded; a language that there is not, or that cannot be loaded, is English. */
export function stringsOf(lang: string): Strings | Promise<Strings> {
	const load = LANGUAGES.find(([tag]) => tag.test(lang))?.[1];
	if (!load) return english;
	return load().then(
		({ strings }) => strings,
		() => english,
	);
}

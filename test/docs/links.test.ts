import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { docs, pagesIn, readPage } from './pages.js';

const pages = ['compare', ...pagesIn('guide', 'recipes', 'moving')];

/** Those into the site's own pages are looked at when it is built. */
const linksOf = (page: string): readonly string[] =>
	readPage(page).links.filter((link) => !/(^|\/)(start|api)\/|(^|\/)set-ups\.md/.test(link));

const pageOf = (page: string, target: string): string =>
	target === '' ? page : relative(docs, join(docs, dirname(page), target)).replace(/\.md$/, '');

function leadsSomewhere(page: string, link: string): boolean {
	const [target = '', anchor] = link.split('#');
	const to = pageOf(page, target);
	if (!existsSync(join(docs, `${to}.md`))) return false;
	return anchor === undefined || readPage(to).anchors.includes(anchor);
}

test.each(pages)('links of %s lead to pages and headings that are there', (page) => {
	expect(linksOf(page).filter((link) => !leadsSomewhere(page, link))).toEqual([]);
});

test('there are links to be looked at', () => {
	expect(pages.flatMap(linksOf).length).toBeGreaterThan(100);
});

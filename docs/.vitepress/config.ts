import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitepress';
import { fileNames } from './file-names.js';
import { missingPages, sidebar } from './pages.js';

const { name, version, description } = JSON.parse(
	readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
);

/** Whether a link leads to a page that is to come. Any other that leads nowhere ends the build. */
function isToCome(link: string): boolean {
	const path = link.replace(/^\.?\//, '').replace(/(\.html|\.md)?([#?].*)?$/, '');
	return missingPages().some(
		(page) => page === path || page.endsWith(`/${path}`) || path.endsWith(`/${page}`),
	);
}

/** As GitHub does, so that links to headings lead there in the repository too. */
const slugify = (heading: string): string =>
	heading
		.toLowerCase()
		.replace(/[^\p{L}\p{N}\s_-]/gu, '')
		.trim()
		.replace(/\s/g, '-');

export default defineConfig({
	lang: 'en',
	title: name,
	description,
	// Where it is served below a path, as /docs/, that path.
	base: process.env.DOCS_BASE ?? '/',
	head: [['link', { rel: 'icon', href: 'data:,' }]],
	srcExclude: ['screens/**', 'public/**'],
	// The apps that a reader starts are on this machine.
	ignoreDeadLinks: [isToCome, /^http:\/\/localhost/],
	markdown: {
		// Others have colours that are too faint on the block's ground, in one scheme or the other.
		theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
		config: fileNames,
		anchor: { slugify },
	},
	themeConfig: {
		siteTitle: name,
		nav: [
			{ text: 'Start here', link: '/start/', activeMatch: '^/start/' },
			{ text: 'Guide', link: '/guide/set-ups', activeMatch: '^/(guide|recipes|moving|compare)' },
			{ text: 'Reference', link: '/api/', activeMatch: '^/api/' },
		],
		sidebar: sidebar(),
		outline: { level: [2, 3] },
		search: { provider: 'local' },
		externalLinkIcon: true,
		footer: { message: `Version ${version}, MIT licence` },
	},
	vite: {
		// What a page loads is split by page already.
		build: { chunkSizeWarningLimit: 2000 },
	},
});

import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missingPages, sidebar } from '../../docs/.vitepress/pages.js';
import { buildDocs, SITE } from '../../scripts/docs.mjs';
import { type Served, serveFolder } from '../served.js';
import { type BuiltPage, brokenLinks, readSite } from './built-site.js';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const PHONE = { width: 360, height: 740 };
const DESK = { width: 1280, height: 900 };

let pages: readonly BuiltPage[];
beforeAll(async () => {
	expect(await buildDocs()).toBe(0);
	pages = readSite(SITE);
	expect(pages.length).toBeGreaterThan(10);
}, 600_000);

/** Pages that the sidebar names and nobody has written yet. */
const isToCome = (link: string): boolean =>
	missingPages().some((page) => link.includes(`${page.split('/').at(-1)}.html`));

describe('links', () => {
	test('lead to a page of the site that is there, and to a place on it', () => {
		expect(brokenLinks(pages).filter((link) => !isToCome(link))).toEqual([]);
	});

	test('of the README lead into the site too', () => {
		const readme = readFileSync(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8');
		const links = [...readme.matchAll(/\]\((?:\.\/)?docs\/([^)#]*?)(?:\.md)?(?:#([^)]*))?\)/g)];
		const broken = links.filter(([, path = '', anchor]) => {
			const page = pages.find(({ path: built }) => built === `${path === '' ? 'index' : path}.html`);
			return !page || (anchor !== undefined && !page.ids.has(anchor));
		});
		expect(broken.map(([link]) => link)).toEqual([]);
	});

	test('of the sidebar reach every page but the first', () => {
		const linked = sidebar().flatMap(({ items }) => items.map(({ link }) => link));
		const unreached = pages
			.map(({ path }) => `/${path.replace(/(index)?\.html$/, '')}`)
			.filter((path) => path !== '/' && !linked.includes(path));
		expect(unreached).toEqual([]);
	});
});

test('nothing is loaded from elsewhere', () => {
	const foreign = pages.flatMap(({ path, loads }) =>
		loads.filter((url) => /^(https?:)?\/\//.test(url)).map((url) => `${path}: ${url}`),
	);
	expect(foreign).toEqual([]);
});

describe('in a browser', () => {
	let site: Served;
	let browser: Browser;
	let axe: string;
	beforeAll(async () => {
		site = await serveFolder(SITE);
		const executablePath = process.env.CHROMIUM_PATH;
		browser = await chromium.launch(executablePath ? { executablePath } : {});
		axe = await readFile(AXE, 'utf8');
	});
	afterAll(async () => {
		await browser?.close();
		await site?.close();
	});

	// Some twenty seconds on a machine that does nothing else.
	const PATIENCE = { timeout: 900_000 };
	test('each page is sound, in light and in dark, on a desk and on a phone', PATIENCE, async () => {
		const context = await browser.newContext({ viewport: DESK, reducedMotion: 'reduce' });
		const page = await context.newPage();
		const found: string[] = [];
		page.on('pageerror', (error) => found.push(`${page.url()}: ${error}`));
		page.on('console', (message) => {
			if (message.type() === 'error') found.push(`${page.url()}: ${message.text()}`);
		});
		page.on('request', (request) => {
			const url = request.url();
			if (!url.startsWith(site.url) && !url.startsWith('data:')) found.push(`${page.url()} asks ${url}`);
		});
		for (const { path } of pages) {
			await page.setViewportSize(DESK);
			await open(page, `${site.url}${path}`);
			for (const problem of await problemsOf(page, axe)) found.push(`${path}: ${problem}`);
		}
		await context.close();
		expect(found).toEqual([]);
	});

	test('what is looked for is found, without asking anybody', async () => {
		const page = await browser.newPage();
		await open(page, site.url);
		await page.getByRole('button', { name: 'Search' }).first().click();
		await page.locator('.VPLocalSearchBox input').fill('AbortMultipartUpload');
		await page.locator('.VPLocalSearchBox .result').first().waitFor();
		await page.close();
	});
});

/** Resolves when the page does what it shows: this button has its name from then on. */
async function open(page: Page, url: string): Promise<void> {
	await page.goto(url);
	await page.locator('.VPSwitchAppearance[title^=Switch]').first().waitFor();
}

async function problemsOf(page: Page, axe: string): Promise<readonly string[]> {
	await page.evaluate(axe);
	const light = await runAxe(page);
	await setDark(page, true);
	// Nothing but the colours is another thing now.
	const dark = await runAxe(page, 'color-contrast');
	await setDark(page, false);
	await page.setViewportSize(PHONE);
	const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
	const unseen = await page.evaluate(() =>
		[...document.images].filter((image) => image.complete && image.naturalWidth === 0).map(({ src }) => src),
	);
	// As axe would see it, at a fraction of its time.
	const unreachable = await page.evaluate(() =>
		[...document.querySelectorAll<HTMLElement>('.vp-doc :is(table, pre)')]
			.filter(({ scrollWidth, clientWidth, tabIndex }) => scrollWidth > clientWidth && tabIndex < 0)
			.map((each) => each.outerHTML.slice(0, 100)),
	);
	return [
		...light.map((problem) => `light: ${problem}`),
		...dark.map((problem) => `dark: ${problem}`),
		...unreachable.map((html) => `at 360 px it scrolls, and no key reaches it: ${html}`),
		...unseen.map((src) => `the picture ${src} is not shown`),
		...(overflow > 0 ? [`${overflow} px wider than the window at 360 px`] : []),
	];
}

const setDark = (page: Page, isDark: boolean): Promise<unknown> =>
	page.evaluate((dark) => document.documentElement.classList.toggle('dark', dark), isDark);

/** What passes is not described, which takes most of the time. */
const ONLY_VIOLATIONS = { resultTypes: ['violations'], selectors: false };

/** What it finds wrong, by these rules, or all. */
const runAxe = (page: Page, ...rules: readonly string[]): Promise<readonly string[]> =>
	page.evaluate(
		`axe.run(${JSON.stringify({ ...ONLY_VIOLATIONS, ...(rules.length > 0 && { runOnly: rules }) })}).then(({ violations }) =>
			violations.flatMap(({ id, nodes }) => nodes.map((node) => id + ' ' + node.html.slice(0, 200) + ' ' + node.failureSummary)))`,
	);

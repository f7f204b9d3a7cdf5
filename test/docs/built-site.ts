import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/** A page of the built site, as a browser gets it. */
export interface BuiltPage {
	/** Its address on the site, without a slash at the front: `guide/errors.html`. */
	readonly path: string;
	/** Of elements: what a link may name after the `#`. */
	readonly ids: ReadonlySet<string>;
	/** Where its links lead, as they stand there. */
	readonly links: readonly string[];
	/** Addresses that the browser asks for without anybody clicking: scripts, styles, images. */
	readonly loads: readonly string[];
}

const decode = (text: string): string =>
	text.replaceAll('&amp;', '&').replaceAll('&#39;', "'").replaceAll('&quot;', '"');

export function readSite(directory: string): readonly BuiltPage[] {
	return readdirSync(directory, { recursive: true, encoding: 'utf8' })
		.map((name) => name.replaceAll('\\', '/'))
		.filter((name) => name.endsWith('.html') && name !== '404.html')
		.sort()
		.map((path) => readPage(path, readFileSync(join(directory, path), 'utf8')));
}

function readPage(path: string, html: string): BuiltPage {
	const found = (pattern: RegExp) => [...html.matchAll(pattern)].map(([, value = '']) => decode(value));
	return {
		path,
		ids: new Set(found(/ id="([^"]+)"/g)),
		links: found(/<a\b[^>]*? href="([^"]*)"/g),
		loads: [
			...found(/<(?:script|img|iframe|source|video)\b[^>]*? src="([^"]*)"/g),
			...found(/<link\b[^>]*? href="([^"]*)"/g),
		],
	};
}

/** Links of the site that lead nowhere: no such page, or no such place on it. */
export function brokenLinks(pages: readonly BuiltPage[]): readonly string[] {
	const byPath = new Map(pages.map((page) => [page.path, page]));
	return pages.flatMap(({ path, links }) =>
		links
			.filter((link) => !/^[a-z]+:/.test(link))
			.filter((link) => !leads(byPath, path, link))
			.map((link) => `${path}: ${link}`),
	);
}

function leads(pages: ReadonlyMap<string, BuiltPage>, from: string, link: string): boolean {
	const [target = '', anchor] = link.split('#');
	const page = pages.get(target === '' ? from : pathOf(from, target));
	return (
		page !== undefined && (anchor === undefined || anchor === '' || page.ids.has(decodeURIComponent(anchor)))
	);
}

function pathOf(from: string, target: string): string {
	const path = target.startsWith('/') ? target.slice(1) : posix.join(posix.dirname(from), target);
	return path === '' || path.endsWith('/') ? `${path}index.html` : path;
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Markdown, readMarkdown } from '../markdown.js';

export const docs: string = fileURLToPath(new URL('../../docs/', import.meta.url));

/** By its path in docs, without the extension: `guide/errors`. */
export const textOfPage = (page: string): string => readFileSync(join(docs, `${page}.md`), 'utf8');

export const readPage = (page: string): Markdown => readMarkdown(textOfPage(page));

/** Of these folders of docs, each as `textOfPage` takes it. */
export const pagesIn = (...folders: readonly string[]): readonly string[] =>
	folders.flatMap((folder) =>
		readdirSync(join(docs, folder))
			.filter((name) => name.endsWith('.md'))
			.map((name) => `${folder}/${name.slice(0, -'.md'.length)}`)
			.sort(),
	);

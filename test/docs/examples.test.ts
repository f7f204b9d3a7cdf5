import { expect, test } from 'vitest';
import { compileExamples } from '../compiled-examples.js';
import { type Block, blocksOf, writtenPages } from './blocks.js';

const LANGUAGES: Readonly<Record<string, string>> = { ts: 'ts', tsx: 'tsx', vue: 'ts' };

const codeOf = ({ language, text }: Block): string =>
	language === 'vue' ? (/<script[^>]*lang="ts"[^>]*>\n(.*?)<\/script>/s.exec(text)?.[1] ?? '') : text;

/** A page under `start` is an app: its blocks import one another. What a later section writes again takes its place. */
const isApp = (page: string): boolean => page.startsWith('start/');

/** By path. */
function filesOf(page: string): ReadonlyMap<string, string> {
	const folder = page.replace('.md', '');
	const files = new Map<string, string>();
	const app = new Map<string, string>();
	let section = '';
	for (const block of blocksOf(page)) {
		const extension = LANGUAGES[block.language];
		if (extension === undefined || block.words.includes('fragment')) continue;
		const code = codeOf(block);
		if (!isApp(page) || block.title === undefined) {
			files.set(`${folder}/line-${block.line}.${extension}`, code);
			continue;
		}
		app.set(block.title.replace(/\.vue$/, '.ts'), code);
		section = block.section;
		const stage = section.replace(/\W+/g, '-');
		for (const [name, text] of app) files.set(`${folder}/${stage}/${name}`, text);
	}
	return files;
}

test('what the documents show as TypeScript is type-checked against the source', async () => {
	const files = new Map(writtenPages().flatMap((page) => [...filesOf(page)]));
	expect(files.size).toBeGreaterThan(10);
	expect(await compileExamples([...files].map(([file, code]) => ({ file, code })))).toBe('');
});

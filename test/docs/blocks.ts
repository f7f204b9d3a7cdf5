import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const DOCS = fileURLToPath(new URL('../../docs/', import.meta.url));

/** A block of code on a page. */
export interface Block {
	readonly language: string;
	/** What stands behind the language: ` ```sh serves `. */
	readonly words: readonly string[];
	/** In brackets: the file that it is, or the name of its tab. */
	readonly title: string | undefined;
	readonly text: string;
	/** Of its first line, from 1 on. */
	readonly line: number;
	/** The nearest `##` above it. */
	readonly section: string;
}

/** Every page that somebody has written, from the folder of the documents; those of the reference are made. */
export function writtenPages(): readonly string[] {
	return readdirSync(DOCS, { recursive: true, encoding: 'utf8' })
		.map((name) => name.replaceAll('\\', '/'))
		.filter((name) => name.endsWith('.md') && !/^(api|node_modules|\.vitepress|screens)\//.test(name))
		.sort();
}

const FENCE = /^( *)```(\w+)(.*)$/;
const SNIPPET = /^<<< (\S+)(?: \{(\w+)\})?(?: (\[.+\]))?$/;
const TITLE = /\[([^\]]+)\]/;

/** The blocks of a page in their order, those too that are files of the project and shown by `<<<`. */
export function blocksOf(page: string): readonly Block[] {
	const lines = readFileSync(join(DOCS, page), 'utf8').split('\n');
	const blocks: Block[] = [];
	let section = '';
	for (let index = 0; index < lines.length; index++) {
		const line = lines[index] ?? '';
		const [, heading] = /^## (.+)$/.exec(line) ?? [];
		if (heading !== undefined) section = heading;
		const place = { line: index + 1, section };
		const [, path, , snippet = ''] = SNIPPET.exec(line) ?? [];
		if (path !== undefined) blocks.push(snippetOf(page, path, snippet, place));
		const [, indent = '', language, info = ''] = FENCE.exec(line) ?? [];
		if (language === undefined) continue;
		const end = lines.indexOf(`${indent}\`\`\``, index);
		if (end < 0) throw new Error(`${page}: the block of line ${index + 1} has no end`);
		const text = lines.slice(index + 1, end).map((each) => each.slice(indent.length));
		blocks.push(blockOf(language, info, `${text.join('\n')}\n`, place));
		index = end;
	}
	return blocks;
}

type Place = Pick<Block, 'line' | 'section'>;

function blockOf(language: string, info: string, text: string, place: Place): Block {
	const [, title] = TITLE.exec(info) ?? [];
	const words = info.replace(TITLE, '').split(' ').filter(Boolean);
	return { language, words, title, text, ...place };
}

function snippetOf(page: string, path: string, info: string, place: Place): Block {
	const file = join(DOCS, dirname(page), path);
	return blockOf(file.split('.').at(-1) ?? '', info, readFileSync(file, 'utf8'), place);
}

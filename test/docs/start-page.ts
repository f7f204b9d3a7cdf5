import { type Block, blocksOf } from './blocks.js';

/** What a reader of a start page does, in this order. */
export type Step =
	/** `mkdir`, `cd`, `cp` or `npm`, a line each. */
	| { readonly type: 'run'; readonly lines: readonly string[] }
	/** A command that goes on running, in a terminal of its own. */
	| { readonly type: 'serve'; readonly command: string }
	| { readonly type: 'file'; readonly name: string; readonly text: string };

export interface StartPage {
	/** Against the emulator. */
	readonly first: readonly Step[];
	/** Against a bucket. */
	readonly second: readonly Step[];
}

/** `name`: `vite`, `next`, `vue` or `html`. */
export function readStartPage(name: string): StartPage {
	const blocks = blocksOf(`start/${name}.md`);
	const of = (section: string) => blocks.filter((block) => block.section.startsWith(section)).map(stepOf);
	return { first: of('Three minutes'), second: of('Seven minutes') };
}

function stepOf({ language, words, title, text, line }: Block): Step {
	if (title !== undefined) return { type: 'file', name: title, text };
	const lines = text.trim().split('\n');
	if (language !== 'sh') throw new Error(`What is one to do with the block of line ${line}?`);
	const [command = ''] = lines;
	return words.includes('serves') ? { type: 'serve', command } : { type: 'run', lines };
}

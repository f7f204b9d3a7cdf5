import type { Words } from './words/words.js';

/** Which files are taken. */
export interface Limits {
	/** As of an input: extensions and types, with commas between. */
	readonly accept: string;
	/** Undefined for any number. */
	readonly maxFiles: number | undefined;
	/** Bytes; undefined for any size. */
	readonly maxFileSize: number | undefined;
}

/** Why a file is not taken, in the language that the page is in by then. */
export type Refusal = (words: Words) => string;

/** `taken`: how many were taken before. */
export function refusalOf(
	file: File,
	{ accept, maxFiles, maxFileSize }: Limits,
	taken: () => number,
): Refusal | undefined {
	if (!isAccepted(file, accept)) return (words) => words.say('refusedType');
	if (maxFileSize !== undefined && file.size > maxFileSize) {
		return (words) => words.say('refusedSize', { size: words.size(maxFileSize) });
	}
	if (maxFiles !== undefined && taken() >= maxFiles) {
		return (words) => words.say('refusedCount', { count: maxFiles });
	}
	return undefined;
}

/** Dropped files pass no input, which would have looked at this. */
export function isAccepted(file: Pick<File, 'name' | 'type'>, accept: string): boolean {
	const name = file.name.toLowerCase();
	const type = withoutParameters(file.type);
	const wanted = accept
		.split(',')
		.map((each) => (each.includes('/') ? withoutParameters(each) : each.trim().toLowerCase()))
		.filter(Boolean);
	const isLike = (each: string) =>
		each.startsWith('.')
			? name.endsWith(each)
			: each.endsWith('/*')
				? // Of many an ending browsers know no type.
					!type || type.startsWith(each.slice(0, -1))
				: type === each;
	return wanted.length === 0 || wanted.includes('*') || wanted.includes('*/*') || wanted.some(isLike);
}

/** A recording's type has some, as `audio/webm;codecs=opus`, and so has what an app takes from its recorder. */
const withoutParameters = (type: string): string => type.replace(/;.*/s, '').trim().toLowerCase();

/** What was complained of: attributes are read for each file. */
const told = new Set<string>();

/** As the attributes say. A number that nobody can read is no limit, of which whoever builds the page should hear. */
export function limitsOf(element: Element): Limits {
	const textOf = (name: string) => element.getAttribute(name) ?? '';
	const limitOf = (name: string, read: (text: string) => number) => {
		const text = textOf(name);
		const limit = read(text);
		if (!Number.isNaN(limit)) return limit;
		if (text && !told.has(text)) {
			told.add(text);
			// biome-ignore lint/suspicious/noConsole: no screen can say it, since nobody who uploads can mend it.
			console.warn(`oss-resumable-upload: ${name}="${text}" is no limit.`);
		}
		return undefined;
	};
	const isOne = !element.hasAttribute('multiple') && !element.hasAttribute('directory');
	return {
		accept: textOf('accept'),
		maxFiles: isOne ? 1 : limitOf('max-files', Number.parseInt),
		maxFileSize: limitOf('max-file-size', bytesOf),
	};
}

/** `1000000`, `64 MB` or `64 MiB`, of 1,024 KB each; NaN for what is neither. */
export function bytesOf(text: string): number {
	const [, number, unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*(?:([KMGT])i?B)?\s*$/i.exec(text) ?? [];
	return Math.floor(Number(number) * 1024 ** ' KMGT'.indexOf(unit.toUpperCase() || ' '));
}

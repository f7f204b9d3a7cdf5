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
export function isAccepted({ name, type }: Pick<File, 'name' | 'type'>, accept: string): boolean {
	const wanted = accept
		.split(',')
		.map((each) => each.trim().toLowerCase())
		.filter(Boolean);
	const isLike = (each: string) =>
		each.startsWith('.')
			? name.toLowerCase().endsWith(each)
			: each.endsWith('/*')
				? // Of many an ending browsers know no type.
					!type || type.toLowerCase().startsWith(each.slice(0, -1))
				: type.toLowerCase() === each;
	return wanted.length === 0 || wanted.includes('*') || wanted.includes('*/*') || wanted.some(isLike);
}

const UNITS: Readonly<Record<string, number>> = { '': 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 };

/** `1000000`, `64 MB` of 1,024 KB each; what is neither is no limit. */
export function bytesOf(text: string | null): number | undefined {
	const [, number, unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([KMG]B)?\s*$/i.exec(text ?? '') ?? [];
	const factor = UNITS[unit.toUpperCase()];
	return number === undefined || factor === undefined ? undefined : Math.floor(Number(number) * factor);
}

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Names as the source has them, so that what is written about it can be compared. */

/** Without its comments, which quote names of all kinds. */
const sourceOf = (file: string): string =>
	readFileSync(fileURLToPath(new URL(`../src/${file}`, import.meta.url)), 'utf8')
		.replace(/\/\*.*?\*\//gs, '')
		.replace(/^\s*\/\/.*$/gm, '');

/** Throws where nothing is found: a test that compares with nothing cannot fail. */
function found(what: string, names: readonly string[]): readonly string[] {
	if (names.length === 0) throw new Error(`The source has no ${what}`);
	return names;
}

/** The body of the interface or class. */
function bodyOf(file: string, name: string): string {
	const [, body = ''] =
		new RegExp(`^export (?:interface|class) ${name}\\b.*?\\{\\n(.*?)^\\}`, 'ms').exec(sourceOf(file)) ?? [];
	return body;
}

/** Members of the interface itself, methods among them. */
export const membersOf = (file: string, name: string): readonly string[] =>
	found(
		`interface ${name} in ${file}`,
		[...bodyOf(file, name).matchAll(/^\t(?:readonly )?(\w+)\??(?:<.*?>)?[:(]/gm)].map(
			([, member = '']) => member,
		),
	);

/** What is declared or computed in the class itself. */
export const fieldsOf = (file: string, name: string): readonly string[] =>
	found(
		`class ${name} in ${file}`,
		[...bodyOf(file, name).matchAll(/^\t(?:declare readonly|get) (\w+)[:(]/gm)].map(
			([, field = '']) => field,
		),
	);

/** The words of a union of texts. */
export function wordsOf(file: string, type: string): readonly string[] {
	const [, union = ''] = new RegExp(`^export type ${type} =(.*?);$`, 'ms').exec(sourceOf(file)) ?? [];
	return found(
		`type ${type} in ${file}`,
		[...union.matchAll(/'(\w+)'/g)].map(([, word = '']) => word),
	);
}

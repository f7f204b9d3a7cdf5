import { posix } from 'node:path';

/**
 * What the linter forbids a file of src.
 *
 * @typedef {{ patterns: string[], packages: string[], globals: string[] }} Rule
 */

/**
 * @param {{ overrides: readonly object[] }} biome the linter's configuration
 * @param {string} file its path from src
 * @returns {Rule}
 */
export function ruleFor({ overrides }, file) {
	const { noRestrictedImports: imports, noRestrictedGlobals: globals } = Object.assign(
		{},
		// A later override replaces what an earlier one says of the same rule.
		...overrides
			.filter(({ includes }) => matches(includes, `src/${file}`))
			.map(({ linter }) => linter?.rules?.style),
	);
	return {
		patterns: (imports?.options?.patterns ?? []).flatMap(({ group }) => group),
		packages: Object.keys(imports?.options?.paths ?? {}),
		globals: Object.keys(globals?.options?.deniedGlobals ?? {}),
	};
}

/**
 * @param {Rule} rule of the file `from`
 * @param {string} from path from src
 * @param {string} to path from src
 */
export function mayImport({ patterns }, from, to) {
	const path = posix.relative(posix.dirname(from), to).replace(/\.ts$/, '.js');
	return !matches(patterns, path.startsWith('.') ? path : `./${path}`);
}

/** As in a .gitignore: the last pattern that fits decides, and one with `!` takes back. */
function matches(patterns, path) {
	const last = patterns.findLast((pattern) => expressionOf(pattern.replace(/^!/, '')).test(path));
	return last !== undefined && !last.startsWith('!');
}

const expressionOf = (pattern) =>
	new RegExp(`^${pattern.replace(/\*\*\/|\*\*|\*|[^\w/-]/g, (sign) => SIGNS[sign] ?? `\\${sign}`)}$`);

const SIGNS = { '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*' };

import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { parseSync, Visitor } from 'rolldown/utils';

/**
 * One file names another. `onlyTypes`: nothing of it is left when it runs.
 *
 * @typedef {{ from: string, to: string, onlyTypes: boolean }} Import
 */

/**
 * @param {string} directory
 * @returns {string[]} the TypeScript files in it and below, by their paths from it, with slashes, sorted
 */
export const sourceFiles = (directory) =>
	readdirSync(directory, { recursive: true })
		.map((path) => path.replaceAll('\\', '/'))
		.filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
		.sort();

/**
 * @param {string} directory
 * @returns {Import[]} what each file in it names of the others: imports and exports, of types and late ones among them, and
 *   workers
 */
export const importsIn = (directory) =>
	sourceFiles(directory).flatMap((from) =>
		relativeImports(from, readFileSync(join(directory, from), 'utf8')).map(({ to, onlyTypes }) => ({
			from,
			to: posix.join(posix.dirname(from), to).replace(/\.js$/, '.ts'),
			onlyTypes,
		})),
	);

/**
 * @param {string} file its name, for the parser
 * @param {string} text
 */
export function relativeImports(file, text) {
	const { program, errors } = parseSync(file, text);
	if (errors.length > 0) throw new Error(`${file} cannot be read: ${errors[0].message}`);
	const found = [];
	const add = (source, onlyTypes) => {
		// A path that is computed names no file that could be drawn.
		if (typeof source?.value === 'string' && /^\.\.?\//.test(source.value))
			found.push({ to: source.value, onlyTypes });
	};
	new Visitor({
		ImportDeclaration: (node) => add(node.source, isOfTypes(node.importKind, node.specifiers, 'importKind')),
		ExportNamedDeclaration: (node) =>
			add(node.source, isOfTypes(node.exportKind, node.specifiers, 'exportKind')),
		ExportAllDeclaration: (node) => add(node.source, node.exportKind === 'type'),
		ImportExpression: (node) => add(node.source, false),
		TSImportType: (node) => add(node.source, true),
		// `new URL('./file.ts', import.meta.url)`: how a worker is named.
		NewExpression: ({ callee, arguments: [path, base] }) => {
			if (callee.name === 'URL' && base !== undefined) add(path, false);
		},
	}).visit(program);
	return found;
}

/** `import type { A }`, and `import { type A }`; an import without names is there for what it does. */
const isOfTypes = (kind, specifiers, kindOf) =>
	kind === 'type' || (specifiers.length > 0 && specifiers.every((each) => each[kindOf] === 'type'));

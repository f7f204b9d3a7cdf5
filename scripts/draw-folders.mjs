// Writes into CONTRIBUTING.md which folders src has, what each imports and what it may import: `node scripts/draw-folders.mjs`.
// With `--check` it only says whether that still stands there.
import { readFileSync, writeFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMain } from './is-main.mjs';
import { mayImport, ruleFor } from './layer-rules.mjs';
import { importsIn, sourceFiles } from './source-imports.mjs';

/** @typedef {import('./source-imports.mjs').Import} Import */
/** @typedef {{ files: readonly string[], imports: readonly Import[], biome: { overrides: readonly object[] } }} Source */

const COMMAND = 'node scripts/draw-folders.mjs';

const root = fileURLToPath(new URL('../', import.meta.url));
const page = `${root}CONTRIBUTING.md`;

/**
 * @param {string} text of CONTRIBUTING.md: what belongs into each folder is written there by hand, and is kept
 * @param {Source} source
 * @returns {string} the text with its blocks written anew
 */
export function drawFolders(text, source) {
	const folders = foldersOf(source, sentencesIn(text));
	return [
		['drawing', drawing(folders)],
		['folders', folderTable(folders)],
		['layers', layerTable(source)],
	].reduce(replaceBlock, text);
}

/**
 * @param {string} text
 * @returns {string[]} folders of which nobody has said what belongs there
 */
export const undescribed = (text) =>
	[...sentencesIn(text)].filter(([, sentence]) => sentence === '').map(([folder]) => folder);

/** @returns {Source} */
export const readSource = () => ({
	files: sourceFiles(`${root}src`),
	imports: importsIn(`${root}src`),
	biome: JSON.parse(readFileSync(`${root}biome.json`, 'utf8')),
});

/** Where a block begins and ends, its two lines left out. */
function placeOf(text, name) {
	const [begin, end] = [`<!-- ${name}: written by \`${COMMAND}\` -->\n`, `\n<!-- end of ${name} -->`];
	const [from, to] = [text.indexOf(begin) + begin.length, text.indexOf(end)];
	if (from < begin.length || to < from) throw new Error(`CONTRIBUTING.md lacks the lines\n${begin}${end}`);
	return [from, to];
}

function replaceBlock(text, [name, content]) {
	const [from, to] = placeOf(text, name);
	return `${text.slice(0, from)}\n${content}\n${text.slice(to)}`;
}

/** By folder, from the rows as they stand there. */
function sentencesIn(text) {
	const rows = text.slice(...placeOf(text, 'folders')).matchAll(/^\| `([^`]+)` +\|([^|]*)\|/gm);
	return new Map([...rows].map(([, folder, sentence]) => [folder, sentence.trim()]));
}

/** `.` is src itself. */
const folderOf = (file) => posix.dirname(file);
const layerOf = (path) => (path.includes('/') ? path.split('/')[0] : '.');

function foldersOf({ files, imports }, sentences) {
	return [...new Set(files.map(folderOf))].sort().map((folder) => {
		const links = new Map();
		for (const { from, to, onlyTypes } of imports) {
			const target = folderOf(to);
			if (folderOf(from) !== folder || target === folder) continue;
			links.set(target, onlyTypes && (links.get(target) ?? true));
		}
		return { folder, sentence: sentences.get(folder) ?? '', links: new Map([...links].sort()) };
	});
}

/** Folders of one layer stand in one box; a dotted arrow carries nothing but types. */
function drawing(folders) {
	const idOf = (folder) => (folder === '.' ? 'src' : folder.replace(/\W/g, '_'));
	const nodeOf = ({ folder }) => `${idOf(folder)}["${folder === '.' ? 'src itself' : folder}"]`;
	const boxes = [...groups(folders, ({ folder }) => layerOf(`${folder}/`))].flatMap(([layer, inside]) =>
		inside.length === 1
			? inside.map(nodeOf)
			: [`subgraph layer_${layer}[" "]`, ...inside.map((each) => `\t${nodeOf(each)}`), 'end'],
	);
	const arrows = folders.flatMap(({ folder, links }) =>
		[...links].map(([to, onlyTypes]) => `${idOf(folder)} ${onlyTypes ? '-.->' : '-->'} ${idOf(to)}`),
	);
	return ['```mermaid', 'flowchart TD', ...[...boxes, ...arrows].map((line) => `\t${line}`), '```'].join(
		'\n',
	);
}

const folderTable = (folders) =>
	table(
		['folder', 'what belongs there', 'imports'],
		folders.map(({ folder, sentence, links }) => {
			const imported = [...links].map(([to, onlyTypes]) => `\`${to}\`${onlyTypes ? ' (types)' : ''}`);
			return [`\`${folder}\``, sentence, imported.join(', ')];
		}),
	);

/** A row for each layer; files of it that have a rule of their own come after it by their names. */
function layerTable({ files, biome }) {
	const rows = layersOf(files).flatMap(([layer, inside]) =>
		[...groups(inside, (file) => JSON.stringify(ruleFor(biome, file))).values()]
			.sort((one, other) => other.length - one.length)
			.map((alike, index) => {
				const { packages, globals } = ruleFor(biome, alike[0]);
				const names = index === 0 ? [layer] : alike;
				return [names, importable(files, biome, alike), packages, globals].map(quoted);
			}),
	);
	return table(['layer', 'may import of `src`', 'not these packages', 'not these globals'], rows);
}

/** A layer as a whole, or the files of it that the linter lets through. */
function importable(files, biome, importers) {
	const isAllowed = (to) => importers.every((from) => mayImport(ruleFor(biome, from), from, to));
	return layersOf(files).flatMap(([layer, inside]) => {
		const allowed = inside.filter(isAllowed);
		return allowed.length === inside.length ? [layer] : allowed.map((file) => file.replace(/\.ts$/, ''));
	});
}

const layersOf = (files) => [...groups(files, layerOf)].sort();

const quoted = (names) => names.map((name) => `\`${name}\``).join(', ');

function groups(values, keyOf) {
	const found = new Map();
	for (const value of values) found.set(keyOf(value), [...(found.get(keyOf(value)) ?? []), value]);
	return found;
}

function table(head, rows) {
	const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column].length)));
	const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
	return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

function main([option]) {
	const before = readFileSync(page, 'utf8');
	const after = drawFolders(before, readSource());
	if (option !== '--check') writeFileSync(page, after);
	else if (after !== before)
		throw new Error(`CONTRIBUTING.md does not show src as it is: run \`${COMMAND}\``);
	const missing = undescribed(after);
	if (missing.length > 0) throw new Error(`Say in CONTRIBUTING.md what belongs into ${missing.join(', ')}`);
}

if (isMain(import.meta.url)) {
	try {
		main(process.argv.slice(2));
	} catch (error) {
		console.error(error.message);
		process.exitCode = 1;
	}
}

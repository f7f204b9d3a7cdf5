import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { assemble, type Origin, tableFile } from './report.js';
import type { Section } from './section.js';
import { TABLE_NAMES, type TableName } from './table-names.js';

const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const fileOf = (name: TableName): string => pathOf(`results/${name}.md`);

/** Writes down one table, and the page of all: a run that ends early has kept what it measured. */
export async function keepTable(
	name: TableName,
	sections: readonly Section[],
	origin: Origin,
): Promise<void> {
	await writeFile(fileOf(name), tableFile(sections, origin));
	await writeFile(pathOf('results.md'), await assembleKept());
}

/** The page of all tables that were measured at any time. */
export async function assembleKept(): Promise<string> {
	const files = TABLE_NAMES.map(fileOf).filter(existsSync);
	return assemble(await Promise.all(files.map((file) => readFile(file, 'utf8'))));
}

export const keepPicture = (svg: string): Promise<void> => writeFile(pathOf('results.svg'), svg);

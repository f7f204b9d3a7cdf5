import type { Section } from './section.js';

const INTRODUCTION = `# Measured

By \`npm run bench\`: all candidates in turn over the same files on disk, in a new Chromium each, with no DevTools client
attached while anything is timed; from 0.2 on each round is begun by another candidate. Figures are medians of the
rounds, ratios are medians of the ratios of each round. Each table is of one run and says which; absolute times drift
from run to run, so compare inside a table only. The picture is of the last run that measured all its tables.

![Throughput](results.svg)
`;

const FIGURES = ['figure', 'must', 'measured', '', 'with'];

/** Where figures come from. */
export interface Origin {
	/** Of the package. */
	readonly version: string;
	/** Such as `2026-11-25`. */
	readonly date: string;
	/** Processors and browser. */
	readonly machine: string;
}

/** What one table showed, as Markdown: where it comes from, its figures to reach, its sections. */
export function tableFile(sections: readonly Section[], { version, date, machine }: Origin): string {
	const figures = sections.flatMap((section) => section.figures ?? []);
	const figureRows = figures.map(({ what, must, measured, isReached }) => [
		what,
		must,
		measured,
		isReached ? 'reached' : '**missed**',
		version,
	]);
	return [
		`Measured with ${version} on ${date}: ${machine}.`,
		...(figures.length > 0 ? [table(FIGURES, figureRows)] : []),
		...sections.map(({ title, text, columns, rows }) => `## ${title}\n\n${text}\n\n${table(columns, rows)}`),
	]
		.join('\n\n')
		.concat('\n');
}

/** The whole page, of the files of its tables in their order. */
export function assemble(files: readonly string[]): string {
	const tables = files.map(parse);
	return [
		INTRODUCTION,
		'## Figures to reach\n',
		table(FIGURES, []),
		...tables.flatMap(({ figures }) => figures),
		...tables.flatMap(({ origin, sections }) =>
			sections.map((section) => `\n## ${section.trimEnd().replace('\n', `\n\n${origin}\n`)}`),
		),
		'',
	].join('\n');
}

function parse(file: string) {
	const [head = '', ...sections] = file.split(/^## /m);
	const [origin = '', ...rest] = head.split('\n');
	// Behind the names of the columns and the line below them.
	const figures = rest.filter((line) => line.startsWith('|')).slice(2);
	return { origin, figures, sections };
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
	const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
	return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n');
}

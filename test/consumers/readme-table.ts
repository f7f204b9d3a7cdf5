import type { Outcome } from './consumer.js';
import type { Result } from './journey.js';

const BEGIN = '<!-- consumers: written by `npm run test:consumers` -->';
const END = '<!-- end of consumers -->';

const HEAD = ['app', 'version', 'how', 'uploads', 'resumes', 'worker'];
const WORKERS: Readonly<Record<Outcome['worker'], string>> = {
	file: 'runs',
	text: 'runs, from its text',
	none: 'none',
};

const yes = (is: boolean): string => (is ? 'yes' : '**no**');

const cellsOf = ({ name, version, mode, outcome }: Result): readonly string[] => [
	name,
	version,
	mode,
	...(outcome instanceof Error
		? ['**no**', '**no**', outcome.message.split('\n', 1)[0]?.slice(0, 80) ?? '']
		: [yes(outcome.uploads), yes(outcome.resumes), WORKERS[outcome.worker]]),
];

/** As Markdown, its columns as wide as the formatter would make them. */
export function tableOf(results: readonly Result[]): string {
	const rows = [HEAD, ...results.map(cellsOf)];
	const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
	const lineOf = (cells: readonly string[]) =>
		`| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
	const rule = lineOf(widths.map((width) => '-'.repeat(width)));
	return [lineOf(HEAD), rule, ...rows.slice(1).map(lineOf)].join('\n');
}

/** What stands between the marks. */
export function consumersIn(readme: string): string {
	const [begin, end] = placeIn(readme);
	return readme.slice(begin, end).trim();
}

/** The README with another table between the marks. */
export function withTable(readme: string, results: readonly Result[]): string {
	const [begin, end] = placeIn(readme);
	return `${readme.slice(0, begin)}\n\n${tableOf(results)}\n\n${readme.slice(end)}`;
}

function placeIn(readme: string): readonly [number, number] {
	const begin = readme.indexOf(BEGIN);
	const end = readme.indexOf(END);
	if (begin < 0 || end < begin) throw new Error(`README.md needs ${BEGIN} and ${END}`);
	return [begin + BEGIN.length, end];
}

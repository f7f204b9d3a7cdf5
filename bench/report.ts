import type { Section } from './section.js';

const INTRODUCTION = `# Measured

By \`npm run bench\`: one run that takes all candidates in turn over the same files on disk, in a new Chromium each,
begun by another one each round, with no DevTools client attached while anything is timed. Figures are medians of the rounds, ratios are medians of the ratios
of each round: absolute times drift from run to run, so compare inside this page only.

![Throughput](results.svg)
`;

/** The results as Markdown. */
export function report(sections: readonly Section[], machine: string): string {
	const figures = sections.flatMap((section) => section.figures ?? []);
	return [
		INTRODUCTION,
		`Measured on ${machine}.\n`,
		'## Figures to reach\n',
		table(
			['figure', 'must', 'measured', ''],
			figures.map(({ what, must, measured, isReached }) => [
				what,
				must,
				measured,
				isReached ? 'reached' : '**missed**',
			]),
		),
		...sections.map(
			({ title, text, columns, rows }) => `\n## ${title}\n\n${text}\n\n${table(columns, rows)}`,
		),
		'',
	].join('\n');
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
	const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
	return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n');
}

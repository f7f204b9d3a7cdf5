import { markdownTable, markedIn, withMarked } from '../marked-table.js';
import type { Outcome } from './consumer.js';
import type { Result } from './journey.js';

const MARKS = {
	begin: '<!-- consumers: written by `npm run test:consumers` -->',
	end: '<!-- end of consumers -->',
};

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

/** As Markdown. */
export const tableOf = (results: readonly Result[]): string => markdownTable(HEAD, results.map(cellsOf));

/** What stands between the marks. */
export const consumersIn = (readme: string): string => markedIn(readme, MARKS);

/** The README with another table between the marks. */
export const withTable = (readme: string, results: readonly Result[]): string =>
	withMarked(readme, MARKS, tableOf(results));

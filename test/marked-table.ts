/** A table of a document that a run of tests writes, between two marks. */
export interface Marks {
	readonly begin: string;
	readonly end: string;
}

type Row = readonly string[];

/** As Markdown, its columns as wide as the formatter would make them. */
export function markdownTable(head: Row, rows: readonly Row[]): string {
	const widths = head.map((name, column) =>
		Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)),
	);
	const lineOf = (cells: Row) =>
		`| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
	const rule = lineOf(widths.map((width) => '-'.repeat(width)));
	return [lineOf(head), rule, ...rows.map(lineOf)].join('\n');
}

/** What stands between the marks. */
export function markedIn(document: string, marks: Marks): string {
	const [begin, end] = placeIn(document, marks);
	return document.slice(begin, end).trim();
}

/** The document with another table between the marks. */
export function withMarked(document: string, marks: Marks, table: string): string {
	const [begin, end] = placeIn(document, marks);
	return `${document.slice(0, begin)}\n\n${table}\n\n${document.slice(end)}`;
}

function placeIn(document: string, marks: Marks): readonly [number, number] {
	const begin = document.indexOf(marks.begin);
	const end = document.indexOf(marks.end);
	if (begin < 0 || end < begin) throw new Error(`The document needs ${marks.begin} and ${marks.end}`);
	return [begin + marks.begin.length, end];
}

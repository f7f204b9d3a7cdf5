/** A Markdown file as its reader sees it: parts, tables, examples, links. */
export interface Markdown {
	/** What stands between a heading of this text and the next one; throws where there is none. */
	section(heading: string): string;
	/** Examples of one language, in order. */
	examples(language: string): readonly string[];
	/** Where its links lead, addresses elsewhere left out. */
	readonly links: readonly string[];
	/** What a link to a heading may name, after the `#`. */
	readonly anchors: readonly string[];
}

const HEADING = /^#+ (.+)$/gm;

export function readMarkdown(text: string): Markdown {
	const prose = text.replace(/^```.*?^```$/gms, '');
	const headings = [...prose.matchAll(HEADING)].map(([, heading = '']) => heading);
	return {
		section(wanted) {
			const sections = prose.split(/^#+ /m).filter((each) => each.startsWith(`${wanted}\n`));
			if (sections.length !== 1) throw new Error(`${sections.length} headings "${wanted}"`);
			return sections.join();
		},
		examples: (language) =>
			[...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].flatMap(([, tag, code = '']) =>
				tag === language ? [code] : [],
			),
		links: [...prose.matchAll(/\]\(([^)]+)\)/g)].flatMap(([, target = '']) =>
			/^[a-z]+:/.test(target) ? [] : [target],
		),
		anchors: headings.map(anchorOf),
	};
}

/** As GitHub makes it. */
const anchorOf = (heading: string): string =>
	heading
		.toLowerCase()
		.replace(/[^\p{L}\p{N}\s_-]/gu, '')
		.replace(/\s/g, '-');

/** Rows of the table whose first column has this header, as cells; throws where the section has none. */
export function rowsOf(section: string, header: string): readonly (readonly string[])[] {
	const tables = section
		.split(/\n(?!\|)/)
		.map((block) => block.split('\n').filter((line) => line[0] === '|'));
	const table = tables
		.map((lines) => lines.map(cellsOf))
		.find(([head]) => head !== undefined && bare(head[0]) === header);
	if (table === undefined) throw new Error(`No table of "${header}"`);
	return table.slice(2);
}

const cellsOf = (row: string): readonly string[] =>
	row
		.split('|')
		.slice(1, -1)
		.map((cell) => cell.trim());

const bare = (cell = ''): string => cell.replace(/[`']/g, '');

/** What a table is about: the code in its first column, without quotation marks. */
export const namesIn = (section: string, header: string): readonly string[] =>
	rowsOf(section, header).map(([cell]) => bare(cell));

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Pages that belong together, in the order in which they are read. */
interface Group {
	readonly text: string;
	/** Without `.md`, from the folder of the documents. */
	readonly pages: readonly string[];
	/** Pages of these folders that no group names come after those, by their names. */
	readonly rest?: readonly string[];
}

const GROUPS: readonly Group[] = [
	{
		text: 'Start here',
		pages: ['start/index', 'start/vite', 'start/next', 'start/vue', 'start/html', 'start/bucket'],
	},
	{
		text: 'Set up',
		pages: ['guide/set-ups', 'guide/bucket', 'guide/real-bucket', 'guide/diagnose', 'guide/bundlers'],
	},
	{
		text: 'Understand',
		pages: ['guide/how-resume-works', 'guide/defaults', 'guide/security', 'guide/what-survives', 'compare'],
	},
	{
		text: 'Use',
		pages: [
			'guide/element',
			'guide/react-and-vue',
			'guide/uploader',
			'guide/upload-options',
			'guide/task',
			'guide/emulator',
		],
		rest: ['guide'],
	},
	{ text: 'When it fails', pages: ['guide/errors', 'guide/troubleshooting'] },
	{ text: 'Recipes', pages: [], rest: ['recipes'] },
	{ text: 'Moving here', pages: ['moving/from-ali-oss', 'moving/from-c-sdk'], rest: ['moving'] },
	{ text: 'Reference', pages: ['api/index', 'api/main', 'api/elements'], rest: ['api'] },
];

/** Of pages whose headings are too long for the sidebar, or say too little there. */
const TITLES: Readonly<Record<string, string>> = {
	'start/index': 'Which app is yours?',
	'start/bucket': 'The bucket and its rights',
	'api/index': 'All entries',
};

const root = fileURLToPath(new URL('../', import.meta.url));
const fileOf = (page: string): string => `${root}${page}.md`;
const isThere = (page: string): boolean => existsSync(fileOf(page));

/** As its address on the site. */
const linkOf = (page: string): string => `/${page.replace(/(^|\/)index$/, '$1')}`;

export interface SidebarGroup {
	readonly text: string;
	readonly items: { text: string; link: string }[];
}

/** A page that is not there is left out, and so is a group of such. */
export function sidebar(): SidebarGroup[] {
	return GROUPS.map(({ pages, rest = [], ...group }) => ({
		...group,
		items: [...pages.filter(isThere), ...rest.flatMap(unnamedIn)].map((page) => ({
			text: titleOf(page),
			link: linkOf(page),
		})),
	})).filter(({ items }) => items.length > 0);
}

/** Pages that a group names and nobody has written. */
export const missingPages = (): readonly string[] =>
	GROUPS.flatMap(({ pages }) => pages).filter((page) => !isThere(page));

function unnamedIn(folder: string): readonly string[] {
	if (!existsSync(`${root}${folder}`)) return [];
	const named = GROUPS.flatMap(({ pages }) => pages);
	return readdirSync(`${root}${folder}`)
		.filter((name) => name.endsWith('.md'))
		.map((name) => `${folder}/${name.slice(0, -'.md'.length)}`)
		.filter((page) => !named.includes(page))
		.sort();
}

/** Its first heading, unless it has a shorter one. */
function titleOf(page: string): string {
	const [, heading = page] = /^# (.+)$/m.exec(readFileSync(fileOf(page), 'utf8')) ?? [];
	// Entries without the package's name, but for the one that is called after it.
	return TITLES[page] ?? heading.replace(/[`\\]/g, '').replace(/^oss-resumable-upload(?=\/)/, '');
}

// Writes docs/api: a page for each entry of package.json, of the comments in its source, and one of the elements.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Application, Converter, ReflectionKind } from 'typedoc';
import { elementsPage } from './elements.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const out = `${root}docs/api`;
const { name, exports, types } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));

/** Of an entry: the file of declarations that it names, as it is before the build. */
function sourceOf({ types: declared = types }) {
	const path = declared.replace(/^\.\/dist\//, '').replace(/\.d\.ts$/, '');
	const candidates = [`src/${path}.ts`, `src/${path}.tsx`, `${path}.ts`];
	const found = candidates.find((candidate) => existsSync(root + candidate));
	if (!found) throw new Error(`Where is the source of ${declared}? Not at ${candidates.join(', ')}`);
	return found;
}

/** `file`: its page. Entries that are files, such as the worker, have nothing to import. */
export const entries = Object.entries(exports)
	.filter(([entry]) => !/\.\w+$/.test(entry.slice(1)))
	.map(([entry, conditions]) => ({
		name: entry === '.' ? name : `${name}${entry.slice(1)}`,
		file: entry === '.' ? 'main' : entry.slice(2).replaceAll('/', '-'),
		source: sourceOf(conditions),
	}));

const options = {
	entryPoints: entries.map(({ source }) => root + source),
	tsconfig: `${root}docs/tsconfig.reference.json`,
	// The project's own compiler looks for errors, and is another one than this tool understands.
	skipErrorChecking: true,
	plugin: ['typedoc-plugin-markdown'],
	router: 'module',
	out,
	readme: 'none',
	disableSources: true,
	excludeInternal: true,
	excludePrivate: true,
	excludeProtected: true,
	excludeExternals: true,
	// Members as they stand in the source: what belongs together is together there.
	sort: ['kind', 'source-order'],
	groupOrder: ['Functions', 'Classes', 'Interfaces', 'Type Aliases', 'Variables'],
	validation: { notExported: false, invalidLink: true, notDocumented: false },
	logLevel: 'Warn',
	githubPages: false,
	hidePageHeader: true,
	hideBreadcrumbs: true,
	useCodeBlocks: true,
	expandParameters: true,
	sanitizeComments: true,
	useCustomAnchors: true,
	customAnchorsFormat: 'curlyBrace',
	parametersFormat: 'table',
	interfacePropertiesFormat: 'list',
	propertyMembersFormat: 'list',
	typeDeclarationFormat: 'list',
	tableColumnSettings: { hideSources: true, hideInherited: true, hideOverrides: true },
};

/** Modules have the names that people import, and pages that are called after them. */
function arrange(project) {
	for (const module of project.getReflectionsByKind(ReflectionKind.Module)) {
		const file = project.getSymbolIdFromReflection(module)?.fileName;
		const entry = entries.find(({ source }) => file === root + source);
		if (!entry) throw new Error(`Which entry is the module ${module.name}?`);
		module.name = entry.file;
		for (const group of module.groups ?? []) group.children.sort((a, b) => a.name.localeCompare(b.name));
		module.children.sort((a, b) => a.name.localeCompare(b.name));
	}
}

/** Of an element most is the browser's; the rest stands on the page of the elements. */
function leaveOutElements(project) {
	const classes = project.getReflectionsByKind(ReflectionKind.Class);
	for (const each of classes.filter(({ name }) => /^OssUpload/.test(name))) project.removeReflection(each);
}

async function writeReference() {
	rmSync(out, { recursive: true, force: true });
	mkdirSync(out, { recursive: true });
	const app = await Application.bootstrapWithPlugins(options);
	// Before its groups are made.
	app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => leaveOutElements(project));
	const project = await app.convert();
	if (!project) throw new Error('The source could not be read');
	arrange(project);
	app.validate(project);
	await app.generateOutputs(project);
	if (app.logger.hasErrors()) throw new Error('The reference could not be written');
	rmSync(`${out}/README.md`);
	for (const { name, file } of entries) head(`${out}/${file}.md`, name);
	writeFileSync(
		`${out}/elements.md`,
		elementsPage(JSON.parse(readFileSync(`${root}custom-elements.json`, 'utf8'))),
	);
	writeFileSync(`${out}/index.md`, indexPage());
}

/** Sections that say where a member comes from, and no more. */
const LINEAGE = /^#+ (?:Inherited from|Overrides|Implementation of)\n\n.*\n\n/gm;

function head(file, title) {
	const text = readFileSync(file, 'utf8')
		.replace(/^# .*\n/, `# \`${title}\`\n`)
		.replace(LINEAGE, '');
	writeFileSync(file, `---\noutline: [2, 3]\n---\n\n${text}`);
}

const indexPage = () => `# Reference

Made of the comments in the source, each time this site is built.

| entry | what it is |
| ----- | ---------- |
${entries.map(({ name, file }) => `| [\`${name}\`](./${file}.md) | ${WHAT[file] ?? ''} |`).join('\n')}
| [\`<oss-upload>\`](./elements.md) | attributes, properties, events, slots, parts and custom properties of the elements |
`;

const WHAT = {
	main: '`createUploader` and all that belongs to it',
	diagnose: 'finds out whether a set-up is right',
	element: '`<oss-upload>` and its parts, as classes and types',
	emulator: 'an OSS on your own machine, for tests; Node',
	sign: 'signs requests; for servers',
	react: 'hooks and a component of React',
	vue: 'composables and a component of Vue',
};

await writeReference();

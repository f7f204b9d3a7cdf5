// Writes docs/api: a page for each entry of package.json, of the comments in its source, and one of the elements.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Application, ReflectionKind } from 'typedoc';
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
	excludeExternals: true,
	// As they stand in the source: what belongs together is together there.
	sort: ['kind', 'source-order'],
	validation: { notExported: false, invalidLink: true, notDocumented: false },
	logLevel: 'Warn',
	githubPages: false,
	hidePageHeader: true,
	hideBreadcrumbs: true,
	hideGroupHeadings: true,
	useCodeBlocks: true,
	expandParameters: true,
	sanitizeComments: true,
	parametersFormat: 'table',
	interfacePropertiesFormat: 'list',
	propertyMembersFormat: 'list',
	typeDeclarationFormat: 'list',
	tableColumnSettings: { hideSources: true, hideInherited: true, hideOverrides: true },
};

/** Modules have the names that people import, and pages that are called after them. */
function rename(project) {
	for (const module of project.getReflectionsByKind(ReflectionKind.Module)) {
		const entry = entries.find(({ source }) => module.sources?.[0]?.fullFileName === root + source);
		if (!entry) throw new Error(`Which entry is the module ${module.name}?`);
		module.name = entry.file;
	}
}

async function writeReference() {
	rmSync(out, { recursive: true, force: true });
	mkdirSync(out, { recursive: true });
	const app = await Application.bootstrapWithPlugins(options);
	const project = await app.convert();
	if (!project) throw new Error('The source could not be read');
	rename(project);
	app.validate(project);
	await app.generateOutputs(project);
	if (app.logger.hasErrors()) throw new Error('The reference could not be written');
	for (const { name, file } of entries) head(`${out}/${file}.md`, name);
	writeFileSync(
		`${out}/elements.md`,
		elementsPage(JSON.parse(readFileSync(`${root}custom-elements.json`, 'utf8'))),
	);
	writeFileSync(`${out}/index.md`, indexPage());
}

function head(file, title) {
	const text = readFileSync(file, 'utf8').replace(/^# .*\n/, `# \`${title}\`\n`);
	writeFileSync(file, `---\neditLink: false\noutline: 2\n---\n\n${text}`);
}

const indexPage = () => `---
sidebar: All entries
---

# Reference

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

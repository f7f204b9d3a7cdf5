import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

interface Import {
	readonly from: string;
	readonly to: string;
	readonly onlyTypes: boolean;
}
interface Source {
	readonly files: readonly string[];
	readonly imports: readonly Import[];
	readonly biome: { readonly overrides: readonly object[] };
}
interface Rule {
	readonly patterns: readonly string[];
}

const root = fileURLToPath(new URL('../../', import.meta.url));

const load = (script: string) => import(new URL(`../../scripts/${script}`, import.meta.url).href);
const {
	drawFolders,
	readSource,
	undescribed,
}: {
	drawFolders(text: string, source: Source): string;
	readSource(): Source;
	undescribed(text: string): readonly string[];
} = await load('draw-folders.mjs');
const { relativeImports }: { relativeImports(file: string, text: string): readonly Omit<Import, 'from'>[] } =
	await load('source-imports.mjs');
const {
	mayImport,
	ruleFor,
}: {
	mayImport(rule: Rule, from: string, to: string): boolean;
	ruleFor(biome: Source['biome'], file: string): Rule;
} = await load('layer-rules.mjs');

const source = readSource();
const contributing = await readFile(join(root, 'CONTRIBUTING.md'), 'utf8');

test('CONTRIBUTING.md shows the folders of src as they are', () => {
	const drawn = drawFolders(contributing, source);
	expect(drawn, 'To mend it run `node scripts/draw-folders.mjs`, and commit what it wrote').toBe(
		contributing,
	);
	expect(undescribed(drawn), 'Write what belongs there into the table in CONTRIBUTING.md').toEqual([]);
});

const isAllowed = (from: string, to: string): boolean => mayImport(ruleFor(source.biome, from), from, to);

test('what the linter lets through is what is drawn as allowed', () => {
	expect(source.imports.length).toBeGreaterThan(100);
	expect(source.imports.filter(({ from, to }) => !isAllowed(from, to))).toEqual([]);
});

// They are named one by one in biome.json: a new one is easily forgotten there.
test('what lies in src itself is imported by nothing below it', () => {
	const [own, below] = [/^[^/]+$/, /\//].map((where) => source.files.filter((file) => where.test(file)));
	expect(own).toContain('uploader.ts');
	const importable = own?.filter((to) => below?.some((from) => isAllowed(from, to)));
	// By the elements and by what binds frameworks to them alone, which use the library as an app does.
	expect(importable).toEqual(['element.ts', 'index.ts']);
	const areApps = /^(element|binding|react|vue)\//;
	expect(below?.filter((from) => isAllowed(from, 'index.ts') && !areApps.test(from))).toEqual([]);
	expect(below?.filter((from) => isAllowed(from, 'element.ts') && !areApps.test(from))).toEqual([]);
});

test.each([
	['base/any.ts', 'core/ports.ts', false],
	['base/any.ts', 'base/other.ts', true],
	['core/any.ts', 'base/any.ts', true],
	['core/upload/any.ts', 'core/task/other.ts', true],
	['core/upload/any.ts', 'oss/any.ts', false],
	['core/any.ts', 'browser/network/any.ts', false],
	['core/task/any.ts', 'uploader.ts', false],
	['oss/signing/any.ts', 'core/ports.ts', true],
	['oss/any.ts', 'core/upload/any.ts', false],
	['oss/any.ts', 'browser/any.ts', false],
	['browser/tabs/any.ts', 'core/model.ts', true],
	['browser/tabs/any.ts', 'oss/any.ts', false],
	['any.ts', 'browser/any.ts', true],
	['element/any.ts', 'index.ts', true],
	['element/list/any.ts', 'element/any.ts', true],
	['element/any.ts', 'core/ports.ts', false],
	['element/list/any.ts', 'uploader.ts', false],
	['core/any.ts', 'element/any.ts', false],
])('%s may import %s: %s', (from, to, allowed) => {
	expect(isAllowed(from, to)).toBe(allowed);
});

test.each([
	["import { a } from './a.js';", './a.js', false],
	["import './a.js';", './a.js', false],
	["import type { A } from './a.js';", './a.js', true],
	["import { type A, type B } from '../a.js';", '../a.js', true],
	["import { a, type B } from './a.js';", './a.js', false],
	["export { a } from './a.js';", './a.js', false],
	["export type { A } from './a.js';", './a.js', true],
	["export * from './a.js';", './a.js', false],
	["const a = () => import('./a.js');", './a.js', false],
	["let a: import('./a.js').A;", './a.js', true],
	["new Worker(new URL('./a.worker.ts', import.meta.url));", './a.worker.ts', false],
])('%s names another file', (text, to, onlyTypes) => {
	expect(relativeImports('file.ts', text)).toEqual([{ to, onlyTypes }]);
});

test.each([
	"import ky from 'ky';",
	"// import './a.js'",
	"const text = `import './a.js'`;",
	"new URL('./a.js');",
	'import(name);',
])('%s names none', (text) => {
	expect(relativeImports('file.ts', text)).toEqual([]);
});

describe('a project of its own', () => {
	const BEFORE = `
<!-- drawing: written by \`node scripts/draw-folders.mjs\` -->

<!-- end of drawing -->
<!-- folders: written by \`node scripts/draw-folders.mjs\` -->
| \`core\` | It decides. | |
| \`gone\` | No more. | |
<!-- end of folders -->
Said by hand.
<!-- layers: written by \`node scripts/draw-folders.mjs\` -->

<!-- end of layers -->
`;
	const BIOME = {
		overrides: [
			{
				includes: ['src/core/**'],
				linter: {
					rules: { style: { noRestrictedImports: { options: { patterns: [{ group: ['../**'] }] } } } },
				},
			},
		],
	};

	let project: string;

	beforeAll(async () => {
		project = await mkdtemp(join(tmpdir(), 'folders-'));
		await cp(join(root, 'scripts'), join(project, 'scripts'), { recursive: true });
		await symlink(join(root, 'node_modules'), join(project, 'node_modules'), 'junction');
		await mkdir(join(project, 'src/core'), { recursive: true });
		await writeFile(join(project, 'src/core/a.ts'), '');
		await writeFile(join(project, 'src/b.ts'), "import type { A } from './core/a.js';");
		await writeFile(join(project, 'biome.json'), JSON.stringify(BIOME));
		await writeFile(join(project, 'CONTRIBUTING.md'), BEFORE);
	});

	afterAll(() => rm(project, { recursive: true, force: true }));

	const page = () => readFile(join(project, 'CONTRIBUTING.md'), 'utf8');
	const run = (...args: string[]) =>
		promisify(execFile)(process.execPath, [join(project, 'scripts/draw-folders.mjs'), ...args]);

	test('is drawn; what was said by hand of its folders is kept, and asked for where it is missing', async () => {
		await expect(run('--check')).rejects.toMatchObject({
			code: 1,
			stderr: expect.stringContaining('run `node scripts/draw-folders.mjs`'),
		});
		expect(await page()).toBe(BEFORE);

		await expect(run()).rejects.toMatchObject({
			code: 1,
			stderr: expect.stringMatching(/belongs into \.$/m),
		});
		const drawn = await page();
		expect(drawn).toContain('\tsrc -.-> core\n');
		expect(drawn).toContain('| `core` | It decides.        |                |\n');
		expect(drawn).toContain('| `.`    |                    | `core` (types) |\n');
		expect(drawn).not.toContain('gone');
		expect(drawn).toContain('Said by hand.');
		expect(drawn).toMatch(/^\| `core` +\| `core` +\|/m);
		expect(drawn).toMatch(/^\| `\.` +\| `\.`, `core` +\|/m);

		await writeFile(join(project, 'CONTRIBUTING.md'), drawn.replace('| `.`    | ', '| `.`    | The door.'));
		await run();
		expect(await page()).toContain('| `.`    | The door.          | `core` (types) |\n');
		await expect(run('--check')).resolves.toBeDefined();
	});
});

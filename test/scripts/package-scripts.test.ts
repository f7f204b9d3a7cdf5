import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const execute = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));

const manifest: { readonly scripts: Readonly<Record<string, string>> } = JSON.parse(
	await readFile(join(root, 'package.json'), 'utf8'),
);

test.each(Object.entries(manifest.scripts))(
	'npm run %s is one command with its arguments, and nothing that only some shell knows',
	(_, script) => {
		expect(script).toMatch(/^(node scripts\/|biome |tsx |vitest |npm run )/);
		expect(script).not.toMatch(/[;&|<>$`'"*\\]/);
	},
);

/** A tool that tells what it was run with. */
const TOOL = `console.log(JSON.stringify({
	tool: import.meta.url, args: process.argv.slice(2), cwd: process.cwd(), runs: process.env.SEARCH_RUNS, browser: process.env.CHROMIUM_PATH,
}));`;

describe('in a folder with a space in its name', () => {
	let stage: string;
	let project: string;

	beforeAll(async () => {
		stage = await mkdtemp(join(tmpdir(), 'scripts-'));
		project = join(stage, 'my project');
		await cp(join(root, 'scripts'), join(project, 'scripts'), { recursive: true });
		await writeFile(join(project, 'package-lock.json'), '{}');
		for (const name of ['vitest', 'typescript', '@biomejs/biome']) {
			const directory = join(project, 'node_modules', name);
			await mkdir(directory, { recursive: true });
			const command = name.replace('typescript', 'tsc').replace(/.*\//, '');
			await writeFile(
				join(directory, 'package.json'),
				JSON.stringify({ type: 'module', bin: { [command]: './tool.js' } }),
			);
			await writeFile(join(directory, 'tool.js'), TOOL);
		}
		// Written last, as npm does.
		await writeFile(join(project, 'node_modules/.package-lock.json'), '{}');
	});

	afterAll(() => rm(stage, { recursive: true, force: true }));

	/** What the tools told that this script ran, started from another folder, with nothing on the PATH. */
	async function told(script: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
		const { SEARCH_RUNS: _, ...inherited } = process.env;
		const { stdout } = await execute(process.execPath, [join(project, 'scripts', script), ...args], {
			cwd: stage,
			env: { ...inherited, PATH: '', ...env },
		});
		return stdout
			.split('\n')
			.filter((line) => line.startsWith('{'))
			.map((line) => JSON.parse(line));
	}

	test('a tool of the packages is run by this Node, with the browser that was found', async () => {
		const browser = process.execPath;
		expect(await told('with-browser.mjs', ['vitest', 'run', 'a b'], { CHROMIUM_PATH: browser })).toEqual([
			expect.objectContaining({
				tool: expect.stringContaining('/my%20project/node_modules/vitest/tool.js'),
				args: ['run', 'a b'],
				browser,
			}),
		]);
	});

	test('a tool that no package brings is named', async () => {
		const env = { CHROMIUM_PATH: process.execPath };
		await expect(told('with-browser.mjs', ['vitset'], env)).rejects.toMatchObject({
			code: 1,
			stderr: expect.stringContaining('the command vitset'),
		});
	});

	test.each<[string, Record<string, string>, string]>([
		['5,000 schedules', {}, '5000'],
		['as many as SEARCH_RUNS says', { SEARCH_RUNS: '7' }, '7'],
	])('the search plays %s', async (_, env, runs) => {
		expect(await told('search.mjs', ['-t', 'seed'], env)).toEqual([
			expect.objectContaining({ runs, args: ['run', '--project', 'node', 'test/search', '-t', 'seed'] }),
		]);
	});

	test('the steps of the check are run in the project, one after another', async () => {
		const steps = await told('steps.mjs', ['check']);
		expect(steps.map(({ args }) => args)).toEqual([
			['check', '.'],
			['-p', 'tsconfig.json'],
		]);
		for (const { cwd } of steps) expect(cwd).toContain('my project');
	});

	test('a step that is not there is named with those that are', async () => {
		await expect(told('steps.mjs', ['chekc'])).rejects.toMatchObject({
			code: 1,
			stderr: expect.stringContaining('check or build'),
		});
	});
});

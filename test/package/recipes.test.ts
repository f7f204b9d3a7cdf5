import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ShippedPackage, shipPackage } from './shipped-package.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
let shipped: ShippedPackage;
const folders: string[] = [];

beforeAll(async () => {
	shipped = await shipPackage();
});

afterAll(async () => {
	await shipped?.remove();
	for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

/** What the recipes ask for, beside what the package depends on. */
const TOOLS = ['vitest', 'vite', 'playwright'];

/** The recipe in a folder of its own, with the tools, and the package as npm would install it. */
async function lay(recipe: string): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), 'recipe-'));
	folders.push(folder);
	await cp(join(root, 'examples', recipe), folder, { recursive: true });
	await writeFile(join(folder, 'package.json'), '{ "type": "module", "private": true }');
	const { name, bin, dependencies } = shipped.manifest;
	const modules = join(folder, 'node_modules');
	await mkdir(join(modules, '.bin'), { recursive: true });
	await mkdir(join(modules, '@noble'));
	for (const tool of [...TOOLS, ...Object.keys(dependencies)]) {
		await symlink(join(root, 'node_modules', tool), join(modules, tool), 'junction');
	}
	await cp(shipped.directory, join(modules, name), { recursive: true });
	const commands = { 'oss-emulator': join(name, bin['oss-emulator'] ?? ''), vite: 'vite/bin/vite.js' };
	// As npm does it.
	await chmod(join(modules, commands['oss-emulator']), 0o755);
	for (const [command, file] of Object.entries(commands)) {
		await symlink(join(modules, file), join(modules, '.bin', command));
	}
	return folder;
}

async function run(folder: string, script: string, ...args: readonly string[]): Promise<string> {
	// What this test run says of itself is not for the one that it starts.
	const env = Object.fromEntries(
		Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_ENV|TEST$)/.test(name)),
	);
	const file = join(root, 'node_modules', script);
	const { stdout } = await promisify(execFile)(process.execPath, [file, ...args], { cwd: folder, env }).catch(
		({ message, stdout }: { message: string; stdout: string }) => {
			throw new Error(`${message}${stdout}`);
		},
	);
	return stdout;
}

test('the recipe for Vitest passes', async () => {
	const said = await run(
		await lay('vitest'),
		'vitest/vitest.mjs',
		'run',
		'--root',
		'.',
		'--reporter=verbose',
	);
	expect(said).toMatch(/3 passed/);
});

test('the recipe for Playwright passes', async () => {
	const said = await run(await lay('playwright'), 'playwright/cli.js', 'test');
	expect(said).toMatch(/2 passed/);
});

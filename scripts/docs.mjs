// `npm run docs` shows the documents while they are written, at the address that it prints; `npm run docs build` makes the
// site, in docs/.vitepress/dist.
import { existsSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './command.mjs';
import { ensurePackages } from './ensure-packages.mjs';
import { installedTool } from './installed-tool.mjs';
import { isMain } from './is-main.mjs';

const root = new URL('../', import.meta.url);
const cwd = fileURLToPath(new URL('docs/', root));
const VITEPRESS = 'node_modules/vitepress/bin/vitepress.js';

/** What the site is made of. */
const SOURCES = ['docs/', 'src/', 'emulator/', 'examples/', 'package.json', 'custom-elements.json'];
const MADE = /(^|\/)(node_modules|api|\.vitepress\/(dist|cache))\//;

/** Where the site lies. */
export const SITE = fileURLToPath(new URL('docs/.vitepress/dist/', root));

/**
 * Makes the site, unless it is younger than all that it is made of.
 *
 * @returns {Promise<number>} 0, or the exit code of what failed
 */
export async function buildDocs() {
	try {
		await ensurePackages('docs/');
	} catch (error) {
		console.error(error.message);
		return 1;
	}
	if (await isInStep()) return 0;
	// What a test run says of itself would make another site.
	const { NODE_ENV: _, VITEST: __, ...env } = process.env;
	const steps = [
		[installedTool('tsc'), '-p', 'tsconfig.json'],
		['.vitepress/reference.mjs'],
		[VITEPRESS, 'build'],
	];
	for (const args of steps) {
		const code = await run(process.execPath, args, { cwd, env });
		if (code !== 0) return code;
	}
	return 0;
}

async function isInStep() {
	const built = new URL('index.html', new URL('docs/.vitepress/dist/', root));
	if (!existsSync(built)) return false;
	const ages = await Promise.all(SOURCES.map(youngest));
	return Math.max(...ages) < statSync(built).mtimeMs;
}

/** When the youngest file of a folder, or a file, was written. */
async function youngest(path) {
	const url = new URL(path, root);
	if (!path.endsWith('/')) return statSync(url).mtimeMs;
	// Files alone: making the site writes the time of the folders that it lies in.
	const entries = await readdir(url, { recursive: true, withFileTypes: true });
	const files = entries
		.filter((entry) => entry.isFile())
		.map(({ parentPath, path, name }) => join(parentPath ?? path, name));
	const own = files.filter((file) => !MADE.test(relative(fileURLToPath(url), file).replaceAll('\\', '/')));
	return Math.max(...own.map((file) => statSync(file).mtimeMs));
}

async function showDocs() {
	await ensurePackages('docs/');
	const code = await run(process.execPath, ['.vitepress/reference.mjs'], { cwd });
	return code === 0 ? run(process.execPath, [VITEPRESS, 'dev'], { cwd }) : code;
}

async function act(what = 'show') {
	if (what === 'show') return showDocs();
	if (what === 'build') return buildDocs();
	throw new Error('Say what to do: show or build');
}

if (isMain(import.meta.url)) {
	try {
		await ensurePackages();
		process.exitCode = await act(process.argv[2]);
	} catch (error) {
		console.error(error.message);
		process.exitCode = 1;
	}
}

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const modules = fileURLToPath(new URL('../node_modules', import.meta.url));

/** The package that brings the command, where it has another name. */
const PACKAGES = { biome: '@biomejs/biome', tsc: 'typescript' };

/**
 * A command of an installed package as its own script, to be run by `process.execPath`: what npm puts into
 * `node_modules/.bin` is a .cmd file on Windows, which `spawn` does not start.
 *
 * @param {string} command such as `vitest`
 * @returns {string} the path of a script
 * @throws {Error} when no installed package brings it
 */
export function installedTool(command) {
	const directory = join(modules, PACKAGES[command] ?? command);
	const manifest = join(directory, 'package.json');
	const { bin } = existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')) : {};
	const script = typeof bin === 'string' ? bin : bin?.[command];
	if (script) return join(directory, script);
	throw new Error(`No package here brings the command ${command}: correct its name, or run npm install.`);
}

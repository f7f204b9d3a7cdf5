import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { run } from './command.mjs';

const root = new URL('../', import.meta.url);

/**
 * Installs the npm packages that a folder's lock file names, unless they are there already.
 *
 * @param {string} [folder] of the project, with a slash at its end; the project itself by default
 */
export async function ensurePackages(folder = '') {
	const directory = new URL(folder, root);
	const modifiedMs = (path) => statSync(new URL(path, directory), { throwIfNoEntry: false })?.mtimeMs ?? 0;
	// npm writes this file last, so an installation that broke off does not count.
	if (modifiedMs('node_modules/.package-lock.json') >= modifiedMs('package-lock.json')) return;
	console.log(`Installing the npm packages of ${folder}package-lock.json …`);
	// `npm --silent` reaches a nested npm by its environment and would hide why it failed.
	const { npm_config_loglevel: _, ...env } = process.env;
	const options = { env, cwd: fileURLToPath(directory) };
	if ((await run('npm', ['ci', '--silent'], options)) === 0) return;
	// `npm ci` insists on a lock entry for each optional package of every other system, which npm leaves out where the
	// registry lacks one. `npm install` takes the same locked versions and passes over those.
	console.log('npm ci does not take this lock file here: npm install, with the same versions …');
	if ((await run('npm', ['install', '--no-save'], options)) === 0) return;
	throw new Error(
		'npm could not install the packages (see above). Check the network and the npm registry, then run this again.',
	);
}

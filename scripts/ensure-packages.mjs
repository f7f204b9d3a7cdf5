import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { run } from './command.mjs';

const root = new URL('../', import.meta.url);
const modifiedMs = (path) => statSync(new URL(path, root), { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Installs the npm packages that the lock file names, unless they are there already. */
export async function ensurePackages() {
	// npm writes this file last, so an installation that broke off does not count.
	if (modifiedMs('node_modules/.package-lock.json') >= modifiedMs('package-lock.json')) return;
	console.log('Installing the npm packages of package-lock.json (npm ci) …');
	// `npm --silent` reaches a nested npm by its environment and would hide why it failed.
	const { npm_config_loglevel: _, ...env } = process.env;
	const code = await run('npm', ['ci', '--prefix', fileURLToPath(root)], { env });
	if (code !== 0)
		throw new Error(
			'npm ci failed (see above). Check the network and the npm registry, then run this again.',
		);
}

// Every scenario of test/engines in every engine, or in those that ENGINES names: `ENGINES=firefox npm run test:browsers`.
// A green run of all writes the table of what survives into the documents and the README.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { run } from './command.mjs';
import { ensurePackages } from './ensure-packages.mjs';
import { installedTool } from './installed-tool.mjs';
import { requireNode } from './node-version.mjs';

const SURVIVALS = ['docs/guide/what-survives.md', 'README.md'].map((path) =>
	fileURLToPath(new URL(`../${path}`, import.meta.url)),
);

requireNode();
try {
	await ensurePackages();
	const { register } = await import('tsx/esm/api');
	register();
	const { findBrowser } = await import('./find-browser.mjs');
	const { prepareEngines } = await import('./find-engines.mjs');
	const CHROMIUM_PATH = await findBrowser();
	await prepareEngines();
	const vitest = [installedTool('vitest'), 'run', '--project', '*engines', '--reporter', 'verbose'];
	const { forgetSurvivals, survivalsTable, withSurvivals } = await import('../test/engines/survivals.ts');
	forgetSurvivals();
	process.exitCode = await run(process.execPath, [...vitest, ...process.argv.slice(2)], {
		cwd: fileURLToPath(new URL('../', import.meta.url)),
		env: { ...process.env, CHROMIUM_PATH },
	});
	const table = survivalsTable();
	for (const path of process.exitCode === 0 && table ? SURVIVALS : []) {
		writeFileSync(path, withSurvivals(readFileSync(path, 'utf8'), table));
	}
} catch (error) {
	console.error(error.message);
	process.exitCode = 1;
}

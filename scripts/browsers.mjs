// Every scenario of test/engines in every engine, or in those that ENGINES names: `ENGINES=firefox npm run test:browsers`.
import { fileURLToPath } from 'node:url';
import { run } from './command.mjs';
import { ensurePackages } from './ensure-packages.mjs';
import { installedTool } from './installed-tool.mjs';
import { requireNode } from './node-version.mjs';

requireNode();
try {
	await ensurePackages();
	const { findBrowser } = await import('./find-browser.mjs');
	const { prepareEngines } = await import('./find-engines.mjs');
	const CHROMIUM_PATH = await findBrowser();
	await prepareEngines();
	const vitest = [installedTool('vitest'), 'run', '--project', '*engines', '--reporter', 'verbose'];
	process.exitCode = await run(process.execPath, [...vitest, ...process.argv.slice(2)], {
		cwd: fileURLToPath(new URL('../', import.meta.url)),
		env: { ...process.env, CHROMIUM_PATH },
	});
} catch (error) {
	console.error(error.message);
	process.exitCode = 1;
}

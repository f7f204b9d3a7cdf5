// Apps of many kinds, built and driven: see test/consumers/run.ts. `-- next vite` tries those alone whose names hold a word.
import { ensurePackages } from './ensure-packages.mjs';
import { requireNode } from './node-version.mjs';

requireNode();
try {
	await ensurePackages();
	const { findBrowser } = await import('./find-browser.mjs');
	process.env.CHROMIUM_PATH = await findBrowser();
	const { register } = await import('tsx/esm/api');
	register();
	const { testConsumers } = await import('../test/consumers/run.ts');
	process.exitCode = (await testConsumers(process.argv.slice(2))) ? 0 : 1;
} catch (error) {
	console.error(error.message);
	process.exitCode = 1;
}

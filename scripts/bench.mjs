// The measurements: see bench/run.ts. In this process itself: the command tsx would kill one that is slow to end.
import { ensurePackages } from './ensure-packages.mjs';
import { requireNode } from './node-version.mjs';

requireNode();
try {
	await ensurePackages();
	const { findBrowser } = await import('./find-browser.mjs');
	process.env.CHROMIUM_PATH = await findBrowser();
	const { register } = await import('tsx/esm/api');
	register();
	await import('../bench/run.ts');
} catch (error) {
	console.error(error.message);
	process.exitCode = 1;
}

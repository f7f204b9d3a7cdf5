// Runs a command of the installed packages with CHROMIUM_PATH set: `node scripts/with-browser.mjs vitest run`.
import { run } from './command.mjs';
import { ensurePackages } from './ensure-packages.mjs';
import { installedTool } from './installed-tool.mjs';
import { requireNode } from './node-version.mjs';

requireNode();
const [command, ...args] = process.argv.slice(2);
try {
	if (!command) throw new Error('Say what to run: node scripts/with-browser.mjs <command> [arguments]');
	await ensurePackages();
	const { findBrowser } = await import('./find-browser.mjs');
	const env = { ...process.env, CHROMIUM_PATH: await findBrowser() };
	process.exitCode = await run(process.execPath, [installedTool(command), ...args], { env });
} catch (error) {
	console.error(error.message);
	process.exitCode = 1;
}

// The search for schedules that break an upload, at length: SEARCH_RUNS of them, 5,000 where nothing is said.
import { fileURLToPath } from 'node:url';
import { run } from './command.mjs';
import { ensurePackages } from './ensure-packages.mjs';
import { installedTool } from './installed-tool.mjs';
import { requireNode } from './node-version.mjs';

requireNode();
try {
	await ensurePackages();
	const vitest = [installedTool('vitest'), 'run', '--project', 'node', 'test/search'];
	process.exitCode = await run(process.execPath, [...vitest, ...process.argv.slice(2)], {
		cwd: fileURLToPath(new URL('../', import.meta.url)),
		env: { ...process.env, SEARCH_RUNS: process.env.SEARCH_RUNS || '5000' },
	});
} catch (error) {
	console.error(error.message);
	process.exitCode = 1;
}

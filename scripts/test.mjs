// Proves the project, from a fresh clone on. One failed step does not stop the next: one run tells all.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { closingLine, tally } from './closing-line.mjs';
import { run } from './command.mjs';
import { buildDocs } from './docs.mjs';
import { ensurePackages } from './ensure-packages.mjs';
import { installedTool } from './installed-tool.mjs';
import { requireNode } from './node-version.mjs';
import { runStep, STEPS } from './steps.mjs';

const REPORT = 'test-results/vitest.json';

requireNode();
process.chdir(fileURLToPath(new URL('../', import.meta.url)));

async function failedSteps() {
	const failed = [];
	const attempt = async (title, work) => {
		console.log(`\n== ${title}`);
		if ((await work()) !== 0) failed.push(title);
	};
	for (const step of [...STEPS.check, ...STEPS.build]) await attempt(step.title, () => runStep(step));
	await attempt('Package', () => run(process.execPath, ['scripts/check-package.mjs']));
	await attempt('Documents', buildDocs);
	return failed;
}

async function vitest(CHROMIUM_PATH, engines) {
	console.log('\n== Tests');
	mkdirSync('test-results', { recursive: true });
	rmSync(REPORT, { force: true });
	const options = ['--reporter=default', '--reporter=json', `--outputFile.json=${REPORT}`];
	// All else that runs in three engines takes minutes: npm run test:browsers.
	const projects = ['--project=!engines'];
	const code = await run(process.execPath, [installedTool('vitest'), 'run', ...projects, ...options], {
		env: { ...process.env, CHROMIUM_PATH, ENGINES: engines.join(',') },
	});
	return { code, report: existsSync(REPORT) ? JSON.parse(readFileSync(REPORT, 'utf8')) : undefined };
}

async function prove() {
	await ensurePackages();
	// Only now: it needs the packages.
	const { findBrowser } = await import('./find-browser.mjs');
	const { ENGINES, prepareEngines } = await import('./find-engines.mjs');
	const browser = await findBrowser();
	await prepareEngines();
	const failed = await failedSteps();
	const { code, report } = await vitest(browser, ENGINES);
	console.log(failed.length === 0 ? '' : `\nFailed: ${failed.join(', ')}`);
	return tally(report, { vitestCode: code, failedSteps: failed.length });
}

const counts = await prove().catch((error) => {
	console.error(error.message);
	return { passed: 0, failed: 1 };
});
console.log(closingLine(counts));
process.exitCode = counts.failed === 0 ? 0 : 1;

// Proves the project, from a fresh clone on. One failed step does not stop the next: one run tells all.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { closingLine, tally } from './closing-line.mjs';
import { run } from './command.mjs';
import { ensurePackages } from './ensure-packages.mjs';
import { requireNode } from './node-version.mjs';

const REPORT = 'test-results/vitest.json';

requireNode();
process.chdir(fileURLToPath(new URL('../', import.meta.url)));

const node = (...args) => [process.execPath, args];
const bin = (name, ...args) => node(`node_modules/${name}`, ...args);

const STEPS = [
	['Format, lint and layers', ...bin('@biomejs/biome/bin/biome', 'check', '.')],
	['Types', ...bin('typescript/bin/tsc', '-p', 'tsconfig.json')],
	['Build', 'npm', ['run', '--silent', 'build']],
	...(existsSync('scripts/check-package.mjs') ? [['Package', ...node('scripts/check-package.mjs')]] : []),
];

async function failedSteps() {
	const failed = [];
	for (const [title, command, args] of STEPS) {
		console.log(`\n== ${title}`);
		if ((await run(command, args)) !== 0) failed.push(title);
	}
	return failed;
}

async function vitest(CHROMIUM_PATH) {
	console.log('\n== Tests');
	mkdirSync('test-results', { recursive: true });
	rmSync(REPORT, { force: true });
	const [command, args] = bin(
		'vitest/vitest.mjs',
		'run',
		'--reporter=default',
		'--reporter=json',
		`--outputFile.json=${REPORT}`,
	);
	const code = await run(command, args, { env: { ...process.env, CHROMIUM_PATH } });
	return { code, report: existsSync(REPORT) ? JSON.parse(readFileSync(REPORT, 'utf8')) : undefined };
}

async function prove() {
	await ensurePackages();
	// Only now: it needs the packages.
	const { findBrowser } = await import('./find-browser.mjs');
	const browser = await findBrowser();
	const failed = await failedSteps();
	const { code, report } = await vitest(browser);
	console.log(failed.length === 0 ? '' : `\nFailed: ${failed.join(', ')}`);
	return tally(report, { vitestCode: code, failedSteps: failed.length });
}

const counts = await prove().catch((error) => {
	console.error(error.message);
	return { passed: 0, failed: 1 };
});
console.log(closingLine(counts));
process.exitCode = counts.failed === 0 ? 0 : 1;

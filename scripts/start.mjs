// The demo page and an OSS emulator beside it, on this machine only. `--open` opens the page in the browser.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ensurePackages } from './ensure-packages.mjs';
import { requireNode } from './node-version.mjs';

const OPENERS = { darwin: ['open'], win32: ['cmd', '/c', 'start', ''] };

requireNode();

/** Says goodbye on Ctrl-C, on `kill`, and when the terminal or npm that started us is gone. */
function onEnd(close) {
	const end = () => {
		// A second Ctrl-C, or a server that does not close, must not keep the terminal.
		setTimeout(() => process.exit(1), 3000).unref();
		for (const signal of SIGNALS) process.off(signal, end).once(signal, () => process.exit(1));
		close().finally(() => process.exit(0));
	};
	const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
	for (const signal of SIGNALS) process.once(signal, end);
	const parent = process.ppid;
	setInterval(() => process.ppid === parent || end(), 1000).unref();
}

function open(url) {
	const [command, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
	spawn(command, [...args, url], { stdio: 'ignore', detached: true })
		.on('error', () => console.log(`Could not open a browser: open ${url} yourself.`))
		.unref();
}

try {
	await ensurePackages();
	const { register } = await import('tsx/esm/api');
	// Its paths let the demo's server import the package by its name, from wherever this is run.
	register({ tsconfig: fileURLToPath(new URL('../tsconfig.json', import.meta.url)) });
	const { demoOptions, startDemo } = await import('../demo/server/index.ts');
	const demo = await startDemo(demoOptions(process.env));
	onEnd(() => demo.close());
	console.log(`\n  Demo page     ${demo.url}`);
	console.log(demo.emulator ? `  OSS emulator  ${demo.emulator.url}` : `  Real bucket   ${demo.endpoint}`);
	console.log('\n  Ctrl-C ends it.\n');
	if (process.argv.includes('--open')) open(demo.url);
} catch (error) {
	console.error(error.message);
	process.exit(1);
}

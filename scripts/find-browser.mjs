import { accessSync, constants, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { aptInstall } from './apt.mjs';
import { run } from './command.mjs';
import { isMain } from './is-main.mjs';

const MINUTE_MS = 60_000;
const NAMES = [
	'chromium',
	'chromium-browser',
	'google-chrome',
	'google-chrome-stable',
	'microsoft-edge',
	'chrome',
];

const PLACES = {
	linux: () => [
		'/usr/bin/chromium',
		'/snap/bin/chromium',
		'/opt/google/chrome/chrome',
		'/opt/microsoft/msedge/msedge',
	],
	darwin: ({ HOME = '' }) =>
		['', HOME].flatMap((home) =>
			['Google Chrome', 'Chromium', 'Microsoft Edge'].map(
				(app) => `${home}/Applications/${app}.app/Contents/MacOS/${app}`,
			),
		),
	win32: (env) =>
		[env.ProgramFiles, env['ProgramFiles(x86)'], env.LOCALAPPDATA]
			.filter(Boolean)
			.flatMap((folder) => [
				`${folder}\\Google\\Chrome\\Application\\chrome.exe`,
				`${folder}\\Microsoft\\Edge\\Application\\msedge.exe`,
			]),
};

function isExecutable(path) {
	try {
		accessSync(path, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}

const require = createRequire(import.meta.url);
const playwrightCli = () => join(require.resolve('playwright/package.json'), '../cli.js');

/** The machine, as `findBrowser` sees it; tests bring their own. */
export const machine = {
	env: process.env,
	platform: process.platform,
	isRoot: process.getuid?.() === 0,
	isDebian: existsSync('/etc/debian_version'),
	isExecutable,
	// A browser whose libraries are missing is there and does not start. On Windows `--version` would open a window.
	starts: async (path) =>
		process.platform === 'win32' ||
		(await run(path, ['--version'], { quiet: true, timeoutMs: MINUTE_MS })) === 0,
	playwrightBrowser: async () => (await import('playwright')).chromium.executablePath(),
	downloadPlaywrightBrowser: () =>
		run(process.execPath, [playwrightCli(), 'install', '--no-shell', 'chromium'], {
			timeoutMs: 5 * MINUTE_MS,
		}),
	installDebianBrowser: () => aptInstall(['chromium']),
	say: (line) => console.log(line),
};

/**
 * The path of a Chromium-family browser that starts: `CHROMIUM_PATH`, else one found on this machine, else
 * playwright's download, else Debian's package (as root on Debian and its kin). Says what it does.
 */
export async function findBrowser(world = machine) {
	const { env, say } = world;
	const usable = async (path) => Boolean(path) && world.isExecutable(path) && (await world.starts(path));

	if (env.CHROMIUM_PATH) {
		if (await usable(env.CHROMIUM_PATH)) return env.CHROMIUM_PATH;
		throw new Error(
			`CHROMIUM_PATH names ${env.CHROMIUM_PATH}, which is no browser that starts: correct it or unset it.`,
		);
	}
	const installed = async () => {
		for (const path of candidates(world)) if (await usable(path)) return path;
	};
	const downloaded = async () => {
		const path = await world.playwrightBrowser();
		return (await usable(path)) ? path : undefined;
	};
	const found = (await installed()) ?? (await downloaded());
	if (found) {
		say(`Browser: ${found}`);
		return found;
	}
	say('No Chromium, Chrome or Edge found here: downloading the one of playwright …');
	await world.downloadPlaywrightBrowser();
	let path = await downloaded();
	if (!path && world.isRoot && world.isDebian) {
		say('That did not give a browser that starts: installing the chromium package with apt-get …');
		await world.installDebianBrowser();
		path = await installed();
	}
	if (path) return path;
	throw new Error(
		'No browser that starts could be found or installed. Install Chromium, Chrome or Edge, or set CHROMIUM_PATH to one, then run this again.',
	);
}

function candidates({ env, platform }) {
	const folders = (env.PATH ?? '').split(delimiter).filter(Boolean);
	// Windows keeps its browsers off the PATH.
	const named =
		platform === 'win32' ? [] : NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
	return [...named, ...(PLACES[platform] ?? PLACES.linux)(env)];
}

if (isMain(import.meta.url)) {
	try {
		await findBrowser();
	} catch (error) {
		console.error(error.message);
		process.exitCode = 1;
	}
}

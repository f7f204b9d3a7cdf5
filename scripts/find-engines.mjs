// Firefox and WebKit, as test/engines drives them: what this machine lacks for each, and how it gets it.
import { delimiter, join } from 'node:path';
import { aptInstall } from './apt.mjs';
import { run } from './command.mjs';
import { machine as browserMachine } from './find-browser.mjs';

const SECONDS_MS = 1000;

/** The machine, as it is seen here; tests bring their own. */
export const machine = {
	...browserMachine,
	/** Whether Debian's Python, which its bindings belong to, runs this. */
	runsPython: async (code) =>
		(await run('/usr/bin/python3', ['-c', code], { quiet: true, timeoutMs: 30 * SECONDS_MS })) === 0,
	install: aptInstall,
};

/** For each engine the Debian packages that bring what it is driven with, and how each is recognized. */
const NEEDS = {
	firefox: { 'firefox-esr': async (world) => firefoxPath(world) !== undefined },
	webkit: {
		'webkit2gtk-driver': async (world) => onPath('WebKitWebDriver', world) !== undefined,
		xvfb: async (world) => onPath('Xvfb', world) !== undefined,
		'python3-gi': (world) => world.runsPython('import gi'),
		'gir1.2-webkit2-4.1': (world) =>
			world.runsPython("import gi; gi.require_version('Gtk', '3.0'); gi.require_version('WebKit2', '4.1')"),
	},
};

/** Beside Chromium. */
export const ENGINES = Object.keys(NEEDS);

function onPath(name, { env, isExecutable }) {
	const folders = (env.PATH ?? '').split(delimiter).filter(Boolean);
	return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** `FIREFOX_PATH`, else the one on the PATH, if there is one. */
export const firefoxPath = (world = machine) =>
	world.env.FIREFOX_PATH || (onPath('firefox-esr', world) ?? onPath('firefox', world));

/** The packages that are missing for an engine. */
export async function lackingFor(engine, world = machine) {
	// Its processes are told from others by /proc.
	if (world.platform !== 'linux') return ['Linux'];
	const lacking = [];
	for (const [name, isThere] of Object.entries(NEEDS[engine]))
		if (!(await isThere(world))) lacking.push(name);
	return lacking;
}

/**
 * Installs what is missing for Firefox and WebKit, as root on Debian and its kin, and says which of them cannot be
 * driven: their scenarios are then skipped.
 *
 * @returns {Promise<readonly string[]>} the engines that can be driven
 */
export async function prepareEngines(world = machine) {
	const lackingNow = () => Promise.all(ENGINES.map((name) => lackingFor(name, world)));
	let lacking = await lackingNow();
	const packages = lacking.flat();
	if (packages.length > 0 && world.isRoot && world.isDebian) {
		world.say(`Installing with apt-get what Firefox and WebKit are driven with: ${packages.join(' ')} …`);
		await world.install(packages);
		lacking = await lackingNow();
	}
	return ENGINES.filter((name, index) => {
		if (lacking[index].length === 0) return true;
		world.say(`NOT TESTED in ${name}, for which this machine lacks: ${lacking[index].join(' ')}`);
		return false;
	});
}

import { expect, test } from 'vitest';

interface World {
	readonly env: Record<string, string>;
	readonly platform: string;
	readonly isRoot: boolean;
	readonly isDebian: boolean;
	isExecutable(path: string): boolean;
	starts(path: string): Promise<boolean>;
	playwrightBrowser(): Promise<string>;
	downloadPlaywrightBrowser(): Promise<number>;
	installDebianBrowser(): Promise<number>;
	say(line: string): void;
}

const script: { findBrowser(world: World): Promise<string> } = await import(
	new URL('../../scripts/find-browser.mjs', import.meta.url).href
);

const PLAYWRIGHT = '/cache/playwright/chrome';

/** A machine that has the files of `has`; what is done to it goes to `log`. */
function machine({
	has = [] as string[],
	broken = [] as string[],
	...rest
}: Partial<World> & { has?: string[]; broken?: string[] }) {
	const files = new Set(has);
	const log: string[] = [];
	const world: World = {
		env: { PATH: '/bin:/usr/bin' },
		platform: 'linux',
		isRoot: false,
		isDebian: false,
		isExecutable: (path) => files.has(path),
		starts: async (path) => !broken.includes(path),
		playwrightBrowser: async () => PLAYWRIGHT,
		downloadPlaywrightBrowser: async () => {
			log.push('download');
			return 1;
		},
		installDebianBrowser: async () => {
			log.push('apt-get');
			files.add('/usr/bin/chromium');
			return 0;
		},
		say: () => undefined,
		...rest,
	};
	return { world, log, files };
}

test('CHROMIUM_PATH goes before anything found', async () => {
	const { world } = machine({
		env: { CHROMIUM_PATH: '/mine', PATH: '/bin' },
		has: ['/mine', '/bin/chromium'],
	});
	await expect(script.findBrowser(world)).resolves.toBe('/mine');
});

test('a CHROMIUM_PATH that is no browser is named, not passed over', async () => {
	const { world } = machine({ env: { CHROMIUM_PATH: '/nothing', PATH: '/bin' }, has: ['/bin/chromium'] });
	await expect(script.findBrowser(world)).rejects.toThrow('CHROMIUM_PATH names /nothing');
});

test('a browser on the PATH goes before playwright’s', async () => {
	const { world, log } = machine({ has: ['/usr/bin/google-chrome', PLAYWRIGHT] });
	await expect(script.findBrowser(world)).resolves.toBe('/usr/bin/google-chrome');
	expect(log).toEqual([]);
});

test('Chromium goes before Chrome, wherever on the PATH they are', async () => {
	const { world } = machine({ has: ['/bin/google-chrome', '/usr/bin/chromium'] });
	await expect(script.findBrowser(world)).resolves.toBe('/usr/bin/chromium');
});

test('a browser that does not start is passed over', async () => {
	const { world } = machine({ has: ['/usr/bin/chromium', PLAYWRIGHT], broken: ['/usr/bin/chromium'] });
	await expect(script.findBrowser(world)).resolves.toBe(PLAYWRIGHT);
});

test.each([
	['darwin', { HOME: '/Users/me' }, '/Users/me/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'],
	['win32', { ProgramFiles: 'C:\\Programs' }, 'C:\\Programs\\Microsoft\\Edge\\Application\\msedge.exe'],
])('on %s the usual places are known', async (platform, env, path) => {
	const { world } = machine({ platform, env, has: [path] });
	await expect(script.findBrowser(world)).resolves.toBe(path);
});

test('what playwright downloaded before is not downloaded again', async () => {
	const { world, log } = machine({ has: [PLAYWRIGHT] });
	await expect(script.findBrowser(world)).resolves.toBe(PLAYWRIGHT);
	expect(log).toEqual([]);
});

test('playwright’s download goes before Debian’s package', async () => {
	const { world, files, log } = machine({ isRoot: true, isDebian: true });
	const download = async () => {
		files.add(PLAYWRIGHT);
		return 0;
	};
	await expect(script.findBrowser({ ...world, downloadPlaywrightBrowser: download })).resolves.toBe(
		PLAYWRIGHT,
	);
	expect(log).toEqual([]);
});

test('where the download fails, Debian’s package is installed', async () => {
	const { world, log } = machine({ isRoot: true, isDebian: true });
	await expect(script.findBrowser(world)).resolves.toBe('/usr/bin/chromium');
	expect(log).toEqual(['download', 'apt-get']);
});

test('a download that does not start, libraries missing, gives way to Debian’s package', async () => {
	const { world } = machine({ isRoot: true, isDebian: true, has: [PLAYWRIGHT], broken: [PLAYWRIGHT] });
	await expect(script.findBrowser(world)).resolves.toBe('/usr/bin/chromium');
});

test.each([
	['somebody who is not root', { isDebian: true }],
	['another system', { isRoot: true }],
])('apt-get is not tried for %s, and the sentence says what to do', async (_, who) => {
	const { world, log } = machine(who);
	await expect(script.findBrowser(world)).rejects.toThrow(
		'Install Chromium, Chrome or Edge, or set CHROMIUM_PATH',
	);
	expect(log).toEqual(['download']);
});

import { expect, test } from 'vitest';

interface World {
	readonly env: Record<string, string>;
	readonly platform: string;
	readonly isRoot: boolean;
	readonly isDebian: boolean;
	isExecutable(path: string): boolean;
	runsPython(code: string): Promise<boolean>;
	install(packages: readonly string[]): Promise<number>;
	say(line: string): void;
}

const script: {
	firefoxPath(world: World): string | undefined;
	lackingFor(engine: string, world: World): Promise<readonly string[]>;
	prepareEngines(world: World): Promise<readonly string[]>;
} = await import(new URL('../../scripts/find-engines.mjs', import.meta.url).href);

const FIREFOX = '/usr/bin/firefox-esr';
const WEBKIT = ['/usr/bin/WebKitWebDriver', '/usr/bin/Xvfb', 'gi'];

/** A machine that has these files, `gi` being what Python needs; what is installed brings everything, if anything. */
function machine({ has = [] as string[], brings = [] as string[], ...rest }: Partial<World> & Has = {}) {
	const there = new Set(has);
	const installed: string[] = [];
	const said: string[] = [];
	const world: World = {
		env: { PATH: '/bin:/usr/bin' },
		platform: 'linux',
		isRoot: false,
		isDebian: true,
		isExecutable: (path) => there.has(path),
		runsPython: async () => there.has('gi'),
		async install(packages) {
			installed.push(...packages);
			for (const file of brings) there.add(file);
			return 0;
		},
		say: (line) => said.push(line),
		...rest,
	};
	return { world, installed, said };
}

interface Has {
	has?: string[];
	brings?: string[];
}

test('a machine that has everything: nothing is installed or said', async () => {
	const { world, installed, said } = machine({ has: [FIREFOX, ...WEBKIT], isRoot: true });
	expect(await script.prepareEngines(world)).toEqual(['firefox', 'webkit']);
	expect([...installed, ...said]).toEqual([]);
});

test('root on Debian: what is missing is installed, and no more', async () => {
	const { world, installed, said } = machine({
		has: ['/usr/bin/Xvfb', FIREFOX],
		brings: WEBKIT,
		isRoot: true,
	});
	expect(await script.prepareEngines(world)).toEqual(['firefox', 'webkit']);
	expect(installed).toEqual(['webkit2gtk-driver', 'python3-gi', 'gir1.2-webkit2-4.1']);
	expect(said).toEqual([expect.stringContaining('webkit2gtk-driver python3-gi gir1.2-webkit2-4.1')]);
});

test.each<[string, Partial<World>]>([
	['not as root', { isRoot: false }],
	['not on Debian', { isRoot: true, isDebian: false }],
	['when it cannot be installed', { isRoot: true }],
])('%s: an engine that is missing is named, with what to install', async (_, rest) => {
	const { world, said } = machine({ has: WEBKIT, ...rest });
	expect(await script.prepareEngines(world)).toEqual(['webkit']);
	expect(said.at(-1)).toMatch(/^NOT TESTED in firefox.* firefox-esr$/);
});

test('elsewhere than on Linux no engine is driven', async () => {
	const { world } = machine({ has: [FIREFOX, ...WEBKIT], platform: 'darwin' });
	expect(await script.lackingFor('firefox', world)).toEqual(['Linux']);
});

test('FIREFOX_PATH goes before anything found', () => {
	const { world } = machine({ has: [FIREFOX], env: { PATH: '/usr/bin', FIREFOX_PATH: '/mine' } });
	expect(script.firefoxPath(world)).toBe('/mine');
});

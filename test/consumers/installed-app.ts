import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ShippedPackage } from '../package/shipped-package.js';
import type { Command, Consumer } from './consumer.js';

const UPLOADS = fileURLToPath(new URL('../package/app/uploads.js', import.meta.url));
const TOO_LONG_MS = 10 * 60_000;

export interface InstalledApp {
	readonly directory: string;
	/** Of `consumer.tool`. */
	readonly version: string;
	/** Runs one of its packages' commands to its end; rejects with what it printed. */
	run(command: Command): Promise<void>;
	/** How to start one of its packages' commands. */
	start(command: Command): {
		readonly file: string;
		readonly args: readonly string[];
		readonly env: NodeJS.ProcessEnv;
	};
	remove(): Promise<void>;
}

/** The app in a folder of its own, far from the repository, with its packages and the packed tarball installed by npm. */
export async function installApp(
	consumer: Consumer,
	{ manifest, tarball }: ShippedPackage,
): Promise<InstalledApp> {
	const directory = await mkdtemp(join(tmpdir(), 'consumer-'));
	const remove = () => rm(directory, { recursive: true, force: true, maxRetries: 5 });
	try {
		await cp(UPLOADS, join(directory, 'uploads.js'));
		const dependencies = { ...consumer.packages, [manifest.name]: `file:${tarball}` };
		const app = { name: 'consumer', private: true, type: 'module', dependencies };
		await writeFiles(directory, { 'package.json': JSON.stringify(app), ...consumer.files });
		await runNpm(directory, 'install');
		return {
			directory,
			version: await versionOf(directory, consumer.tool),
			remove,
			...commandsOf(directory),
		};
	} catch (error) {
		await remove();
		throw error;
	}
}

export async function writeFiles(directory: string, files: Readonly<Record<string, string>>): Promise<void> {
	for (const [path, text] of Object.entries(files)) {
		await mkdir(dirname(join(directory, path)), { recursive: true });
		await writeFile(join(directory, path), text);
	}
}

async function versionOf(directory: string, tool: string | undefined): Promise<string> {
	if (tool === undefined) return '';
	return JSON.parse(await readFile(join(directory, 'node_modules', tool, 'package.json'), 'utf8')).version;
}

/** As a person runs it there. */
export function runNpm(directory: string, command: string, ...args: readonly string[]): Promise<void> {
	const quietly = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
	return execute(NPM, [command, ...args, ...(command === 'install' ? quietly : [])], directory);
}

export function commandsOf(directory: string): Pick<InstalledApp, 'run' | 'start'> {
	const fileOf = (tool: string) =>
		tool === 'node'
			? process.execPath
			: join(directory, 'node_modules/.bin', ON_WINDOWS ? `${tool}.cmd` : tool);
	return {
		run: ([tool, ...args]) => execute(fileOf(tool), args, directory),
		start: ([tool, ...args]) => ({ file: fileOf(tool), args, env: environment() }),
	};
}

// What npm puts there are .cmd files on Windows, which only a shell starts, as npm itself is.
const ON_WINDOWS = process.platform === 'win32';
const NPM = 'npm';

async function execute(file: string, args: readonly string[], cwd: string): Promise<void> {
	const options = { cwd, env: environment(), shell: ON_WINDOWS, timeout: TOO_LONG_MS, maxBuffer: 2 ** 26 };
	await promisify(execFile)(file, [...args], options).catch(
		({ message, stdout }: { message: string; stdout: string }) => {
			throw new Error(`${message}${stdout}`);
		},
	);
}

/** As a person's shell has it: what npm and a test run put there must not change what is installed and built. */
function environment(): NodeJS.ProcessEnv {
	const kept = Object.entries(process.env).filter(
		([name]) => !/^(npm_|NODE_ENV$|NODE_OPTIONS$|VITEST|VITE_|TEST$)/.test(name),
	);
	return {
		...Object.fromEntries(kept),
		NEXT_TELEMETRY_DISABLED: '1',
		NUXT_TELEMETRY_DISABLED: '1',
		DO_NOT_TRACK: '1',
		CI: '1',
	};
}

import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));

export interface Manifest {
	readonly name: string;
	readonly version: string;
	readonly main: string;
	readonly types: string;
	readonly bin: Readonly<Record<string, string>>;
	readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
	readonly dependencies: Readonly<Record<string, string>>;
	readonly peerDependencies: Readonly<Record<string, string>>;
	readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional?: boolean }>>;
}

export interface ShippedPackage {
	readonly manifest: Manifest;
	/** Where the package lies unpacked. */
	readonly directory: string;
	/** As npm packed it. */
	readonly tarball: string;
	/** All its files, relative to `directory`. */
	readonly files: readonly string[];
	remove(): Promise<void>;
}

/** Builds the library, packs it as `npm publish` would, and unpacks that. The working tree's own dist is left alone. */
export async function shipPackage(): Promise<ShippedPackage> {
	const stage = await mkdtemp(join(tmpdir(), 'shipped-'));
	const remove = () => rm(stage, { recursive: true, force: true });
	try {
		await buildInto(stage);
		return { ...(await packedIn(stage)), remove };
	} catch (error) {
		await remove();
		throw error;
	}
}

const TOOLS = { vite: 'vite/bin/vite.js', tsc: 'typescript/bin/tsc' };

interface Step {
	readonly tool: keyof typeof TOOLS;
	readonly args: readonly string[];
}

const buildSteps = async (): Promise<readonly Step[]> =>
	(await import(new URL('../../scripts/steps.mjs', import.meta.url).href)).STEPS.build;

/** What `npm run build` does, beside what else npm packs. */
async function buildInto(stage: string): Promise<void> {
	for (const name of ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md']) {
		await cp(join(root, name), join(stage, name));
	}
	const dist = join(stage, 'dist');
	for (const { tool, args } of await buildSteps()) {
		const quiet = tool === 'vite' ? ['--logLevel', 'error'] : [];
		await runNode(TOOLS[tool], ...args, '--outDir', dist, ...quiet);
	}
}

async function packedIn(stage: string): Promise<Omit<ShippedPackage, 'remove'>> {
	// npm is a .cmd file on Windows, which only a shell starts.
	await execute('npm', ['pack', '--silent', '--ignore-scripts'], {
		cwd: stage,
		shell: process.platform === 'win32',
	});
	const manifest: Manifest = JSON.parse(await readFile(join(stage, 'package.json'), 'utf8'));
	const tarball = join(stage, `${manifest.name}-${manifest.version}.tgz`);
	await execute('tar', ['-xzf', tarball], { cwd: stage });
	const directory = join(stage, 'package');
	const files = await readdir(directory, { recursive: true });
	return { manifest, directory, tarball, files: files.map((name) => name.replaceAll('\\', '/')) };
}

/** As a shell would run it: what a test run sets in the environment must not change what is built. */
export async function runNode(script: string, ...args: string[]): Promise<void> {
	const { NODE_ENV: _, VITEST: __, ...env } = process.env;
	const run = execute(process.execPath, [join(root, 'node_modules', script), ...args], { cwd: root, env });
	await run.catch(({ message, stdout }: { message: string; stdout: string }) => {
		// The compiler tells its errors there.
		throw new Error(`${message}${stdout}`);
	});
}

/** An app far from the repository that has installed the package, and a page that loads `script`. */
export async function createApp(shipped: ShippedPackage, script: string): Promise<string> {
	const app = await mkdtemp(join(tmpdir(), 'consumer-'));
	const modules = join(app, 'node_modules');
	await mkdir(modules);
	await cp(shipped.directory, join(modules, shipped.manifest.name), { recursive: true });
	for (const name of Object.keys(shipped.manifest.dependencies)) {
		await cp(join(root, 'node_modules', name), join(modules, name), { recursive: true });
	}
	await cp(fileURLToPath(new URL('./app/', import.meta.url)), app, { recursive: true });
	await writeFile(join(app, 'package.json'), '{ "type": "module", "private": true }');
	await writeFile(join(app, 'index.html'), pageOf(script));
	return app;
}

const pageOf = (script: string): string => `<!doctype html>
<html lang="en">
	<head>
		<meta charset="utf-8" />
		<title>Consumer</title>
		<link rel="icon" href="data:," />
	</head>
	<body>
		<input type="file" />
		${script}
	</body>
</html>
`;

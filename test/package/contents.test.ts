import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp, runNode, type ShippedPackage, shipPackage } from './shipped-package.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
let shipped: ShippedPackage;

beforeAll(async () => {
	shipped = await shipPackage();
});

afterAll(() => shipped?.remove());

const textOf = (file: string): Promise<string> => readFile(join(shipped.directory, file), 'utf8');

/** The specifiers of static and dynamic imports, with the comments' examples left out. */
const importsOf = (code: string): readonly string[] =>
	[...code.matchAll(/^(?!\s*(?:\/\/|\*)).*?\b(?:from|import)\s*\(?\s*["']([^"']+)["']/gm)].map(
		([, specifier = '']) => specifier,
	);

test('the emulator asks for nothing but Node', async () => {
	const files = shipped.files.filter((name) => /^dist\/emulator\/\w+\.js$/.test(name));
	expect(files.sort()).toEqual(['cli', 'emulator', 'index'].map((name) => `dist/emulator/${name}.js`));
	for (const file of files) {
		for (const specifier of importsOf(await textOf(file))) {
			expect(specifier).toMatch(/^(node:[\w/]+|\.\/(emulator|index)\.js)$/);
		}
	}
	expect(await textOf('dist/emulator/cli.js')).toMatch(/^#!\/usr\/bin\/env node\n/);
});

test('all that package.json points at is there', () => {
	const { main, types, exports, bin } = shipped.manifest;
	const targets = [
		...Object.values(bin),
		main,
		types,
		...Object.values(exports).flatMap((target) =>
			typeof target === 'string' ? target : Object.values(target),
		),
	];
	expect(
		targets.map((target) => target.replace('./', '')).filter((file) => !shipped.files.includes(file)),
	).toEqual([]);
});

// Parcel reads no `exports` by itself, nor does TypeScript's older resolution.
test('`main` and `types` are those of the first entry [D6]', () => {
	const { main, types, exports } = shipped.manifest;
	expect(exports['.']).toEqual({ types, default: main });
});

test('the worker is one file that imports nothing, so that it can be copied to `workerUrl`', async () => {
	expect(shipped.files).toContain('dist/hash.worker.js');
	const code = await textOf('dist/hash.worker.js');
	expect(importsOf(code)).toEqual([]);
	expect(code).not.toMatch(/\b(?:importScripts|require)\(/);
});

test('the address of the worker stands in the literal that every bundler looks for [D1]', async () => {
	// Those that hold the worker's text name its file where they say what it was made of.
	const scripts = shipped.files.filter((name) => /^dist\/(?!hash\.|inline-|stand).*\.js$/.test(name));
	const code = (await Promise.all(scripts.map(textOf))).join('');
	const literal = 'new Worker(new URL("./hash.worker.js", import.meta.url), { type: "module" })';
	expect(code.split(literal)).toHaveLength(2);
	expect(code.match(/[/"]hash\.worker/g)).toHaveLength(1);
});

test('the text of the worker asks for no map, which it could not find', async () => {
	const [, text = ''] = /jsContent = "(.*)";$/m.exec(await textOf('dist/inline-worker.js')) ?? [];
	expect(text.length).toBeGreaterThan(10_000);
	expect(text).not.toContain('sourceMappingURL');
});

test('standalone.js holds all that it needs, minified, without a map', async () => {
	const code = await textOf('dist/standalone.js');
	expect(importsOf(code)).toEqual([]);
	expect(code).not.toMatch(/\b(?:import\(["'`]|require\()|import\.meta\.url,|sourceMappingURL/);
	expect(code.length / code.split('\n').length).toBeGreaterThan(1000);
	const namesOf = async (file: string) => Object.keys(await import(join(shipped.directory, file))).sort();
	expect(await namesOf('dist/standalone.js')).toEqual(Object.keys(await import('../../src/index.js')).sort());
});

test('an uploader is the same to all entries', async () => {
	const [{ createUploader }, { diagnose }] = await Promise.all(
		['dist/index.js', 'dist/diagnose.js'].map((file) => import(join(shipped.directory, file))),
	);
	const uploader = createUploader({ bucket: 'examplebucket', region: 'cn-hangzhou', getCredentials() {} });
	const signal = AbortSignal.abort();
	await expect(diagnose(uploader, { signal })).rejects.toBe(signal.reason);
	await expect(diagnose({}, { signal })).rejects.toThrow(TypeError);
});

// A page without a bundler gives the addresses of these by an import map, and UMD cannot be imported.
test('what index.js and its chunks import are ES modules [D4]', async () => {
	const { dependencies } = shipped.manifest;
	expect(Object.keys(dependencies).sort()).toEqual(['@noble/hashes', 'idb', 'ky']);
	for (const name of Object.keys(dependencies)) {
		const manifest = JSON.parse(await readFile(join(root, 'node_modules', name, 'package.json'), 'utf8'));
		expect({ name, type: manifest.type }).toEqual({ name, type: 'module' });
	}
});

test('the worker is shipped minified, and the rest legible, for the app’s bundler to minify', async () => {
	const charactersALine = async (file: string) => {
		const code = await textOf(file);
		return code.length / code.split('\n').length;
	};
	expect(await charactersALine('dist/hash.worker.js')).toBeGreaterThan(1000);
	expect(await charactersALine('dist/index.js')).toBeLessThan(80);
});

/** Entries that import a package which only its own users have. */
const BOUND = ['dist/react.js', 'dist/vue.js'];

test('scripts import nothing but each other and the dependencies', async () => {
	const imported = new Set<string>();
	const scripts = shipped.files.filter((name) => name.endsWith('.js') && !name.includes('/emulator/'));
	for (const file of scripts.filter((name) => !BOUND.includes(name))) {
		for (const specifier of importsOf(await textOf(file))) imported.add(specifier);
	}
	expect(imported).toContain('ky');
	const own = shipped.files.map((file) => file.replace(/^dist/, '.'));
	const dependencies = Object.keys(shipped.manifest.dependencies);
	const isKnown = (specifier: string) =>
		own.includes(specifier) ||
		dependencies.some((name) => specifier === name || specifier.startsWith(`${name}/`));
	expect([...imported].filter((specifier) => !isKnown(specifier))).toEqual([]);
});

test('who imports an entry for a framework has that one, and imports the elements itself', async () => {
	const { peerDependencies, peerDependenciesMeta } = shipped.manifest;
	expect(Object.keys(peerDependencies).map((name) => `dist/${name}.js`)).toEqual(BOUND);
	for (const name of Object.keys(peerDependencies)) {
		expect(peerDependenciesMeta).toHaveProperty(name, { optional: true });
		const imported = importsOf(await textOf(`dist/${name}.js`));
		expect(imported).toContain(name);
		expect(imported.filter((specifier) => specifier !== name && !/^\.\/(?!element)/.test(specifier))).toEqual(
			[],
		);
	}
});

// Else Next takes its components for some of the server.
test('react.js begins with `use client`', async () => {
	expect(await textOf('dist/react.js')).toMatch(/^["']use client["'];/);
});

const APP = `
import { createUploader, type UploadTask } from 'oss-resumable-upload';
import { startEmulator } from 'oss-resumable-upload/emulator';
import { createSigner } from 'oss-resumable-upload/sign';
import { createUploader as createInOneFile } from 'oss-resumable-upload/standalone.js';

const uploader = createUploader({
	bucket: 'examplebucket',
	region: 'cn-hangzhou',
	getCredentials: async ({ signal }) => (await fetch('/sts', { signal })).json(),
});
export const isOne: typeof createUploader = createInOneFile;
export const { signUpload } = createSigner({
	bucket: 'examplebucket',
	region: 'cn-hangzhou',
	credentials: async () => (await startEmulator()).mintCredentials({ policy: ['PutObject'] }),
});
export const start = (file: File): UploadTask => uploader.upload(file, { key: (picked) => \`films/\${picked.size}\` });
`;

test.each([
	['bundler', 'ESNext'],
	['nodenext', 'NodeNext'],
])(
	'an app is type-checked, the package and its dependencies too (moduleResolution %s)',
	async (resolution, module) => {
		const app = await createApp(shipped, '');
		try {
			await writeFile(join(app, 'app.ts'), APP);
			const compilerOptions = {
				target: 'ES2022',
				lib: ['ES2022', 'DOM'],
				module,
				moduleResolution: resolution,
				strict: true,
				skipLibCheck: false,
				noEmit: true,
				types: [],
			};
			await writeFile(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['app.ts'] }));
			await runNode('typescript/bin/tsc', '-p', app);
		} finally {
			await rm(app, { recursive: true, force: true });
		}
	},
);

import { fileURLToPath } from 'node:url';
import { playwright } from '@vitest/browser-playwright';
import { RolldownMagicString } from 'rolldown';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { thirdParty } from './scripts/third-party.mjs';

const path = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const src = path('./src/index.ts');
const sign = path('./src/sign.ts');
/** Entries share what they have in common, as files of their own: an uploader is the same to all of them. */
const entry = {
	index: src,
	diagnose: path('./src/diagnose.ts'),
	element: path('./src/element.ts'),
	react: path('./src/react.ts'),
	vue: path('./src/vue.ts'),
};
// Set by scripts/with-browser.mjs to the browser it found; playwright's own download otherwise.
const executablePath = process.env.CHROMIUM_PATH;
const launchOptions = executablePath ? { executablePath } : {};

/** What Vite makes of the worker's address, which no other bundler understands. */
const VITES_WORKER_URL =
	/new URL\(\s*\/\* @vite-ignore \*\/\s*new URL\("hash\.worker\.js", import\.meta\.url\)\.href,\s*"" \+ import\.meta\.url\s*\)/;

const WORKER_URL = 'new URL("./hash.worker.js", import.meta.url)';

/** In dist stands the literal that bundlers look for: `new Worker(new URL("./hash.worker.js", import.meta.url), …)`. */
const workerLiteral: Plugin = {
	name: 'worker-literal',
	apply: 'build',
	enforce: 'post',
	renderChunk(code) {
		const found = VITES_WORKER_URL.exec(code);
		if (!found) return null;
		const changed = new RolldownMagicString(code);
		changed.overwrite(found.index, found.index + found[0].length, WORKER_URL);
		return { code: changed.toString(), map: changed.generateMap({ hires: 'boundary' }).toString() };
	},
	generateBundle(_, bundle) {
		const isThere = Object.values(bundle).some(
			(file) => file.type === 'chunk' && file.code.includes(WORKER_URL),
		);
		if (!isThere)
			this.error('Vite writes the address of the hash worker in another way: mend `VITES_WORKER_URL`');
	},
};

/** The text of the worker lies at no address from which its map could be found. */
const textWithoutMap: Plugin = {
	name: 'text-without-map',
	apply: 'build',
	transform(code, id) {
		if (!id.endsWith('?worker&inline')) return null;
		return { code: code.replace(/\/\/# sourceMappingURL=[\w.]+/, ''), map: null };
	},
};

/** The style sheet is read in its source, and shipped without what only a reader needs. */
const styleWithoutSpace: Plugin = {
	name: 'style-without-space',
	apply: 'build',
	enforce: 'pre',
	transform(code, id) {
		if (!id.endsWith('/src/element/style/sheet.ts')) return null;
		const shorten = (css: string) => css.replace(/\/\*.*?\*\/|\n\t*/g, '').replaceAll(';}', '}');
		return { code: code.replace(/`[^`]*`/g, shorten), map: null };
	},
};

/** The elements and the bindings take the library as an app does: from its own file, which nothing of theirs is bundled into. */
const libraryApart: Plugin = {
	name: 'library-apart',
	apply: 'build',
	enforce: 'pre',
	resolveId: (id, importer) =>
		/^(\.\.\/)+index\.js$/.test(id) && /\/src\/(element|binding)\//.test(importer ?? '')
			? { id: './index.js', external: true }
			: null,
};

/** Milliseconds after which a test is thought to hang: no test is about time, and a machine may be busy with other things. */
const HANGS_MS = 30_000;

const { ofPage, ofWorker } = thirdParty();

export default defineConfig({
	plugins: [libraryApart, workerLiteral, textWithoutMap, styleWithoutSpace, { ...ofPage, apply: 'build' }],
	// A relative base is what makes the worker's address in dist relative to index.js.
	base: './',
	// In this order: the package's own name begins them all.
	resolve: {
		alias: {
			'oss-resumable-upload/sign': sign,
			'oss-resumable-upload/diagnose': entry.diagnose,
			'oss-resumable-upload/element': entry.element,
			'oss-resumable-upload/react': entry.react,
			'oss-resumable-upload/vue': entry.vue,
			'oss-resumable-upload': src,
		},
	},
	build: {
		target: 'es2022',
		sourcemap: true,
		minify: false,
		lib: { entry, formats: ['es'], fileName: (_, name) => `${name}.js` },
		rolldownOptions: {
			// Not spark-md5: it is UMD, which a page without a bundler cannot import.
			external: [/^idb/, /^ky/, /^@noble\/hashes/, 'react', 'vue'],
			// `use client` stays where it has to: at the top of an entry.
			checks: { moduleLevelDirective: false },
			// An app's bundler gives them hashes of its own.
			output: {
				chunkFileNames: '[name].js',
				// In a file of its own: in that of `lazy`, which the elements load too, the other entries would be larger for it.
				codeSplitting: { groups: [{ name: 'errors', test: /\/src\/base\/errors\.ts$/ }] },
			},
		},
	},
	worker: {
		format: 'es',
		plugins: () => [ofWorker],
		rolldownOptions: {
			output: {
				entryFileNames: 'hash.worker.js',
				// Not every bundler of an app makes it smaller, and nobody reads it: that of index.js is the app's.
				minify: true,
				// A file without imports and exports would pass for CommonJS.
				footer: 'export {};',
			},
		},
	},
	test: {
		projects: [
			{
				extends: true,
				test: {
					name: 'node',
					environment: 'node',
					testTimeout: HANGS_MS,
					include: [
						'test/{base,bench,core,element,oss,uploader,search,emulator,scripts}/**/*.test.ts',
						'test/*.test.ts',
					],
				},
			},
			{
				extends: true,
				test: {
					name: 'dom',
					environment: 'happy-dom',
					testTimeout: HANGS_MS,
					include: ['test/{binding,browser,react,vue}/**/*.test.ts'],
				},
			},
			{
				extends: true,
				optimizeDeps: {
					include: [
						'idb',
						'ky',
						'spark-md5',
						'hash-wasm',
						'fast-check',
						'@noble/hashes/hmac.js',
						'@noble/hashes/sha2.js',
					],
				},
				test: {
					name: 'chromium',
					include: ['test/chromium/**/*.test.ts'],
					browser: {
						enabled: true,
						headless: true,
						screenshotFailures: false,
						provider: playwright({ launchOptions }),
						instances: [{ browser: 'chromium' }],
					},
				},
			},
			{
				extends: true,
				test: {
					name: 'stories',
					environment: 'node',
					include: ['test/{stories,package,consumers,docs,real}/**/*.test.ts'],
					testTimeout: 300_000,
					hookTimeout: 120_000,
					fileParallelism: false,
				},
			},
			...['engines', 'quick-engines'].map((name) => ({
				extends: true as const,
				test: {
					name,
					environment: 'node' as const,
					include: [name === 'engines' ? 'test/engines/*.test.ts' : 'test/engines/quick/*.test.ts'],
					testTimeout: 300_000,
					hookTimeout: 120_000,
					fileParallelism: false,
				},
			})),
		],
	},
});

import { fileURLToPath } from 'node:url';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';

const src = fileURLToPath(new URL('./src/index.ts', import.meta.url));
// Set by scripts/with-browser.mjs to the browser it found; playwright's own download otherwise.
const executablePath = process.env.CHROMIUM_PATH;
const launchOptions = executablePath ? { executablePath } : {};

export default defineConfig({
	// A relative base is what makes the worker's address in dist relative to index.js.
	base: './',
	resolve: { alias: { 'oss-resumable-upload': src } },
	build: {
		target: 'es2022',
		sourcemap: true,
		minify: false,
		lib: { entry: src, formats: ['es'], fileName: 'index' },
		rolldownOptions: {
			external: [/^idb/, /^ky/, /^spark-md5/, /^@noble\/hashes/],
			// An app's bundler gives them hashes of its own.
			output: { chunkFileNames: '[name].js' },
		},
	},
	worker: {
		format: 'es',
		// The footer: a file without imports and exports would pass for CommonJS.
		rolldownOptions: { output: { entryFileNames: 'hash.worker.js', footer: 'export {};' } },
	},
	test: {
		projects: [
			{
				extends: true,
				test: {
					name: 'node',
					environment: 'node',
					include: ['test/{bench,core,oss,uploader,search,emulator,scripts}/**/*.test.ts', 'test/*.test.ts'],
				},
			},
			{
				extends: true,
				test: { name: 'dom', environment: 'happy-dom', include: ['test/browser/**/*.test.ts'] },
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
					include: ['test/stories/**/*.test.ts', 'test/package/**/*.test.ts'],
					testTimeout: 300_000,
					hookTimeout: 120_000,
					fileParallelism: false,
				},
			},
		],
	},
});

import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import { thirdParty } from './scripts/third-party.mjs';

const path = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const inlined = path('./src/browser/hashing/start-worker-inlined.ts');

/** No file of the worker lies beside it: its text is the only way. */
const workerInside: Plugin = {
	name: 'worker-inside',
	enforce: 'pre',
	resolveId: (id) => (id === './start-worker.js' ? inlined : undefined),
	generateBundle(_, bundle) {
		const names = Object.keys(bundle);
		const isAlone = names.length === 1 && [...this.getModuleIds()].includes(inlined);
		if (!isAlone) this.error(`standalone.js is not alone: ${names.join(', ')}`);
	},
};

const { ofPage, ofWorker } = thirdParty();

/** dist/standalone.js, beside what vite.config.ts builds: minified, since no bundler of an app does it. */
export default defineConfig({
	plugins: [workerInside, ofPage],
	build: {
		target: 'es2022',
		emptyOutDir: false,
		minify: true,
		lib: { entry: path('./src/index.ts'), formats: ['es'], fileName: 'standalone' },
		rolldownOptions: { output: { codeSplitting: false, minify: true } },
	},
	worker: {
		format: 'es',
		plugins: () => [ofWorker],
		rolldownOptions: { output: { minify: true } },
	},
});

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** dist/sign.js, beside what vite.config.ts builds: for servers, so legible, and with chunks of its own. */
export default defineConfig({
	build: {
		target: 'es2022',
		emptyOutDir: false,
		sourcemap: true,
		minify: false,
		lib: {
			entry: fileURLToPath(new URL('./src/sign.ts', import.meta.url)),
			formats: ['es'],
			fileName: 'sign',
		},
		rolldownOptions: {
			external: [/^@noble\/hashes/],
			output: { chunkFileNames: 'sign-[name].js' },
		},
	},
});

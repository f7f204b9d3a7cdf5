import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { thirdParty } from './scripts/third-party.mjs';

const path = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

const { ofPage } = thirdParty();

/** dist/emulator, beside what vite.config.ts builds: for Node, with nothing but Node's own modules outside. */
export default defineConfig({
	plugins: [ofPage],
	build: {
		target: 'node20',
		ssr: true,
		emptyOutDir: false,
		sourcemap: true,
		minify: false,
		rolldownOptions: {
			input: { index: path('./emulator/index.ts'), cli: path('./emulator/cli.ts') },
			output: {
				entryFileNames: 'emulator/[name].js',
				chunkFileNames: 'emulator/[name].js',
			},
		},
	},
	ssr: { noExternal: true },
});

import { cp, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { createServer } from 'vite';
import { urlOf } from '../../served.js';

const project = fileURLToPath(new URL('../../../', import.meta.url));
const FILES = ['react.html', 'vue.html', 'react.tsx', 'app.tsx', 'vue.ts'];
const MODULES = ['settings.ts', 'uploads.ts', 'kept-uploads.ts'];

/** A dev server, with a copy of the apps that can be edited while they run. */
export interface DevServer {
	readonly url: string;
	edit(file: string, change: (source: string) => string): Promise<void>;
	close(): Promise<void>;
}

export async function startDevServer(): Promise<DevServer> {
	const root = await realpath(await mkdtemp(join(tmpdir(), 'frameworks-')));
	for (const name of [...FILES, ...MODULES])
		await cp(fileURLToPath(new URL(name, import.meta.url)), join(root, name));
	await symlink(join(project, 'node_modules'), join(root, 'node_modules'), 'junction');
	const server = await createServer({
		configFile: false,
		logLevel: 'error',
		root,
		cacheDir: join(root, '.vite'),
		plugins: [react()],
		resolve: {
			alias: {
				...Object.fromEntries(
					['element', 'react', 'vue'].map((entry) => [
						`oss-resumable-upload/${entry}`,
						join(project, `src/${entry}.ts`),
					]),
				),
				'oss-resumable-upload': join(project, 'src/index.ts'),
				// Templates are compiled in the page.
				vue: 'vue/dist/vue.esm-bundler.js',
			},
		},
		define: {
			__VUE_OPTIONS_API__: 'true',
			__VUE_PROD_DEVTOOLS__: 'false',
			__VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
		},
		// Before the first page: what is found later has the page loaded again.
		optimizeDeps: {
			include: [
				...['react', 'react/jsx-dev-runtime', 'react-dom/client', 'vue'],
				...['idb', 'ky', 'spark-md5', 'hash-wasm'],
			],
		},
		server: { host: '127.0.0.1', port: 0, fs: { strict: false } },
	});
	await server.listen();
	if (server.httpServer === null) throw new Error('Vite serves nothing');
	return {
		url: urlOf(server.httpServer),
		async edit(file, change) {
			const path = join(root, file);
			const before = await readFile(path, 'utf8');
			const after = change(before);
			if (after === before) throw new Error(`The edit changes nothing of ${file}`);
			await writeFile(path, after);
		},
		async close() {
			await server.close();
			await rm(root, { recursive: true, force: true });
		},
	};
}

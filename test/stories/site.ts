import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { serveFolder } from '../served.js';

export interface Site {
	/** Another origin than the emulator's, so that CORS is real. */
	readonly url: string;
	close(): Promise<void>;
}

/** Builds a page, that of the stories by default, as an app would be built, and serves it. */
export async function startSite(
	headers: Readonly<Record<string, string>> = {},
	page = new URL('./page/', import.meta.url),
): Promise<Site> {
	const directory = await mkdtemp(join(tmpdir(), 'stories-'));
	const root = fileURLToPath(page);
	const sourceOf = (name: string) => fileURLToPath(new URL(`../../src/${name}.ts`, import.meta.url));
	await build({
		configFile: false,
		logLevel: 'error',
		root,
		base: './',
		publicDir: fileURLToPath(new URL('./page/public', import.meta.url)),
		resolve: {
			alias: {
				'oss-resumable-upload/diagnose': sourceOf('diagnose'),
				'oss-resumable-upload': sourceOf('index'),
			},
		},
		build: { outDir: directory, emptyOutDir: true, target: 'es2022' },
		worker: { format: 'es' },
	});
	const served = await serveFolder(directory, headers);
	return {
		url: served.url,
		async close() {
			await served.close();
			await rm(directory, { recursive: true, force: true });
		},
	};
}

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

export interface BuiltSite {
	/** Where its files lie. */
	readonly directory: string;
	remove(): Promise<void>;
}

/** Builds a page, that of the stories by default, as an app would be built, and serves it. */
export async function startSite(headers: Readonly<Record<string, string>> = {}, page?: URL): Promise<Site> {
	const { directory, remove } = await buildSite(page);
	const served = await serveFolder(directory, headers);
	return {
		url: served.url,
		async close() {
			await served.close();
			await remove();
		},
	};
}

export async function buildSite(page = new URL('./page/', import.meta.url)): Promise<BuiltSite> {
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
			// The longer first: the name alone is also the beginning of the others.
			alias: {
				'oss-resumable-upload/diagnose': sourceOf('diagnose'),
				'oss-resumable-upload/element': sourceOf('element'),
				'oss-resumable-upload': sourceOf('index'),
			},
		},
		build: { outDir: directory, emptyOutDir: true, target: 'es2022' },
		worker: { format: 'es' },
	});
	return { directory, remove: () => rm(directory, { recursive: true, force: true }) };
}

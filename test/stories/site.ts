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

/** Builds a page of the stories as an app would be built, and serves it. */
export async function startSite(
	headers: Readonly<Record<string, string>> = {},
	page = 'page',
): Promise<Site> {
	const directory = await mkdtemp(join(tmpdir(), 'stories-'));
	const root = fileURLToPath(new URL(`./${page}/`, import.meta.url));
	const source = (file: string) => fileURLToPath(new URL(`../../src/${file}`, import.meta.url));
	await build({
		configFile: false,
		logLevel: 'error',
		root,
		base: './',
		resolve: {
			alias: [
				{ find: 'oss-resumable-upload/element', replacement: source('element.ts') },
				{ find: 'oss-resumable-upload', replacement: source('index.ts') },
			],
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

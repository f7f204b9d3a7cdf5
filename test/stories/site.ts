import { createReadStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript' };

export interface Site {
	/** Another origin than the emulator's, so that CORS is real. */
	readonly url: string;
	close(): Promise<void>;
}

/** Builds the page of the stories as an app would be built, and serves it. */
export async function startSite(headers: Readonly<Record<string, string>> = {}): Promise<Site> {
	const directory = await mkdtemp(join(tmpdir(), 'stories-'));
	const root = fileURLToPath(new URL('./page/', import.meta.url));
	const src = fileURLToPath(new URL('../../src/index.ts', import.meta.url));
	await build({
		configFile: false,
		logLevel: 'error',
		root,
		base: './',
		resolve: { alias: { 'oss-resumable-upload': src } },
		build: { outDir: directory, emptyOutDir: true, target: 'es2022' },
		worker: { format: 'es' },
	});
	const server = createServer(async (request, response) => {
		const path = new URL(request.url ?? '/', 'http://localhost').pathname;
		const file = join(directory, path === '/' ? 'index.html' : path);
		const isThere = await stat(file).then(
			(found) => found.isFile(),
			() => false,
		);
		response.writeHead(isThere ? 200 : 404, {
			'Content-Type': TYPES[extname(file)] ?? 'text/plain',
			...headers,
		});
		if (isThere) createReadStream(file).pipe(response);
		else response.end();
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}/`,
		async close() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
			await rm(directory, { recursive: true, force: true });
		},
	};
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, preview } from 'vite';
import type { Report, Task } from './page/task.js';

/** Serves the page of the bench, and takes its reports: the page tells by itself, so that nobody has to look into it. */
export interface Desk {
	url(task: Task): string;
	/** To be called before a page is opened. */
	expectPage(): ExpectedPage;
	close(): Promise<void>;
}

export interface ExpectedPage {
	/** The page listens: its file may be picked. */
	readonly loaded: Promise<void>;
	/** The page has its file; the function lets it begin, and gives its report. */
	readonly ready: Promise<() => Promise<Report>>;
}

export async function startDesk(): Promise<Desk> {
	const root = fileURLToPath(new URL('./page/', import.meta.url));
	const outDir = await mkdtemp(join(tmpdir(), 'bench-page-'));
	const src = fileURLToPath(new URL('../src/index.ts', import.meta.url));
	const config = {
		configFile: false,
		root,
		base: './',
		logLevel: 'error',
		resolve: { alias: { 'oss-resumable-upload': src } },
		build: { outDir, emptyOutDir: true, target: 'es2022', chunkSizeWarningLimit: 5000 },
		worker: { format: 'es' },
	} as const;
	await build(config);

	let tellLoaded = () => {};
	let tellReady: (begin: () => void) => void = () => {};
	let tellReport: (report: Report) => void = () => {};
	const server = await preview({
		...config,
		preview: { port: 0, host: '127.0.0.1' },
		plugins: [
			{
				name: 'desk',
				configurePreviewServer({ middlewares }) {
					middlewares.use('/-/loaded', (_, response) => {
						response.end();
						tellLoaded();
					});
					middlewares.use('/-/go', (_, response) => tellReady(() => response.end()));
					middlewares.use('/-/report', async (request, response) => {
						let text = '';
						for await (const chunk of request) text += chunk;
						response.end();
						tellReport(JSON.parse(text));
					});
				},
			},
		],
	});
	const url = server.resolvedUrls?.local[0];
	if (url === undefined) throw new Error('The page of the bench cannot be served');
	return {
		url: (task) => `${url}?task=${encodeURIComponent(JSON.stringify(task))}`,
		expectPage() {
			const loaded = new Promise<void>((resolve) => {
				tellLoaded = resolve;
			});
			const isReady = new Promise<() => void>((resolve) => {
				tellReady = resolve;
			});
			const report = new Promise<Report>((resolve) => {
				tellReport = resolve;
			});
			const ready = isReady.then((begin) => () => {
				begin();
				return report;
			});
			return { loaded, ready };
		},
		async close() {
			await server.close();
			await rm(outDir, { recursive: true, force: true });
		},
	};
}

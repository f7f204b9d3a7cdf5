import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { build, type Connect, type InlineConfig, preview } from 'vite';
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
	const outDir = await mkdtemp(join(tmpdir(), 'bench-page-'));
	const config = pageConfig(outDir);
	await build(config);
	const calls = new PageCalls();
	const server = await preview({
		...config,
		preview: { port: 0, host: '127.0.0.1' },
		plugins: [{ name: 'desk', configurePreviewServer: ({ middlewares }) => listen(middlewares, calls) }],
	});
	const url = server.resolvedUrls?.local[0];
	if (url === undefined) throw new Error('The page of the bench cannot be served');
	return {
		url: (task) => `${url}?task=${encodeURIComponent(JSON.stringify(task))}`,
		expectPage: () => calls.expectPage(),
		async close() {
			await server.close();
			await rm(outDir, { recursive: true, force: true });
		},
	};
}

function pageConfig(outDir: string) {
	return {
		configFile: false,
		root: fileURLToPath(new URL('./page/', import.meta.url)),
		base: './',
		logLevel: 'error',
		resolve: {
			alias: { 'oss-resumable-upload': fileURLToPath(new URL('../src/index.ts', import.meta.url)) },
		},
		build: { outDir, emptyOutDir: true, target: 'es2022', chunkSizeWarningLimit: 5000 },
		worker: { format: 'es' },
	} satisfies InlineConfig;
}

/** What the page that is expected calls: one page at a time. */
class PageCalls {
	loaded = () => {};
	ready: (begin: () => void) => void = () => {};
	report: (report: Report) => void = () => {};

	expectPage(): ExpectedPage {
		const loaded = new Promise<void>((resolve) => {
			this.loaded = resolve;
		});
		const isReady = new Promise<() => void>((resolve) => {
			this.ready = resolve;
		});
		const report = new Promise<Report>((resolve) => {
			this.report = resolve;
		});
		const ready = isReady.then((begin) => () => {
			begin();
			return report;
		});
		return { loaded, ready };
	}
}

function listen(middlewares: Connect.Server, calls: PageCalls): void {
	middlewares.use('/-/loaded', (_, response) => {
		response.end();
		calls.loaded();
	});
	middlewares.use('/-/go', (_, response) => calls.ready(() => response.end()));
	middlewares.use('/-/report', (request, response) => {
		void json(request).then((report) => {
			response.end();
			calls.report(report as Report);
		});
	});
}

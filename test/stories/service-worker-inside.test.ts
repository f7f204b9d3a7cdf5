import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Plugin, rolldown } from 'rolldown';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/index.js';
import { type Served, serveFolder } from '../served.js';
import { type BrowserProcess, startBrowser } from './browser.js';

const MiB = 1024 * 1024;

let directory: string;
let served: Served;
let browser: BrowserProcess;
let oss: Emulator;

beforeAll(async () => {
	directory = await mkdtemp(join(tmpdir(), 'inside-'));
	await bundle();
	await writeFile(join(directory, 'index.html'), '<!doctype html><title>Inside</title>');
	served = await serveFolder(directory);
	browser = await startBrowser(join(directory, 'profile'));
	oss = await startEmulator();
});

afterAll(async () => {
	await browser?.close();
	await served?.close();
	await oss?.close();
	await rm(directory, { recursive: true, force: true });
});

/** What Vite alone makes of the worker; inside of a service worker there is none. */
const textOfNoWorker: Plugin = {
	name: 'text-of-no-worker',
	resolveId: (id) => (id.endsWith('?worker&inline') ? '\0no-worker' : null),
	load: (id) => (id === '\0no-worker' ? 'export default undefined' : null),
};

/** One file, and one that loads others by `import()`. */
async function bundle(): Promise<void> {
	const made = await rolldown({
		input: fileURLToPath(new URL('./page/upload.service-worker.ts', import.meta.url)),
		resolve: {
			alias: { 'oss-resumable-upload': fileURLToPath(new URL('../../src/index.ts', import.meta.url)) },
		},
		platform: 'browser',
		logLevel: 'silent',
		plugins: [textOfNoWorker],
	});
	await made.write({ file: join(directory, 'one-file.js'), format: 'es', codeSplitting: false });
	await made.write({ dir: directory, format: 'es', entryFileNames: 'in-chunks.js' });
	await made.close();
}

test.each([
	['in-chunks.js', 1000],
	['in-chunks.js', MiB],
	['one-file.js', 1000],
	['one-file.js', MiB],
])(
	'inside of a service worker (%s) an upload of %i bytes is Unsupported, at once and without a request [D5]',
	async (script, size) => {
		oss.clearRequests();
		const page = await browser.newPage(served.url);
		const given = { script, asked: { endpoint: oss.url, credentials: oss.mintCredentials(), size } };
		const told = await page.evaluate(async ({ script, asked }) => {
			const registration = await navigator.serviceWorker.register(`./${script}`, { type: 'module' });
			const { active } = await navigator.serviceWorker.ready;
			const worker = registration.installing ?? registration.waiting ?? active;
			const { port1, port2 } = new MessageChannel();
			const answer = new Promise((resolve) => {
				port1.onmessage = ({ data }) => resolve(data);
			});
			worker?.postMessage(asked, [port2]);
			return answer;
		}, given);
		await page.close();
		expect(told).toEqual({
			name: 'UploadError',
			code: 'Unsupported',
			message: expect.stringMatching(/^A service worker cannot upload.*: upload from a page or a worker$/),
			retryable: false,
			state: 'failed',
			warnings: [],
			pending: [],
		});
		expect(oss.requests).toEqual([]);
	},
);

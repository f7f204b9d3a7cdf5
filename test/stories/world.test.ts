import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/index.js';
import { type BrowserProcess, pick, startBrowser } from './browser.js';
import { frailLineTo } from './frail-line.js';
import { type Site, startSite } from './site.js';

/* The world in which people are: lines, tabs, service workers and files that do as they like. */

const MiB = 1024 * 1024;
const bucket = 'examplebucket';

let site: Site;
let browser: BrowserProcess;
let directory: string;
let path: string;
let tab: Page;
let oss: Emulator;

beforeAll(async () => {
	site = await startSite();
	directory = await mkdtemp(join(tmpdir(), 'world-stories-'));
	browser = await startBrowser(join(directory, 'profile'));
});

afterAll(async () => {
	await browser.close();
	await site.close();
	await rm(directory, { recursive: true, force: true });
});

beforeEach(async () => {
	path = join(directory, 'film.bin');
	await writeFile(path, randomBytes(24 * MiB));
	oss = await startEmulator();
	tab = await browser.newPage(site.url);
});

afterEach(async () => {
	await tab.close();
	await oss.close();
});

interface Begin {
	readonly endpoint?: string;
	readonly partSize?: number;
	readonly key?: string;
	readonly patienceMs?: number;
}

/** Begins to upload the picked file to `k`; what is told is gathered in the page. */
async function begin({ endpoint = oss.url, partSize = MiB, key = 'k', patienceMs }: Begin = {}) {
	await pick(tab, path);
	await tab.evaluate(
		({ endpoint, bucket, partSize, key, patienceMs, credentials }) => {
			window.warnings = [];
			window.retries = 0;
			window.uploader = window.oss.createUploader({
				bucket,
				region: 'cn-hangzhou',
				endpoint,
				getCredentials: () => credentials,
				...(patienceMs !== undefined && { retry: { patienceMs, minDelayMs: 1, maxDelayMs: 5 } }),
			});
			const picked = document.querySelector('input')?.files?.[0];
			if (picked === undefined) throw new Error('Nothing was picked');
			window.task = window.uploader.upload(picked, { key, partSize });
			window.task.on('warning', ({ code }) => window.warnings.push(code));
			window.task.on('retry', () => window.retries++);
		},
		{ endpoint, bucket, partSize, key, patienceMs, credentials: oss.mintCredentials() },
	);
}

const outcome = () =>
	tab.evaluate(() =>
		window.task.result.then(
			({ verified, resumed }) => ({ verified, resumed, warnings: window.warnings }),
			({ code, message }) => ({ code, message, warnings: window.warnings }),
		),
	);

async function expectStored(): Promise<void> {
	const sha256 = createHash('sha256')
		.update(await readFile(path))
		.digest('hex');
	expect((await oss.object(bucket, 'k'))?.sha256).toBe(sha256);
}

/** Whether the service worker of the page answers in the place of the network. */
async function setNetworkDown(isDown: boolean): Promise<void> {
	await tab.evaluate(async (isDown) => {
		await navigator.serviceWorker.register('./offline-worker.js');
		const { active } = await navigator.serviceWorker.ready;
		if (!navigator.serviceWorker.controller) {
			await new Promise((resolve) =>
				navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }),
			);
		}
		const { port1, port2 } = new MessageChannel();
		await new Promise((resolve) => {
			port1.onmessage = resolve;
			active?.postMessage({ isDown }, [port2]);
		});
	}, isDown);
}

test.each([
	['in one part', 100 * MiB],
	['in parts', MiB],
])(
	'[A1] [case 44] a service worker that answers its offline page, %s: nothing is called stored, and it goes on',
	async (_, partSize) => {
		await setNetworkDown(true);
		await begin({ partSize, patienceMs: 60_000 });
		await tab.waitForFunction(() => window.retries >= 8);
		expect(await tab.evaluate(() => window.task.state)).not.toBe('done');
		expect(await oss.object(bucket, 'k')).toBeUndefined();
		await setNetworkDown(false);
		expect(await outcome()).toMatchObject({ verified: 'object' });
		await expectStored();
	},
);

test('[A1] [case 44] a service worker that never stops to do so: the error says what answered', async () => {
	await setNetworkDown(true);
	await begin({ patienceMs: 1 });
	expect(await outcome()).toMatchObject({
		code: 'Service',
		message: expect.stringMatching(/200.*text\/html.*service worker/),
	});
	await setNetworkDown(false);
});

test('[A4] [case 46] a file edited in place with its time kept between two visits: the object is the file of the second', async () => {
	oss.addFault({ operation: 'UploadPart', partNumber: 20, times: 'always', action: { type: 'hang' } });
	await begin();
	await oss.whenArrived(({ partNumber }) => partNumber === 20);
	await tab.waitForFunction(() => window.task.progress.partsDone >= 15);
	await tab.close();
	oss.clearFaults();
	const { atime, mtime } = await stat(path);
	const bytes = await readFile(path);
	// Between two samples.
	bytes[2 * MiB + 300_000] = (bytes[2 * MiB + 300_000] ?? 0) ^ 1;
	await writeFile(path, bytes);
	await utimes(path, atime, mtime);

	tab = await browser.newPage(site.url);
	await begin();
	const result = await outcome();
	expect(result).toMatchObject({ verified: 'object' });
	expect('resumed' in result && result.resumed).toBeGreaterThanOrEqual(14 * MiB);
	await expectStored();
	expect(oss.requests.filter(({ operation }) => operation === 'InitiateMultipartUpload')).toHaveLength(1);
});

test('[B2] [case 49] abort() while offline settles without a request, says so, and OSS is told once online', async () => {
	oss.addFault({ operation: 'UploadPart', partNumber: 5, times: 'always', action: { type: 'hang' } });
	await begin();
	await oss.whenArrived(({ partNumber }) => partNumber === 5);
	const context = tab.context();
	await context.setOffline(true);
	await tab.waitForFunction(() => !navigator.onLine);
	await tab.evaluate(() => window.task.abort());
	expect(await tab.evaluate(() => [window.task.state, ...window.warnings])).toEqual(['aborted', 'Abandoned']);
	expect(await tab.evaluate(() => window.uploader.pending())).toEqual([]);
	expect(oss.uploads(bucket)).toHaveLength(1);
	await context.setOffline(false);
	await oss.whenRequest(({ operation, status }) => operation === 'AbortMultipartUpload' && status === 204);
	expect(oss.uploads(bucket)).toEqual([]);
});

test('[B1] [case 48] a database that another tab keeps busy for ever costs one warning, and the upload goes on', async () => {
	await tab.evaluate(() => window.oss.indexedDbCheckpoints().find({ scope: '', bucket: 'b' }));
	const other = await browser.newPage(site.url);
	await other.evaluate(
		() =>
			new Promise<void>((resolve, reject) => {
				const opening = indexedDB.open('oss-resumable-upload');
				opening.onerror = reject;
				opening.onsuccess = () => {
					const database = opening.result;
					const stores = [...database.objectStoreNames];
					const uploads = database.transaction(stores, 'readwrite').objectStore('uploads');
					// A transaction lives as long as it is asked for something.
					const ask = () => {
						uploads.get('nothing').onsuccess = ask;
					};
					ask();
					resolve();
				};
			}),
	);
	await begin();
	expect(await outcome()).toMatchObject({ verified: 'object', warnings: ['Storage'] });
	await expectStored();
	await other.close();
});

test('[B4] [case 50] a line that is dead while the browser says it is online: the upload ends well once it lives again', async () => {
	const line = await frailLineTo(oss.url);
	try {
		// Five parts are on their way when the line is cut, however fast the machine is.
		const held = [5, 6, 7, 8, 9];
		for (const partNumber of held) {
			oss.addFault({ operation: 'UploadPart', partNumber, times: 'always', action: { type: 'hang' } });
		}
		await begin({ endpoint: line.url });
		for (const part of held) await oss.whenArrived(({ partNumber }) => partNumber === part);
		line.cut();
		oss.clearFaults();
		// Five parts at once, each tried nine times in vain: more than a minute's quarter, by its growing pauses.
		await tab.waitForFunction(() => window.retries >= 45, undefined, { timeout: 240_000 });
		expect(await tab.evaluate(() => [navigator.onLine, window.task.state])).toEqual([true, 'uploading']);
		line.mend();
		expect(await outcome()).toMatchObject({ verified: 'object' });
		await expectStored();
	} finally {
		await line.close();
	}
});

import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { type Emulator, startEmulator } from '../../emulator/index.js';
import { type BrowserProcess, pick, startBrowser } from '../stories/browser.js';
import type { Outcome } from './consumer.js';

const bucket = 'examplebucket';
/** Four parts of 100 KiB, the last one shorter. */
const SIZE = 350 * 1024;
/** Parts 1 and 2 are stored when the page is reloaded. */
const INTERRUPTED = 3;
const READY_MS = 120_000;

interface Uploaded {
	readonly verified: string;
	readonly resumed: number;
	readonly warnings: readonly { readonly code: string; readonly message: string; readonly cause: string }[];
}

interface AppWindow {
	uploadPicked?(options: object): Promise<Uploaded>;
	/** Addresses of workers that have answered a digest. */
	readonly hashWorkers: readonly string[];
}

/** A browser, an OSS, and a file, for one page after another. */
export interface Visitor {
	/** Uploads a file on the app's page, reloads it in the middle, and picks the file again. */
	visit(url: string): Promise<Outcome>;
	close(): Promise<void>;
}

export async function openVisitor(): Promise<Visitor> {
	const directory = await mkdtemp(join(tmpdir(), 'visitor-'));
	const file = join(directory, 'picked.bin');
	const bytes = randomBytes(SIZE);
	await writeFile(file, bytes);
	const sha256 = createHash('sha256').update(bytes).digest('hex');
	const oss = await startEmulator();
	const browser = await startBrowser(join(directory, 'profile'));
	let visits = 0;
	return {
		async visit(url) {
			oss.clearRequests();
			const key = `visit-${++visits}.bin`;
			const page = await openPage(browser, url);
			try {
				await interrupt(page, oss, file, key);
				const uploaded = await upload(page, oss, file, key);
				const workers = await page.evaluate(() => (window as unknown as AppWindow).hashWorkers);
				const object = await oss.object(bucket, key);
				return {
					uploads: object?.sha256 === sha256 && uploaded.verified === 'object',
					resumes: uploaded.resumed > 0 && storedParts(oss) === '1,2,3,4',
					worker: workerOf(workers),
					warnings: uploaded.warnings.map(({ message, cause }) => `${message} (${cause})`),
				};
			} finally {
				oss.clearFaults();
				await page.close();
			}
		},
		async close() {
			await browser.close();
			await oss.close();
			await rm(directory, { recursive: true, force: true });
		},
	};
}

async function openPage(browser: BrowserProcess, url: string): Promise<Page> {
	const page = await browser.newPage('about:blank');
	// Whatever starts the worker, it goes through this name.
	await page.addInitScript(() => {
		const hashWorkers: string[] = [];
		Object.assign(window, { hashWorkers });
		window.Worker = class extends Worker {
			constructor(script: string | URL, options?: WorkerOptions) {
				super(script, options);
				this.addEventListener('message', ({ data }) => {
					if (data?.type === 'digest') hashWorkers.push(String(script));
				});
			}
		};
	});
	await page.goto(url, { waitUntil: 'commit' });
	return page;
}

/** Two parts are stored, the third is on its way. */
async function interrupt(page: Page, oss: Emulator, file: string, key: string): Promise<void> {
	oss.addFault({ operation: 'UploadPart', partNumber: INTERRUPTED, action: { type: 'hang' } });
	const failed = upload(page, oss, file, key).then(
		() => new Error('The upload was not interrupted'),
		(error) => error,
	);
	const arrived = oss.whenArrived(
		({ operation, partNumber }) => operation === 'UploadPart' && partNumber === INTERRUPTED,
	);
	const error = await Promise.race([arrived.then(() => undefined), failed]);
	if (error !== undefined) throw error;
	// Not until all is loaded: a dev server may take longer than that may.
	await page.reload({ waitUntil: 'commit' });
	oss.clearFaults();
}

/** A dev server that has found one more dependency loads the page anew: then the file is picked there. */
async function upload(page: Page, oss: Emulator, file: string, key: string): Promise<Uploaded> {
	for (;;) {
		await page.waitForFunction(() => 'uploadPicked' in window, undefined, { timeout: READY_MS });
		await pick(page, file);
		const options = { endpoint: oss.url, credentials: oss.mintCredentials(), key };
		const uploaded = await page.evaluate(
			(given) => (window as unknown as AppWindow).uploadPicked?.(given),
			options,
		);
		if (uploaded) return uploaded;
	}
}

const storedParts = (oss: Emulator): string =>
	oss.requests
		.flatMap(({ operation, stored, partNumber }) =>
			operation === 'UploadPart' && stored ? [partNumber] : [],
		)
		.sort()
		.join();

function workerOf(addresses: readonly string[]): Outcome['worker'] {
	const [address] = addresses;
	if (address === undefined) return 'none';
	return /^(blob|data):/.test(address) ? 'text' : 'file';
}

import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { type Emulator, startEmulator } from '../../emulator/index.js';
import type { ShippedPackage } from '../package/shipped-package.js';
import { type BrowserProcess, startBrowser } from '../stories/browser.js';
import type { Adapter } from './adapter.js';
import { serveApp } from './app-server.js';
import { installApp } from './installed-app.js';

const bucket = 'examplebucket';
/** Three parts, the last one shorter. */
const SIZE = 9 * 1024 * 1024;
const LATE_MS = 60_000;

interface AdapterWindow {
	readonly told: readonly (readonly [what: 'progress' | 'done' | 'failed', value: unknown])[];
}

/** What a person at the page would have seen. */
export interface AdapterOutcome {
	/** OSS holds the file, byte for byte, and the component heard of it. */
	readonly uploads: boolean;
	/** The component heard how far it is, while it was under way. */
	readonly progresses: boolean;
	/** What OSS held before the reload was not sent again. */
	readonly resumes: boolean;
	/** OSS was told to drop the parts, and the component heard of no failure. */
	readonly cancels: boolean;
	/** Of the browser and of the framework. */
	readonly complaints: readonly string[];
}

/** None, where all is as it should be. */
export function problemsOf(outcome: AdapterOutcome | Error): readonly string[] {
	if (outcome instanceof Error) return [outcome.message];
	const { complaints, ...done } = outcome;
	const missing = Object.entries(done).flatMap(([what, is]) => (is ? [] : [`not ${what}`]));
	return [...missing, ...complaints];
}

interface Scene {
	readonly oss: Emulator;
	readonly file: string;
	readonly sha256: string;
	readonly browser: BrowserProcess;
}

/** Installs, builds and visits them, one after another. */
export async function tryAdapters(
	adapters: readonly Adapter[],
	shipped: ShippedPackage,
	onOutcome: (name: string, outcome: AdapterOutcome | Error) => void,
): Promise<void> {
	if (adapters.length === 0) return;
	const directory = await mkdtemp(join(tmpdir(), 'adapters-'));
	const bytes = randomBytes(SIZE);
	const file = join(directory, 'picked.bin');
	await writeFile(file, bytes);
	const oss = await startEmulator();
	const browser = await startBrowser(join(directory, 'profile'));
	const sha256 = createHash('sha256').update(bytes).digest('hex');
	try {
		for (const adapter of adapters) {
			const outcome = await tryAdapter(adapter, shipped, { oss, file, sha256, browser });
			onOutcome(adapter.name, outcome);
		}
	} finally {
		await browser.close();
		await oss.close();
		await rm(directory, { recursive: true, force: true });
	}
}

async function tryAdapter(
	adapter: Adapter,
	shipped: ShippedPackage,
	scene: Scene,
): Promise<AdapterOutcome | Error> {
	try {
		const app = await installApp(adapter, shipped);
		try {
			const [mode] = adapter.modes;
			if (!mode) throw new Error('It has no mode');
			const server = await serveApp(app, mode);
			try {
				return await visit(server.url, adapter, scene);
			} finally {
				await server.close();
			}
		} finally {
			await app.remove();
		}
	} catch (error) {
		return error instanceof Error ? error : new Error(String(error));
	}
}

async function visit(url: string, { cancel }: Adapter, scene: Scene): Promise<AdapterOutcome> {
	const { oss, browser } = scene;
	const page = await browser.newPage('about:blank');
	const complaints: string[] = [];
	page.on('pageerror', (error) => complaints.push(String(error)));
	page.on('console', (message) => {
		if (/error|warning/.test(message.type())) complaints.push(message.text());
	});
	page.setDefaultTimeout(LATE_MS);
	try {
		const query = new URLSearchParams({
			endpoint: oss.url,
			credentials: JSON.stringify(oss.mintCredentials()),
		});
		await page.goto(`${url}?${query}`);
		const { progresses, ...uploaded } = await uploadWithReload(page, scene);
		const cancels = await cancelOne(page, cancel, scene);
		return { ...uploaded, progresses, cancels, complaints };
	} finally {
		oss.clearFaults();
		await page.close();
	}
}

/** Two parts of three are stored when the page is reloaded, and the file picked again. */
async function uploadWithReload(
	page: Page,
	{ oss, file, sha256 }: Scene,
): Promise<Pick<AdapterOutcome, 'uploads' | 'progresses' | 'resumes'>> {
	oss.clearRequests();
	await interrupt(page, oss, file);
	// Some are told of it a little later.
	const seen = page.waitForFunction(() =>
		(window as unknown as AdapterWindow).told.some(
			([what, value]) => what === 'progress' && Number(value) > 0 && Number(value) < 100,
		),
	);
	const progresses = await seen.then(
		() => true,
		() => false,
	);
	await page.reload();
	oss.clearFaults();
	await pick(page, file);
	await page.waitForFunction(() =>
		(window as unknown as AdapterWindow).told.some(([what]) => what !== 'progress'),
	);
	const key = String((await toldBy(page)).find(([what]) => what === 'done')?.[1]);
	const object = await oss.object(bucket, key);
	return { uploads: object?.sha256 === sha256, progresses, resumes: storedParts(oss) === '1,2,3' };
}

async function cancelOne(page: Page, cancel: string, { oss, file }: Scene): Promise<boolean> {
	await page.reload();
	oss.clearRequests();
	await interrupt(page, oss, file);
	const dropped = oss.whenRequest(({ operation }) => operation === 'AbortMultipartUpload');
	// Some show it only below the pointer.
	await page.locator(cancel).first().dispatchEvent('click');
	await inTime(dropped, 'OSS is not told to drop the parts');
	const told = await toldBy(page);
	return !told.some(([what]) => what === 'failed' || what === 'done');
}

/** Two parts are stored, one is on its way. */
async function interrupt(page: Page, oss: Emulator, file: string): Promise<void> {
	oss.addFault({ operation: 'UploadPart', partNumber: 2, times: 'always', action: { type: 'hang' } });
	await pick(page, file);
	await inTime(
		oss.whenRequest(() => storedParts(oss) === '1,3'),
		'The parts do not arrive',
	);
}

/** Within shadow roots, too. */
const pick = (page: Page, file: string): Promise<void> =>
	page.locator('input[type=file]').first().setInputFiles(file);

const storedParts = (oss: Emulator): string =>
	oss.requests
		.flatMap(({ operation, stored, partNumber }) =>
			operation === 'UploadPart' && stored ? [partNumber] : [],
		)
		.sort()
		.join();

const toldBy = (page: Page): Promise<AdapterWindow['told']> =>
	page.evaluate(() => (window as unknown as AdapterWindow).told);

async function inTime(promise: Promise<unknown>, otherwise: string): Promise<void> {
	const late = AbortSignal.timeout(LATE_MS);
	await Promise.race([
		promise,
		new Promise((_, reject) => late.addEventListener('abort', () => reject(new Error(otherwise)))),
	]);
}

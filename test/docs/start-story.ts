import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright';
import { type CorsRule, type RequestRecord, startEmulator } from '../../emulator/index.js';
import type { ShippedPackage } from '../package/shipped-package.js';
import { blocksOf } from './blocks.js';
import { readStartPage } from './start-page.js';
import { Walker } from './walk.js';

const bucket = 'examplebucket';
/** Three parts of 4 MiB, the last one shorter. */
const SIZE = 10 * 1024 * 1024;
export const PARTS: readonly number[] = [1, 2, 3];
const INTERRUPTED = 3;
const PATIENCE_MS = 120_000;

/** What somebody got who followed the page. */
export interface Told {
	/** OSS holds the file, byte for byte. */
	readonly isStored: boolean;
	/** Numbers of the parts that OSS stored, in their order: one that was sent again stands there twice. */
	readonly parts: readonly number[];
}

export interface StartStory {
	readonly emulator: Told;
	readonly bucket: Told;
	/** What the page of step 7 says first. */
	readonly diagnosis: string;
}

export const START_PAGES = ['vite', 'next', 'vue', 'html'] as const;

/** Both uploads went on, nothing was sent twice, and the diagnosis found nothing wrong. */
export const isGoodStory = ({ emulator, bucket, diagnosis }: StartStory): boolean =>
	[emulator, bucket].every(({ isStored, parts }) => isStored && parts.join() === PARTS.join()) &&
	diagnosis.startsWith('It is right.');

/** Those whose page shows the element; the others have one input. */
const WITH_ELEMENT = ['vite', 'vue', 'next'];
const DIAGNOSIS: Readonly<Record<string, string>> = { next: 'diagnosis' };

/** Follows a start page from an empty folder to its end, in a browser too. */
export async function followStartPage(name: string, shipped: ShippedPackage): Promise<StartStory> {
	const { first, second } = readStartPage(name);
	const walker = await Walker.set(shipped);
	const cloud = await startEmulator();
	const folder = await mkdtemp(join(tmpdir(), 'start-'));
	const executablePath = process.env.CHROMIUM_PATH;
	const browser = await chromium.launch(executablePath ? { executablePath } : {});
	try {
		const visit = async (url: string, oss: string) =>
			uploadAndReload(browser, { url, oss, folder, hasElement: WITH_ELEMENT.includes(name) });
		const emulator = await visit(await walker.walk(first), walker.emulator);
		const url = await walker.walk(second, cloud);
		cloud.setCors([corsRule(new URL(url).origin)]);
		const diagnosis = await readDiagnosis(browser, `${url}${DIAGNOSIS[name] ?? 'diagnosis.html'}`);
		return { emulator, diagnosis, bucket: await visit(url, cloud.url) };
	} finally {
		await browser.close();
		await walker.end();
		await cloud.close();
		await rm(folder, { recursive: true, force: true });
	}
}

/** That of the page on the bucket, for this origin. */
export function corsRule(origin: string): CorsRule {
	const json = blocksOf('start/bucket.md').find(({ title }) => title === 'cors.json')?.text ?? '';
	const [rule] = JSON.parse(json).CORSRule;
	return {
		origins: [origin],
		methods: rule.AllowedMethod,
		headers: rule.AllowedHeader,
		expose: rule.ExposeHeader,
		maxAge: rule.MaxAgeSeconds,
	};
}

interface Visit {
	readonly url: string;
	/** The address of an emulator. */
	readonly oss: string;
	/** For files. */
	readonly folder: string;
	readonly hasElement: boolean;
}

async function uploadAndReload(browser: Browser, { url, oss, folder, hasElement }: Visit): Promise<Told> {
	const bytes = randomBytes(SIZE);
	const path = join(folder, 'film.mov');
	await writeFile(path, bytes);
	const control = controlOf(oss);
	await control.post('faults', {
		operation: 'UploadPart',
		partNumber: INTERRUPTED,
		action: { type: 'hang' },
	});
	const context = await browser.newContext();
	const page = await context.newPage();
	page.setDefaultTimeout(PATIENCE_MS);
	try {
		await page.goto(url, { waitUntil: 'networkidle' });
		await page.locator('input[type=file]').first().setInputFiles(path);
		await control.stored(INTERRUPTED - 1);
		await page.reload();
		await control.delete('faults');
		await (hasElement ? resumeInElement(page, path) : pickAgain(page, path));
		const requests = await control.requests();
		const parts = requests.filter(isStoredPart).map(({ partNumber }) => partNumber ?? 0);
		const { sha256 } = await control.object(requests.find(isStoredPart)?.key ?? '');
		return { isStored: sha256 === createHash('sha256').update(bytes).digest('hex'), parts: parts.sort() };
	} finally {
		await context.close();
	}
}

async function resumeInElement(page: Page, path: string): Promise<void> {
	await page.getByText('1 interrupted upload').first().waitFor();
	// Unless the file has been kept, which depends on how long it took until the reload.
	page.on('filechooser', (chooser) => void chooser.setFiles(path));
	await page.getByRole('button', { name: 'Resume', exact: true }).first().click();
	await page.getByText('Done', { exact: true }).first().waitFor();
}

async function pickAgain(page: Page, path: string): Promise<void> {
	await page.locator('input[type=file]').setInputFiles(path);
	await page.getByText(/^Stored as .+\. [1-9]\d* bytes of it were there before\.$/).waitFor();
}

async function readDiagnosis(browser: Browser, url: string): Promise<string> {
	const page = await browser.newPage();
	try {
		await page.goto(url);
		const text = page.locator('pre').filter({ hasText: /^(It is right|Not yet)/ });
		await text.waitFor({ timeout: PATIENCE_MS });
		return (await text.textContent()) ?? '';
	} finally {
		await page.close();
	}
}

const isStoredPart = ({ operation, stored }: RequestRecord): boolean => operation === 'UploadPart' && stored;

/** An emulator's own addresses. */
function controlOf(oss: string) {
	const ask = async (method: string, path: string, body?: object) => {
		const response = await fetch(`${oss}/-/${path}`, { method, ...(body && { body: JSON.stringify(body) }) });
		if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`);
		return response.status === 204 ? undefined : response.json();
	};
	const requests = (): Promise<readonly RequestRecord[]> => ask('GET', 'requests');
	return {
		post: (path: string, body: object) => ask('POST', path, body),
		delete: (path: string) => ask('DELETE', path),
		requests,
		object: (key: string) =>
			ask('GET', `objects/${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`),
		/** Resolves once so many parts are stored. */
		async stored(parts: number): Promise<void> {
			const deadline = AbortSignal.timeout(PATIENCE_MS);
			while ((await requests()).filter(isStoredPart).length < parts) {
				deadline.throwIfAborted();
				await new Promise((resolve) => setTimeout(resolve, 50));
			}
		},
	};
}

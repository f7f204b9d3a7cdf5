import { createHash, randomFillSync } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Emulator, type RequestRecord, startEmulator } from '../../emulator/index.js';
import { createSigner } from '../../src/sign.js';
import { type BrowserProcess, pick, startBrowser } from './browser.js';
import { type Site, startSite } from './site.js';

const MiB = 1024 * 1024;
const bucket = 'examplebucket';
const key = 'films/a film + 电影.bin';

let site: Site;
let directory: string;
let file: string;
let sha256: string;

let oss: Emulator;
let profile: string;
let browser: BrowserProcess;

beforeAll(async () => {
	site = await startSite();
	directory = await mkdtemp(join(tmpdir(), 'upload-stories-'));
	file = join(directory, 'film.bin');
	await writeRandom(file, 200);
	sha256 = await hashOf(file);
});

afterAll(async () => {
	await site.close();
	await rm(directory, { recursive: true, force: true });
});

beforeEach(async () => {
	oss = await startEmulator();
	profile = await mkdtemp(join(tmpdir(), 'profile-'));
	browser = await startBrowser(profile);
});

afterEach(async () => {
	await browser.close();
	await oss.close();
	await rm(profile, { recursive: true, force: true });
});

describe('a 200 MiB file from disk, parts of 1 MiB', () => {
	test('the tab closes at about half; a new tab sends only what is missing', async () => {
		slowDown();
		const tab = await browser.newPage(site.url);
		await pickAndUpload(tab);
		await partsStored(100);
		await tab.close();
		await finishInNewTab();
	});

	test('the whole browser is killed at about half; started again, it sends only what is missing', async () => {
		slowDown();
		await pickAndUpload(await browser.newPage(site.url));
		await partsStored(100);
		await browser.kill();
		browser = await startBrowser(profile);
		await finishInNewTab();
	});

	test('tokens that live 5 seconds', async () => {
		slowDown(4 * MiB);
		const tab = await browser.newPage(site.url);
		await pickAndUpload(tab, { tokenSeconds: 5 });
		await expectDone(tab);
		const tokens = await tab.evaluate(() => (window as unknown as { asked: number }).asked);
		expect(tokens).toBeGreaterThan(1);
		expect(oss.requests.filter(({ code }) => code === 'SecurityTokenExpired')).toEqual([]);
	});

	test('each request signed by the server', async () => {
		const tab = await browser.newPage(site.url);
		await tab.exposeFunction('signOnServer', signOnServer);
		await pickAndUpload(tab, { signed: true });
		await expectDone(tab);
	});
});

/** 5 connections at this rate: slow enough to stop in the middle of something. */
function slowDown(bytesPerSecond = 16 * MiB): void {
	oss.addFault({ operation: 'UploadPart', times: 'always', action: { type: 'throttle', bytesPerSecond } });
}

async function partsStored(count: number): Promise<void> {
	const isStored = ({ operation, stored }: RequestRecord) => operation === 'UploadPart' && stored;
	let seen = 0;
	await oss.whenRequest((record) => isStored(record) && ++seen >= count);
}

interface Way {
	readonly tokenSeconds?: number;
	readonly signed?: boolean;
}

async function pickAndUpload(tab: Page, { tokenSeconds = 900, signed = false }: Way = {}): Promise<void> {
	await pick(tab, file);
	await tab.evaluate(
		({ endpoint, bucket, key, tokenSeconds, signed }) => {
			const page = window as unknown as Window & {
				asked: number;
				signOnServer: (input: string) => Promise<string>;
			};
			page.asked = 0;
			const getCredentials = async () => {
				page.asked++;
				return (await fetch(`${endpoint}/-/sts?ttl=${tokenSeconds}`, { method: 'POST' })).json();
			};
			const signRequest = async ({ signal: _, ...input }: object & { signal: AbortSignal }) =>
				JSON.parse(await page.signOnServer(JSON.stringify(input)));
			page.uploader = page.oss.createUploader({
				bucket,
				region: 'cn-hangzhou',
				endpoint,
				...(signed ? { signRequest } : { getCredentials }),
			});
			const picked = document.querySelector('input')?.files?.[0];
			if (picked === undefined) throw new Error('Nothing was picked');
			page.task = page.uploader.upload(picked, { key, partSize: 1024 * 1024 });
			page.task.on('warning', ({ message }) => page.warnings.push(message));
		},
		{ endpoint: oss.url, bucket, key, tokenSeconds, signed },
	);
}

/** The app's server: it alone has a key, and the page gets one signed address and its headers a request. */
async function signOnServer(input: string): Promise<string> {
	const credentials = () => oss.mintCredentials({ ttlSeconds: 60 });
	const { signUpload } = createSigner({ bucket, region: oss.region, endpoint: oss.url, credentials });
	return JSON.stringify(await signUpload(JSON.parse(input), { prefix: 'films/' }));
}

async function finishInNewTab(): Promise<void> {
	const before = oss.requests.length;
	const tab = await browser.newPage(site.url);
	await pickAndUpload(tab);
	const result = await expectDone(tab);
	expect(result.resumed).toBeGreaterThanOrEqual(99 * MiB);
	// What ListParts told is what OSS held when the new tab began.
	const listed = oss.requests.findIndex(
		({ operation }, index) => index >= before && operation === 'ListParts',
	);
	const partsOf = (records: readonly RequestRecord[]) =>
		records.flatMap(({ operation, partNumber, status }) =>
			operation === 'UploadPart' && status === 200 && partNumber !== undefined ? [partNumber] : [],
		);
	const held = new Set(partsOf(oss.requests.slice(0, listed)));
	expect(partsOf(oss.requests.slice(listed)).filter((partNumber) => held.has(partNumber))).toEqual([]);
}

/** The object is the file; one upload made it; nothing is left behind. */
async function expectDone(tab: Page) {
	const result = await tab.evaluate(() => window.task.result);
	expect(result).toMatchObject({ bucket, key, size: 200 * MiB, verified: 'object' });
	expect(await oss.object(bucket, key)).toMatchObject({ sha256, size: 200 * MiB, crc64: result.crc64 });
	const count = (operation: RequestRecord['operation']) =>
		oss.requests.filter((record) => record.operation === operation && record.status === 200).length;
	expect(count('InitiateMultipartUpload')).toBe(1);
	expect(count('CompleteMultipartUpload')).toBe(1);
	expect(count('Preflight')).toBeGreaterThan(0);
	expect(await tab.evaluate(() => window.uploader.pending())).toEqual([]);
	expect(await tab.evaluate(() => window.warnings)).toEqual([]);
	return result;
}

async function writeRandom(path: string, mebibytes: number): Promise<void> {
	const stream = createWriteStream(path);
	const chunk = Buffer.alloc(MiB);
	for (let written = 0; written < mebibytes; written++) {
		if (!stream.write(Buffer.from(randomFillSync(chunk)))) await once(stream, 'drain');
	}
	stream.end();
	await once(stream, 'finish');
}

async function hashOf(path: string): Promise<string> {
	const hash = createHash('sha256');
	for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
	return hash.digest('hex');
}

import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/index.js';
import type { UploadOptions } from '../../src/index.js';
import { type BrowserProcess, pick, startBrowser } from './browser.js';
import { keptSources } from './kept-sources.js';
import { type Site, startSite } from './site.js';

const MiB = 1024 * 1024;
const SIZE = 12 * MiB;
const bucket = 'examplebucket';
const key = 'films/a film.bin';

let site: Site;
let directory: string;
let oss: Emulator;
let browser: BrowserProcess;

beforeAll(async () => {
	site = await startSite();
});

afterAll(() => site.close());

beforeEach(async () => {
	directory = await mkdtemp(join(tmpdir(), 'kept-files-'));
	oss = await startEmulator();
	browser = await startBrowser(join(directory, 'profile'));
});

afterEach(async () => {
	await browser.close();
	await oss.close();
	await rm(directory, { recursive: true, force: true });
});

declare global {
	interface Window {
		file: Blob | FileSystemFileHandle;
	}
}

async function openTab(): Promise<Page> {
	const tab = await browser.newPage(site.url);
	await tab.evaluate(
		({ endpoint, bucket }) => {
			window.uploader = window.oss.createUploader({
				...{ bucket, region: 'cn-hangzhou', endpoint },
				getCredentials: async () => (await fetch(`${endpoint}/-/sts?ttl=900`, { method: 'POST' })).json(),
			});
		},
		{ endpoint: oss.url, bucket },
	);
	return tab;
}

/** Slow enough for a copy: half a minute for all of it. */
function slowDown(): void {
	const action = { type: 'throttle', bytesPerSecond: 80 * 1024 } as const;
	oss.addFault({ operation: 'UploadPart', times: 'always', action });
}

/** Begins to upload `window.file`. */
async function begin(tab: Page, options: Partial<UploadOptions> = {}): Promise<void> {
	await tab.evaluate(
		({ key, options }) => {
			window.task = window.uploader.upload(window.file, { key, partSize: 128 * 1024, ...options });
			window.task.on('warning', ({ code, message }) => window.warnings.push(`${code}: ${message}`));
		},
		{ key, options },
	);
}

const sourceOf = (tab: Page) => tab.evaluate(async () => (await window.uploader.pending())[0]?.source);

async function untilKept(tab: Page, source: string): Promise<void> {
	await expect.poll(() => sourceOf(tab), { timeout: 30_000, interval: 100 }).toBe(source);
}

/** A part is stored, so that there is something to go on with. */
const untilStored = (tab: Page) =>
	expect.poll(() => tab.evaluate(() => window.task.progress.stored), { timeout: 30_000 }).toBeGreaterThan(0);

/** The browser dies, and is started again on the same profile; the line is fast now. */
async function killAndComeBack(): Promise<Page> {
	await browser.kill();
	oss.clearFaults();
	browser = await startBrowser(join(directory, 'profile'));
	return openTab();
}

/** How resuming without a file ends. */
async function resume(tab: Page) {
	return tab.evaluate(async () => {
		const [unfinished] = await window.uploader.pending();
		window.task = window.uploader.resume(unfinished?.id ?? '');
		window.task.on('warning', ({ code, message }) => window.warnings.push(`${code}: ${message}`));
		return window.task.result.then(
			({ size, resumed, verified }) => ({ size, resumed, verified }),
			({ name, code, message }) => ({ name, code, message }),
		);
	});
}

async function expectStored(tab: Page, sha256: string): Promise<void> {
	expect(await oss.object(bucket, key)).toMatchObject({ sha256, size: SIZE });
	expect(await tab.evaluate(() => window.warnings)).toEqual([]);
	expect(await tab.evaluate(() => window.uploader.pending())).toEqual([]);
	expect(await keptSources(tab)).toBe(0);
}

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** A file on the disk, picked in the tab. */
async function pickFile(tab: Page): Promise<{ readonly path: string; readonly sha256: string }> {
	const path = join(directory, 'film.bin');
	const bytes = randomBytes(SIZE);
	await writeFile(path, bytes);
	await pick(tab, path);
	await tab.evaluate(() => {
		const picked = document.querySelector('input')?.files?.[0];
		if (picked) window.file = picked;
	});
	return { path, sha256: hashOf(bytes) };
}

/** Stands for a picked handle: a file of the origin's own, written in the page, and its SHA-256. */
const writeOpfs = (tab: Page, name = 'film.bin'): Promise<string> =>
	tab.evaluate(
		async ({ name, size }) => {
			const root = await navigator.storage.getDirectory();
			const handle = await root.getFileHandle(name, { create: true });
			const bytes = new Uint8Array(size);
			for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
			const writable = await handle.createWritable();
			await writable.write(bytes);
			await writable.close();
			window.file = handle;
			return [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))]
				.map((byte) => byte.toString(16).padStart(2, '0'))
				.join('');
		},
		{ name, size: SIZE },
	);

/** As a recorder does, chunk by chunk; answers the SHA-256 of all. */
const record = (tab: Page): Promise<string> =>
	tab.evaluate(async (size) => {
		const chunks: Blob[] = [];
		for (let at = 0; at < size; at += 65_536) {
			chunks.push(new Blob([crypto.getRandomValues(new Uint8Array(65_536))]));
		}
		const recording = new Blob(chunks, { type: 'video/webm' });
		window.file = recording;
		return [...new Uint8Array(await crypto.subtle.digest('SHA-256', await recording.arrayBuffer()))]
			.map((byte) => byte.toString(16).padStart(2, '0'))
			.join('');
	}, SIZE);

describe('after the browser was killed, resume(id) goes on without picking', () => {
	test('from a handle', async () => {
		slowDown();
		const tab = await openTab();
		const sha256 = await writeOpfs(tab);
		await begin(tab);
		await untilKept(tab, 'handle');
		await untilStored(tab);
		const back = await killAndComeBack();
		expect(await sourceOf(back)).toBe('handle');
		const result = await resume(back);
		expect(result).toMatchObject({ size: SIZE, verified: 'object' });
		expect((result as { resumed: number }).resumed).toBeGreaterThan(0);
		await expectStored(back, sha256);
	});

	test('from the copy of a picked file, which may be gone', async () => {
		slowDown();
		const tab = await openTab();
		const { path, sha256 } = await pickFile(tab);
		await begin(tab, { keepCopy: SIZE });
		await untilKept(tab, 'copy');
		await untilStored(tab);
		const back = await killAndComeBack();
		await rm(path);
		expect(await sourceOf(back)).toBe('copy');
		expect(await resume(back)).toMatchObject({ size: SIZE, verified: 'object' });
		await expectStored(back, sha256);
	});

	test('from the copy of a recording, which was never a file', async () => {
		slowDown();
		const tab = await openTab();
		const sha256 = await record(tab);
		await begin(tab, { keepCopy: SIZE });
		await untilKept(tab, 'copy');
		await untilStored(tab);
		const back = await killAndComeBack();
		expect(await resume(back)).toMatchObject({ size: SIZE, verified: 'object' });
		await expectStored(back, sha256);
		expect((await oss.object(bucket, key))?.headers['content-type']).toBe('video/webm');
	});

	test('but needs the file where none was kept', async () => {
		slowDown();
		const tab = await openTab();
		await pickFile(tab);
		await begin(tab, { keepCopy: SIZE - 1 });
		await untilStored(tab);
		const back = await killAndComeBack();
		expect(await sourceOf(back)).toBe('needed');
		expect(await resume(back)).toMatchObject({
			name: 'TypeError',
			message: expect.stringContaining('resume(id, file)'),
		});
		expect(await sourceOf(back)).toBe('needed');
	});
});

/** Interrupted in the middle, by leaving the page. */
async function interrupted(options: Partial<UploadOptions> = {}): Promise<void> {
	slowDown();
	const tab = await openTab();
	await writeOpfs(tab);
	await begin(tab, options);
	await untilKept(tab, 'handle');
	await untilStored(tab);
	await tab.close();
	oss.clearFaults();
}

/** What the page does to its file between the visits. */
const change = (tab: Page, how: 'edit' | 'delete' | 'move') =>
	tab.evaluate(async (how) => {
		const root = await navigator.storage.getDirectory();
		const handle = await root.getFileHandle('film.bin');
		if (how === 'delete') await root.removeEntry('film.bin');
		else if (how === 'move')
			await (handle as unknown as { move(name: string): Promise<void> }).move('other.bin');
		else {
			const writable = await handle.createWritable({ keepExistingData: true });
			await writable.write('edited');
			await writable.close();
		}
	}, how);

describe('a handle whose file', () => {
	test.each([
		['edit', 'FileChanged'],
		['delete', 'FileUnreadable'],
		['move', 'FileUnreadable'],
	] as const)('was changed meanwhile (%s) is %s, and the upload stays pending', async (how, code) => {
		await interrupted();
		const tab = await openTab();
		await change(tab, how);
		expect(await sourceOf(tab)).toBe('handle');
		expect(await resume(tab)).toMatchObject({ name: 'UploadError', code });
		expect(await sourceOf(tab)).toBe('handle');
		expect(await oss.object(bucket, key)).toBeUndefined();
	});

	test('is edited while its task is paused is FileChanged', async () => {
		slowDown();
		const tab = await openTab();
		await writeOpfs(tab);
		await begin(tab);
		await untilStored(tab);
		await tab.evaluate(() => window.task.pause());
		await change(tab, 'edit');
		const result = await tab.evaluate(() => {
			window.task.resume();
			return window.task.result.catch(({ code }) => code);
		});
		expect(result).toBe('FileChanged');
	});
});

/** Has handles ask: headless Chromium shows no prompt, and grants what is the origin's own. Answers, in order. */
const answerPrompts = (tab: Page, answers: readonly string[]) =>
	tab.evaluate((answers) => {
		const prompts = { asked: 0, inClick: 0, left: [...answers] };
		Object.assign(window, { prompts });
		Object.assign(FileSystemHandle.prototype, {
			async requestPermission() {
				prompts.asked++;
				if (window.event?.type === 'click') prompts.inClick++;
				return prompts.left.shift() ?? 'granted';
			},
		});
	}, answers);

describe('a permission', () => {
	test('is asked for in the click that resumes; refused, the upload stays, and the next click asks again', async () => {
		await interrupted();
		const tab = await openTab();
		await answerPrompts(tab, ['denied']);
		await tab.evaluate(async () => {
			const [unfinished] = await window.uploader.pending();
			const button = document.createElement('button');
			button.onclick = () => {
				window.task = window.uploader.resume(unfinished?.id ?? '');
			};
			document.body.append(button);
		});
		await tab.click('button');
		const refused = await tab.evaluate(() =>
			window.task.result.catch(({ code, message }) => ({ code, message })),
		);
		expect(refused).toMatchObject({
			code: 'FileUnreadable',
			message: expect.stringContaining('call upload() or resume() inside of a click'),
		});
		expect(await sourceOf(tab)).toBe('handle');
		await tab.click('button');
		expect(await tab.evaluate(() => window.task.result)).toMatchObject({ size: SIZE });
		// In the click itself, and not after something was awaited.
		const inClick = () => (window as unknown as { prompts: { inClick: number } }).prompts.inClick;
		expect(await tab.evaluate(inClick)).toBe(2);
	});
});

describe('where there is no room', () => {
	test('for a copy the upload goes on, with one warning', async () => {
		const tab = await openTab();
		const session = await tab.context().newCDPSession(tab);
		const origin = new URL(site.url).origin;
		await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: SIZE / 2 });
		slowDown();
		const { sha256 } = await pickFile(tab);
		await begin(tab, { keepCopy: SIZE });
		await expect
			.poll(() => tab.evaluate(() => window.warnings), { timeout: 30_000 })
			.toEqual([expect.stringMatching(/^Storage: .* picked again/)]);
		expect(await sourceOf(tab)).toBe('needed');
		oss.clearFaults();
		await tab.evaluate(() => window.task.result);
		expect(await oss.object(bucket, key)).toMatchObject({ sha256 });
		expect(await tab.evaluate(() => window.warnings)).toHaveLength(1);
	});
});

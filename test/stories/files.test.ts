import { randomBytes } from 'node:crypto';
import { appendFile, mkdtemp, rm, stat, truncate, unlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/index.js';
import { type BrowserProcess, pick, startBrowser } from './browser.js';
import { type Site, startSite } from './site.js';

const MiB = 1024 * 1024;
const bucket = 'examplebucket';

let site: Site;
let browser: BrowserProcess;
let directory: string;
let path: string;
let oss: Emulator;

beforeAll(async () => {
	site = await startSite();
	directory = await mkdtemp(join(tmpdir(), 'file-stories-'));
	browser = await startBrowser(join(directory, 'profile'));
});

afterAll(async () => {
	await browser.close();
	await site.close();
	await rm(directory, { recursive: true, force: true });
});

beforeEach(async () => {
	path = join(directory, 'film.bin');
	await writeFile(path, randomBytes(12 * MiB));
	oss = await startEmulator();
});

afterEach(() => oss.close());

test.each<[string, () => Promise<void>]>([
	['truncated', () => truncate(path, 3 * MiB)],
	['appended to', () => appendFile(path, 'more')],
	['deleted', () => unlink(path)],
	['replaced by another of the same size', () => writeFile(path, randomBytes(12 * MiB))],
	[
		// Chromium does not notice: the samples do.
		'replaced by another of the same size and time',
		async () => {
			const { atime, mtime } = await stat(path);
			await writeFile(path, randomBytes(12 * MiB));
			await utimes(path, atime, mtime);
		},
	],
])(
	'[case 6] a file on disk that is %s while it is sent: no object, and an error that names the file',
	async (_, change) => {
		const tab = await browser.newPage(site.url);
		await pick(tab, path);
		oss.addFault({ operation: 'UploadPart', partNumber: 5, action: { type: 'hang' } });
		await tab.evaluate(
			({ endpoint, bucket, partSize, credentials }) => {
				const getCredentials = () => credentials;
				window.uploader = window.oss.createUploader({
					bucket,
					region: 'cn-hangzhou',
					endpoint,
					getCredentials,
					parallel: 1,
				});
				const picked = document.querySelector('input')?.files?.[0];
				if (picked === undefined) throw new Error('Nothing was picked');
				window.task = window.uploader.upload(picked, { key: 'k', partSize });
			},
			{ endpoint: oss.url, bucket, partSize: MiB, credentials: oss.mintCredentials() },
		);
		await oss.whenArrived(({ partNumber }) => partNumber === 5);
		await change();
		oss.clearFaults();
		const code = await tab.evaluate(() =>
			window.task.result.then(
				() => 'done',
				(error: { code: string }) => error.code,
			),
		);
		expect(['FileChanged', 'FileUnreadable']).toContain(code);
		expect(await oss.object(bucket, 'k')).toBeUndefined();
		const kept = () =>
			window.uploader.pending().then((all) => all.some(({ id }) => id === window.task.checkpointId));
		expect(await tab.evaluate(kept)).toBe(true);
		await tab.evaluate(() => window.uploader.close());
		await tab.close();
	},
);

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { startEmulator } from '../../emulator/index.js';
import { startBrowser } from './browser.js';
import { startSite } from './site.js';

const COUNT = 300;
const bucket = 'examplebucket';

/** Uploads all of the same files, each to a key of its own name. */
function start(page: Page, endpoint: string, credentials: object): Promise<void> {
	return page.evaluate(
		({ endpoint, bucket, count, credentials }) => {
			window.uploader = window.oss.createUploader({
				...{ bucket, region: 'cn-hangzhou', endpoint },
				getCredentials: () => credentials as never,
			});
			const results = Array.from({ length: count }, (_, at) => {
				const file = new File([new Uint8Array(5000).fill(at)], `${at}.jpg`);
				return window.uploader.upload(file, { key: `photos/${file.name}`, skipSame: true }).result;
			});
			Object.assign(window, { results: Promise.all(results) });
		},
		{ endpoint, bucket, count: COUNT, credentials },
	);
}

test('300 files, the browser dies half-way, they are picked again: none is sent twice that OSS had answered', async () => {
	const site = await startSite();
	const oss = await startEmulator();
	const profile = await mkdtemp(join(tmpdir(), 'profile-'));
	const puts = () =>
		oss.requests.filter(({ operation, status }) => operation === 'PutObject' && status === 200);
	try {
		const dying = await startBrowser(profile);
		await start(await dying.newPage(site.url), oss.url, oss.mintCredentials());
		await oss.whenRequest(() => puts().length >= COUNT / 2);
		await dying.kill();
		const answered = new Set(puts().map(({ key }) => key));
		expect(answered.size).toBeLessThan(COUNT);

		const before = oss.requests.length;
		const browser = await startBrowser(profile);
		const page = await browser.newPage(site.url);
		await start(page, oss.url, oss.mintCredentials());
		const results = await page.evaluate(
			() => Reflect.get(window, 'results') as Promise<readonly { key: string; skipped: boolean }[]>,
		);
		await browser.close();
		const sentAgain = oss.requests
			.slice(before)
			.flatMap(({ operation, key = '' }) => (operation === 'PutObject' ? [key] : []));
		expect(sentAgain.filter((key) => answered.has(key))).toEqual([]);
		const skipped = results.filter((each) => each.skipped).map(({ key }) => key);
		expect(skipped).toEqual(expect.arrayContaining([...answered]));
		expect(results).toHaveLength(COUNT);
		expect(new Set(puts().map(({ key }) => key)).size).toBe(COUNT);
	} finally {
		await oss.close();
		await site.close();
		await rm(profile, { recursive: true, force: true });
	}
});

import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { openBareTab } from './bare-tab.js';
import { launchBrowser } from './browser.js';
import { setStage } from './stage.js';

const MiB = 1024 * 1024;
const SIZE = 12 * MiB;
const bucket = 'examplebucket';

const stage = setStage();

const plan = () => ({
	...{ endpoint: stage.oss.url, bucket, size: SIZE, partSize: MiB },
	credentials: stage.oss.mintCredentials(),
});

/** Runs in the page. */
function begin({ endpoint, bucket, size, partSize, credentials }: ReturnType<typeof plan>): void {
	window.uploader = window.oss.createUploader({
		...{ bucket, region: 'cn-hangzhou', endpoint, parallel: 2, warnOnLeave: true },
		getCredentials: () => credentials,
	});
	const file = new File([new Uint8Array(size).fill(5)], 'a.bin');
	window.task = window.uploader.upload(file, { key: 'k', partSize });
}

const isStuck = ({ operation, partNumber }: { operation: string; partNumber?: number | undefined }) =>
	operation === 'UploadPart' && partNumber === 4;

test('a page that is frozen for a minute goes on', async () => {
	const { debuggerUrl, end } = await launchBrowser(await mkdtemp(join(stage.profile, 'bare-')));
	try {
		const page = await openBareTab(debuggerUrl, stage.site.url);
		stage.oss.addFault({ operation: 'UploadPart', partNumber: 4, action: { type: 'delay', ms: 5000 } });
		await vi.waitUntil(() => page.evaluate(() => 'oss' in window, null), { timeout: 10_000 });
		await page.evaluate(begin, plan());
		await stage.oss.whenArrived(isStuck);
		await page.evaluate(() => {
			Object.assign(window, { ticks: 0 });
			setInterval(() => Object.assign(window, { ticks: Reflect.get(window, 'ticks') + 1 }), 1000);
		}, null);
		// Only a page that nobody sees is frozen.
		await (await openBareTab(debuggerUrl, 'about:blank')).show();
		await page.send('Page.setWebLifecycleState', { state: 'frozen' });
		const isStill = await page.evaluate(() => Reflect.get(window, 'ticks'), null);
		// A minute of the page's time is a minute of everybody's.
		await new Promise((resolve) => setTimeout(resolve, 60_000));
		expect(await page.evaluate(() => Reflect.get(window, 'ticks'), null)).toBeLessThanOrEqual(isStill + 1);
		await page.send('Page.setWebLifecycleState', { state: 'active' });
		await page.show();
		expect(await page.evaluate(() => window.task.result, null)).toMatchObject({
			verified: 'object',
			size: SIZE,
		});
		const parts = stage.oss.requests.filter(({ operation, stored }) => operation === 'UploadPart' && stored);
		expect(parts).toHaveLength(SIZE / MiB);
	} finally {
		await end('SIGKILL');
	}
});

test('leaving is asked about while something runs, and not afterwards', async () => {
	const page = await stage.browser.newPage(stage.site.url);
	stage.oss.addFault({ operation: 'UploadPart', partNumber: 4, action: { type: 'hang' } });
	await page.evaluate(begin, plan());
	await stage.oss.whenArrived(isStuck);
	// Browsers ask only where somebody has touched the page.
	await page.mouse.click(5, 5);
	const asked = page.waitForEvent('dialog');
	const leaving = page.evaluate(() => location.reload()).catch(() => {});
	const dialog = await asked;
	expect(dialog.type()).toBe('beforeunload');
	await dialog.dismiss();
	await leaving;
	await page.evaluate(() => window.task.abort());
	await page.reload();
	expect(await page.evaluate(() => document.readyState)).toBe('complete');
});

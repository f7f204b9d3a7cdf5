import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startEmulator } from '../../emulator/index.js';
import { launchBrowser } from './browser.js';
import { answerOf, dropPaths, openBarePage, talkTo } from './devtools.js';
import { startSite } from './site.js';

const COUNT = 2000;
/** Stored ones after which it is looked: until then no debugger is a part of it. */
const ENOUGH = 300;

/**
 * Before the drop: milliseconds of each task that held the page up, by the browser's own account, and of the longest of its
 * scripts. The browser itself spends most of a drop on making two thousand files, in one task, before any script is called.
 */
const WATCH = `document.body.dataset.ready ? (window.tasks = [], window.scripts = [], new PerformanceObserver((list) => {
	for (const { duration } of list.getEntries()) tasks.push(duration);
}).observe({ type: 'longtask' }), new PerformanceObserver((list) => {
	for (const frame of list.getEntries()) for (const { duration } of frame.scripts) scripts.push(duration);
}).observe({ type: 'long-animation-frame' }), true) : false`;

const LOOK = `(() => {
	const rows = [...document.querySelector('oss-upload').shadowRoot.querySelector('oss-upload-list').shadowRoot.querySelectorAll('li')];
	return { tasks, scripts, drawn: rows.length, setsize: rows[0].getAttribute('aria-setsize') };
})()`;

interface Seen {
	readonly tasks: readonly number[];
	readonly scripts: readonly number[];
	readonly drawn: number;
	readonly setsize: string;
}

async function writePhotos(folder: string): Promise<string[]> {
	await mkdir(folder);
	const paths = Array.from({ length: COUNT }, (_, index) => join(folder, `photo-${index}.jpg`));
	for (const path of paths) await writeFile(path, path);
	return paths;
}

test('2,000 files dropped from the disk are all listed, and few are drawn; how long the page stood still is told', async () => {
	const site = await startSite({}, new URL('./element-page/', import.meta.url));
	const oss = await startEmulator();
	const folder = await mkdtemp(join(tmpdir(), 'many-'));
	const browser = await launchBrowser(join(folder, 'profile'));
	try {
		const photos = await writePhotos(join(folder, 'photos'));
		const credentials = JSON.stringify(oss.mintCredentials({ ttlSeconds: 900 }));
		const query = new URLSearchParams({ endpoint: oss.url, partSize: '1048576', credentials });
		const page = await openBarePage(browser.debuggerUrl, `${site.url}?${query}`);
		await talkTo(page, async (ask) => {
			await expect.poll(() => answerOf(ask, WATCH), { timeout: 30_000 }).toBe(true);
			await dropPaths(ask, 200, 110, photos);
		});
		const puts = () => oss.requests.filter(({ operation }) => operation === 'PutObject').length;
		await oss.whenRequest(() => puts() >= ENOUGH);
		const { tasks, scripts, drawn } = await talkTo(page, async (ask) => {
			// How many of a drop have been taken while so many were stored is the machine's affair.
			const listed = async () => (await answerOf<Seen>(ask, LOOK)).setsize;
			await expect.poll(listed, { timeout: 60_000 }).toBe(String(COUNT));
			return answerOf<Seen>(ask, LOOK);
		});
		const longest = (all: readonly number[]) =>
			all
				.map((each) => Math.round(each))
				.sort((one, other) => other - one)
				.slice(0, 5)
				.join(', ') || 'none';
		process.stdout.write(
			`Longest tasks of over 50 ms: ${longest(tasks)}; scripts in them: ${longest(scripts)}\n`,
		);
		expect(drawn).toBeLessThan(40);
	} finally {
		await browser.end('SIGKILL');
		await oss.close();
		await site.close();
		await rm(folder, { recursive: true, force: true });
	}
});

import { afterEach, expect, test } from 'vitest';
import { type Demo, startDemo } from '../../demo/server/index.js';
import { type Front, startFront } from './demo-front.js';
import { sha256Of } from './disk-file.js';
import type { Tab } from './port.js';
import { inEachEngine, MiB } from './scene.js';

interface Row {
	readonly name: string;
	readonly state: string;
}

/** What a slow engine on a slow machine takes. */
const PATIENT = { timeout: 100_000, interval: 100 };

let demo: Demo;
let front: Front;
let tab: Tab | undefined;

afterEach(async () => {
	await tab?.close();
	tab = undefined;
	await front.close();
	await demo.close();
});

inEachEngine((scene) => {
	test('at the demo page a file is chosen, paused, resumed after a reload without being chosen again, and finished', async () => {
		demo = await startDemo();
		front = await startFront(demo);
		const path = await scene.file(24 * MiB);
		const page = await scene.browser.newTab(`${front.url}?partSize=${MiB}&throttle=${MiB / 4}`);
		tab = page;
		const state = async () => (await page.call<readonly Row[]>('rows')).map((row) => row.state).join();
		await page.pick(path);
		await expect.poll(state, PATIENT).toBe('uploading');
		await expect.poll(() => page.call('kept'), PATIENT).toBe(1);
		await demo.emulator?.whenRequest(({ operation, stored }) => operation === 'UploadPart' && stored);
		await page.call('press', 'Pause');
		await expect.poll(state, PATIENT).toBe('paused');

		await page.reload();
		await expect.poll(state, PATIENT).toBe('interrupted');
		demo.emulator?.clearFaults();
		await page.call('press', 'Resume');
		await expect.poll(state, PATIENT).toBe('done');

		const requests = demo.emulator?.requests ?? [];
		const completed = requests.filter(
			({ operation, status }) => operation === 'CompleteMultipartUpload' && status === 200,
		);
		expect(completed).toHaveLength(1);
		const object = await demo.emulator?.object('demo-bucket', completed[0]?.key ?? '');
		expect(object?.sha256).toBe(await sha256Of(path));
		expect(requests.filter(({ operation }) => operation === 'InitiateMultipartUpload')).toHaveLength(1);
		expect(await page.call('log')).toContain('not sent again');
	});

	test('at the demo page a file that is cancelled comes back by Undo, and is finished', async () => {
		demo = await startDemo();
		front = await startFront(demo);
		const path = await scene.file(6 * MiB);
		const page = await scene.browser.newTab(
			`${front.url}?partSize=${MiB}&throttle=${MiB / 4}&transport=fetch`,
		);
		tab = page;
		const state = async () => (await page.call<readonly Row[]>('rows')).map((row) => row.state).join();
		await page.pick(path);
		await demo.emulator?.whenRequest(({ operation, stored }) => operation === 'UploadPart' && stored);
		await page.call('press', 'Cancel');
		await expect.poll(state, PATIENT).toBe('aborted');
		await page.call('press', 'Undo');
		demo.emulator?.clearFaults();
		await expect.poll(state, PATIENT).toBe('done');
		const operations = demo.emulator?.requests.map(({ operation }) => operation);
		expect(operations).not.toContain('AbortMultipartUpload');
		expect(operations?.filter((each) => each === 'InitiateMultipartUpload')).toHaveLength(1);
	});
});

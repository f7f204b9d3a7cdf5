import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { DemoVisit } from './demo-visit.js';
import { sha256Of } from './disk-file.js';
import { inEachEngine, MiB } from './scene.js';

inEachEngine((scene) => {
	const open = (query?: string) => DemoVisit.begin(scene.browser, query);

	test('at the demo page a file is chosen, paused, resumed after a reload without being chosen again, and finished', async () => {
		const path = await scene.file(24 * MiB);
		const page = await open(`partSize=${MiB}&throttle=${MiB / 4}`);
		await page.tab.pick(path);
		await page.sees('uploading');
		await page.answers('kept', 1);
		await page.whenStored();
		await page.press('Pause');
		await page.sees('paused');

		await page.tab.reload();
		await page.sees('interrupted');
		page.emulator.clearFaults();
		await page.press('Resume');
		await page.sees('done');

		expect(await page.objects()).toEqual({ [basename(path)]: await sha256Of(path) });
		expect(page.count('InitiateMultipartUpload')).toBe(1);
		expect(await page.tab.call('log')).toContain('not sent again');
	});

	test('at the demo page a file that is cancelled comes back by Undo, and is finished', async () => {
		const path = await scene.file(6 * MiB);
		const page = await open(`partSize=${MiB}&throttle=${MiB / 4}&transport=fetch`);
		await page.tab.pick(path);
		await page.whenStored();
		await page.press('Cancel');
		await page.sees('aborted');
		await page.press('Undo');
		page.emulator.clearFaults();
		await page.sees('done');
		expect(page.count('AbortMultipartUpload')).toBe(0);
		expect(page.count('InitiateMultipartUpload')).toBe(1);
	});
});

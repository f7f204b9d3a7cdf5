import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { DemoVisit } from './demo-visit.js';
import { sha256Of } from './disk-file.js';
import { inEachEngine, MiB } from './scene.js';

/*
 * The ways to the demo page beside a pointer and a list of files. Keys are the driver's, which the page cannot tell from a
 * person's; a paste and a drop are events that the page sends to itself, with a real DataTransfer of real files.
 */

interface Measured {
	readonly direction: string;
	readonly scrolls: boolean;
	readonly outside: readonly string[];
	readonly bars: readonly { readonly atLeft: boolean; readonly atRight: boolean }[];
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

inEachEngine((scene) => {
	const open = (query?: string) => DemoVisit.begin(scene.browser, query);

	test('by the keyboard alone: chosen, paused, resumed, looked into, cancelled, undone, and the line made faster', async () => {
		const path = await scene.file(8 * MiB);
		// More than a minute, unless the line is made faster: however slow the machine is, there is something to pause.
		const page = await open(`throttle=${MiB / 8}&partSize=${MiB}&parallel=1`);
		const { tab } = page;
		const focused = () => tab.call('focused');
		// No driver reaches into the browser's file dialog: that it is asked for is seen, then the driver chooses.
		await tab.call('holdDialogs');
		await page.goTo('Choose files');
		await tab.press('Enter');
		await page.answers('dialogs', ['files']);
		await tab.pick(path);
		await page.whenStored();

		await page.goTo('Pause');
		await page.type('Space', 'paused');
		expect(await focused()).toBe('Resume');
		await page.type('Enter', 'uploading');
		expect(await focused()).toBe('Pause');

		await page.goTo('Details');
		await tab.press('Enter');
		await page.answers('details', 1);
		await tab.press('Escape');
		await page.answers('details', 0);
		expect(await focused()).toBe('Details');

		await tab.press('Shift+Tab');
		expect(await focused()).toBe('Cancel');
		await page.type('Enter', 'aborted');
		// The button is gone, and what takes it back is where the focus is.
		expect(await focused()).toBe('Undo');
		await page.type('Space', 'uploading');

		await page.goTo('Network');
		await tab.press('ArrowRight');
		expect(await focused()).toBe('Settings');
		await tab.press('ArrowLeft');
		await page.goTo('Slow line');
		await tab.press('Space');
		await page.sees('done');
		expect(await page.objects()).toEqual({ [basename(path)]: await sha256Of(path) });
		expect(page.count('InitiateMultipartUpload')).toBe(1);
		expect(page.count('AbortMultipartUpload')).toBe(0);
	});

	test('a file that is pasted is uploaded', async () => {
		const page = await open();
		expect(await page.tab.call('paste', { name: 'notes.txt', text: 'pasted' })).toEqual({ taken: true });
		await page.sees('done');
		expect(await page.objects()).toEqual({ 'notes.txt': sha256('pasted') });
	});

	test('a folder that is dropped: all that lies in it, by its path, without what systems leave there', async () => {
		const page = await open();
		const dropped = await page.tab.call('drop', {
			holiday: {
				'.DS_Store': 'junk',
				'a.txt': 'a',
				'day 1': { 'Thumbs.db': 'junk', 'b.txt': 'b', evening: { 'ç #1.txt': 'c' }, empty: {} },
				'd.txt': 'd',
			},
			'single.txt': 'single',
		});
		expect(dropped).toEqual({ invited: true, taken: true });
		await page.sees('done', 'done', 'done', 'done', 'done');
		expect(await page.objects()).toEqual({
			'holiday/a.txt': sha256('a'),
			'holiday/day 1/b.txt': sha256('b'),
			'holiday/day 1/evening/ç #1.txt': sha256('c'),
			'holiday/d.txt': sha256('d'),
			'single.txt': sha256('single'),
		});
	});

	test('without a network the row says that it waits, and it goes on by itself when the network is back', async () => {
		const path = await scene.file(8 * MiB);
		const page = await open(`throttle=${MiB / 4}&partSize=${MiB}&parallel=2`);
		const { tab, line } = page;
		// Where the driver cannot take the network away, the page is told so: the line is cut for all of them.
		const say = (isOffline: boolean) => tab.setOffline?.(isOffline) ?? tab.call('claimOffline', isOffline);
		await tab.pick(path);
		await page.whenStored();
		await say(true);
		try {
			line.cut();
			await page.sees('offline');
			expect(await tab.call('state')).toBe('Waiting for the network');
		} finally {
			line.mend();
			await say(false);
		}
		page.emulator.clearFaults();
		await page.sees('done');
		expect(await page.objects()).toEqual({ [basename(path)]: await sha256Of(path) });
		const stored = page.storedParts();
		expect([...new Set(stored)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
		// Of the two on the line when it is cut the answers may be lost, and nothing else is sent twice.
		expect(stored.length).toBeLessThanOrEqual(8 + 2);
		expect(page.count('InitiateMultipartUpload')).toBe(1);
	});

	test('from right to left: bars grow from the right, nothing sticks out, and the arrow keys go the other way', async () => {
		const path = await scene.file(8 * MiB);
		const page = await open(`dir=rtl&throttle=${MiB / 4}&partSize=${MiB}&parallel=2`);
		const { tab } = page;
		await tab.pick(path);
		await page.whenStored();
		await page.press('Details');
		await page.answers('details', 1);
		const found = await tab.call<Measured>('measure');
		expect(found).toMatchObject({ direction: 'rtl', scrolls: false, outside: [] });
		expect(found.bars.length).toBeGreaterThanOrEqual(1);
		for (const bar of found.bars) expect(bar).toEqual({ atLeft: false, atRight: true });

		await page.goTo('Network');
		await tab.press('ArrowLeft');
		expect(await tab.call('focused')).toBe('Settings');
		await tab.press('ArrowRight');
		expect(await tab.call('focused')).toBe('Network');
		page.emulator.clearFaults();
		await page.sees('done');
		expect(await page.objects()).toEqual({ [basename(path)]: await sha256Of(path) });
	});
});

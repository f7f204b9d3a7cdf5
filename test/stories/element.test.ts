import { expect, test } from 'vitest';
import { type DemoPage, MiB } from './demo-visitor.js';
import { pick, press, row, sees, setElementStage } from './element-stage.js';

const stage = setElementStage();

/** A file that should not have been chosen is under way, on a page whose clock can be put forward. */
async function uploadMistake(): Promise<DemoPage> {
	const { path } = await stage.visitor.writeFile('mistake.mov', 12 * MiB);
	const page = await stage.open();
	await page.page.clock.install();
	stage.slowly(MiB);
	await pick(page, path);
	await stage.whenStored(2);
	return page;
}

test('picked, paused, left, come back to, resumed, finished: each part is sent once, and axe finds nothing', async () => {
	const file = await stage.visitor.writeFile('holiday.mov', 24 * MiB);
	const page = await stage.open();
	await page.isAccessible();
	stage.slowly(MiB);
	await pick(page, file.path);
	await stage.whenStored(4);
	await sees(row(page, 'holiday.mov'), 'Uploading');
	await press(row(page, 'holiday.mov'), 'Details');
	await page.isAccessible();
	await press(row(page, 'holiday.mov'), 'Pause');
	await sees(row(page, 'holiday.mov'), 'Paused');
	await page.isAccessible();

	await page.reload();
	await sees(page.page.locator('body'), '1 interrupted upload');
	await page.isAccessible();
	const before = stage.storedParts().length;
	expect(before).toBeLessThan(24);
	stage.oss.clearFaults();
	const chooser = page.page.waitForEvent('filechooser');
	await press(row(page, 'holiday.mov'), 'Resume');
	await (await chooser).setFiles(file.path);
	await sees(row(page, 'holiday.mov'), 'Done');
	await press(row(page, 'holiday.mov'), 'Details');
	await sees(row(page, 'holiday.mov'), 'OSS holds what the file holds');
	await page.isAccessible();

	expect(stage.storedParts()).toHaveLength(24);
	expect((await stage.oss.object('examplebucket', 'films/holiday.mov'))?.sha256).toBe(file.sha256);
	expect(await page.page.getByRole('heading', { name: /interrupted/ }).count()).toBe(0);
	expect(await page.page.evaluate(() => new FormData(document.forms[0]).getAll('film'))).toEqual([
		'films/holiday.mov',
	]);
	expect(await page.page.evaluate(() => window.events)).toEqual(['done']);
	await page.page.close();
});

test('another file than that of the interrupted upload changes nothing, and it is said', async () => {
	const file = await stage.visitor.writeFile('film.mov', 8 * MiB);
	const other = await stage.visitor.writeFile('other.mov', 8 * MiB);
	const page = await stage.open();
	stage.slowly(MiB);
	await pick(page, file.path);
	await stage.whenStored(2);
	await page.reload();
	const chooser = page.page.waitForEvent('filechooser');
	await press(row(page, 'film.mov'), 'Resume');
	await (await chooser).setFiles(other.path);
	await sees(row(page, 'film.mov'), 'other.mov is not the file of this upload. Choose film.mov.');
	await page.isAccessible();
	// Nothing has failed.
	expect(await page.page.evaluate(() => window.events)).toEqual([]);
	await page.page.close();
});

test('what is cancelled or discarded comes back for some seconds, and is dropped after them', async () => {
	const page = await uploadMistake();
	await press(row(page, 'mistake.mov'), 'Cancel');
	await sees(row(page, 'mistake.mov'), 'Cancelled');
	await page.isAccessible();
	await press(row(page, 'mistake.mov'), 'Undo');
	await sees(row(page, 'mistake.mov'), 'Uploading');
	await press(row(page, 'mistake.mov'), 'Cancel');
	await page.page.clock.fastForward(10_000);
	await stage.oss.whenRequest(({ operation }) => operation === 'AbortMultipartUpload');
	await expect.poll(() => row(page, 'mistake.mov').count()).toBe(0);
	// The button that had the focus is gone with its row.
	expect(await page.page.evaluate(() => document.activeElement?.localName)).toBe('oss-upload');
	await page.page.close();
});

test('what is cancelled or discarded stays so when the page is left before its seconds are over', async () => {
	const files = [
		await stage.visitor.writeFile('mistake.mov', 12 * MiB),
		await stage.visitor.writeFile('second.mov', 11 * MiB),
	];
	const page = await stage.open();
	stage.slowly(MiB);
	await pick(page, ...files.map(({ path }) => path));
	await stage.whenStored(4);
	await press(row(page, 'mistake.mov'), 'Cancel');
	await sees(row(page, 'mistake.mov'), 'Cancelled');
	await page.page.reload();
	await sees(row(page, 'second.mov'), 'of 11.0 MB stored');
	expect(await row(page, 'mistake.mov').count()).toBe(0);
	await stage.oss.whenRequest(({ operation }) => operation === 'AbortMultipartUpload');
	await press(row(page, 'second.mov'), 'Discard');
	await sees(row(page, 'second.mov'), 'Discarded');
	await page.page.reload();
	await sees(page.page.locator('body'), 'No uploads yet');
	await page.page.close();
});

test('what was dropped when OSS could not be told of it, it is told on the next visit, though nothing is uploaded', async () => {
	const page = await uploadMistake();
	stage.oss.addFault({ operation: 'AbortMultipartUpload', times: 'always', action: { type: 'hang' } });
	await press(row(page, 'mistake.mov'), 'Cancel');
	await page.page.clock.fastForward(10_000);
	await stage.oss.whenArrived(({ operation }) => operation === 'AbortMultipartUpload');
	await page.page.close();
	// A hanging one that OSS has not seen break off would be carried out, once the fault is gone.
	await stage.oss.whenRequest(({ operation }) => operation === 'AbortMultipartUpload');
	expect(stage.oss.uploads('examplebucket')).toHaveLength(1);
	stage.oss.clearFaults();
	const next = await stage.open();
	await stage.oss.whenRequest(
		({ operation, status }) => operation === 'AbortMultipartUpload' && status === 204,
	);
	expect(stage.oss.uploads('examplebucket')).toEqual([]);
	await next.page.close();
});

test('a refused file says why, a failed one what to do, and is tried again', async () => {
	const small = await stage.visitor.writeFile('small.txt', 1000);
	const film = await stage.visitor.writeFile('film.mov', 6 * MiB);
	const page = await stage.open({ attribute: 'required' });
	stage.oss.addFault({
		operation: 'InitiateMultipartUpload',
		times: 'always',
		action: { type: 'status', status: 403, code: 'AccessDenied' },
	});
	await page.page.evaluate(() => {
		const element = document.querySelector('oss-upload');
		if (element) element.accept = '.mov';
	});
	await pick(page, small.path, film.path);
	await sees(row(page, 'small.txt'), /This kind of file is not taken here/);
	await sees(row(page, 'film.mov'), /The storage refused the upload/);
	await page.isAccessible();
	const isValid = () => page.page.evaluate(() => document.forms[0]?.checkValidity());
	await expect.poll(isValid).toBe(false);
	stage.oss.clearFaults();
	await press(row(page, 'film.mov'), 'Try again');
	await sees(row(page, 'film.mov'), 'Done');
	await expect.poll(isValid).toBe(true);
	expect(await page.page.evaluate(() => window.events)).toEqual(['before', 'failed', 'failed', 'done']);
	await page.page.close();
});

test('it is in the language of the page, and runs from right to left', async () => {
	const page = await stage.open({ lang: 'ja', dir: 'rtl' });
	await page.page.getByRole('button', { name: 'ファイルを選択' }).waitFor();
	await page.isAccessible();
	await page.page.evaluate(() => {
		document.documentElement.lang = 'zh-TW';
	});
	await page.page.getByRole('button', { name: '選擇檔案' }).waitFor();
	await page.page.close();
});

test('2,000 files: only rows that are seen are drawn, and the list scrolls to the last', async () => {
	const page = await stage.open();
	await page.page.evaluate(async () => {
		const files = Array.from({ length: 2000 }, (_, index) => new File(['x'], `photo-${index}.jpg`));
		await document.querySelector('oss-upload')?.addFiles(files);
	});
	await row(page, 'photo-0.jpg').waitFor();
	expect(await page.page.getByRole('listitem').count()).toBeLessThan(40);
	const list = page.page.getByRole('list', { name: 'Uploads' });
	await list.evaluate((node) => node.parentElement?.scrollTo(0, node.scrollHeight));
	await row(page, 'photo-1999.jpg').waitFor();
	await page.page.close();
});

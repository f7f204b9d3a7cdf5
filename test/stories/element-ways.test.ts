import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { type DemoPage, MiB } from './demo-visitor.js';
import { dropPaths } from './devtools.js';
import { pick, press, row, sees, setElementStage } from './element-stage.js';

const stage = setElementStage();

/** What has the focus, by its name and what it is about. */
const focused = ({ page }: DemoPage): Promise<string> =>
	page.evaluate(() => {
		let { activeElement } = document;
		while (activeElement?.shadowRoot?.activeElement) activeElement = activeElement.shadowRoot.activeElement;
		const name = activeElement?.getAttribute('aria-label') ?? activeElement?.textContent?.trim() ?? '';
		const about = activeElement?.closest('li')?.querySelector('.name')?.textContent;
		return about ? `${name}: ${about}` : name;
	});

/** Goes there by the tab key alone. */
async function tabTo(page: DemoPage, wanted: string): Promise<void> {
	const passed: string[] = [];
	while ((await focused(page)) !== wanted) {
		if (passed.length > 20)
			throw new Error(`The tab key does not lead to ${wanted}, but: ${passed.join(', ')}`);
		await page.page.keyboard.press('Tab');
		passed.push(await focused(page));
	}
}

/** Keys of objects that are stored. */
const storedKeys = () =>
	stage.oss.requests
		.filter(({ operation, status }) => operation === 'PutObject' && status === 200)
		.map(({ key }) => key)
		.sort();

test('by the keyboard alone: picked, paused, resumed, looked into, cancelled, undone, removed, discarded', async () => {
	const [film, other] = [
		await stage.visitor.writeFile('film.mov', 12 * MiB),
		await stage.visitor.writeFile('other.mov', 12 * MiB),
	];
	const page = await stage.open();
	const { keyboard } = page.page;
	stage.slowly(MiB / 2);
	// First: until the browser is told that somebody waits for it, it opens a window of its own.
	const chooser = page.page.waitForEvent('filechooser');
	await tabTo(page, 'Choose files');
	await keyboard.press('Enter');
	await (await chooser).setFiles([film.path, other.path]);
	await stage.whenStored(1);

	await tabTo(page, 'Pause: film.mov');
	await keyboard.press('Space');
	await sees(row(page, 'film.mov'), 'Paused');
	expect(await focused(page)).toBe('Resume: film.mov');
	await keyboard.press('Enter');
	await sees(row(page, 'film.mov'), 'Uploading');
	expect(await focused(page)).toBe('Pause: film.mov');

	await tabTo(page, 'Details: film.mov');
	await keyboard.press('Enter');
	await sees(row(page, 'film.mov'), 'films/film.mov');
	await keyboard.press('Escape');
	await expect.poll(() => row(page, 'film.mov').getByText('films/film.mov').count()).toBe(0);
	expect(await focused(page)).toBe('Details: film.mov');

	await page.page.clock.install();
	await keyboard.press('Shift+Tab');
	expect(await focused(page)).toBe('Cancel: film.mov');
	await keyboard.press('Enter');
	// The button is gone, and what takes it back is where the focus is.
	await expect.poll(() => focused(page)).toBe('Undo: film.mov');
	await keyboard.press('Space');
	await sees(row(page, 'film.mov'), 'Uploading');
	await tabTo(page, 'Cancel: film.mov');
	await keyboard.press('Enter');
	await expect.poll(() => focused(page)).toBe('Undo: film.mov');
	await page.page.clock.fastForward(10_000);
	await expect.poll(() => row(page, 'film.mov').count()).toBe(0);
	expect(await focused(page)).toBe('Pause: other.mov');

	await page.reload();
	await tabTo(page, 'Discard: other.mov');
	await keyboard.press('Enter');
	await expect.poll(() => focused(page)).toBe('Undo: other.mov');
	await page.page.close();
});

/** What lies outside of the window, and where each bar's filling begins. */
function measure(page: Page) {
	return page.evaluate(() => {
		const all = (root: ParentNode): Element[] =>
			[...root.querySelectorAll('*')].flatMap((each) => [
				each,
				...(each.shadowRoot ? all(each.shadowRoot) : []),
			]);
		const boxes = all(document.body).map((each) => ({ each, box: each.getBoundingClientRect() }));
		const isSeen = ({ each, box }: (typeof boxes)[number]) =>
			box.width > 0 && box.height > 0 && !each.closest('.unseen');
		const outside = boxes.filter(
			(one) => isSeen(one) && (one.box.left < -0.5 || one.box.right > innerWidth + 0.5),
		);
		const fills = boxes.filter((one) => isSeen(one) && one.each.matches('.fill'));
		return {
			scrolls: document.documentElement.scrollWidth > innerWidth,
			outside: outside.map(({ each }) => each.outerHTML.slice(0, 100)),
			bars: fills.map(({ each, box }) => {
				const bar = each.parentElement?.getBoundingClientRect() ?? new DOMRect();
				return { atLeft: Math.abs(box.left - bar.left) < 1, atRight: Math.abs(box.right - bar.right) < 1 };
			}),
		};
	});
}

test.each([360, 1280])(
	'from right to left at %i pixels: bars grow from the right, and nothing sticks out',
	async (width) => {
		const [film, second] = [
			await stage.visitor.writeFile(
				'a film with a rather long name, as cameras write them 2026-11-26.mov',
				12 * MiB,
			),
			await stage.visitor.writeFile('second.mov', 12 * MiB),
		];
		const page = await stage.open({ dir: 'rtl' });
		await page.page.setViewportSize({ width, height: 800 });
		stage.slowly(MiB / 2);
		await pick(page, film.path, second.path);
		await stage.whenStored(4);
		await press(row(page, 'second.mov'), 'Details');
		await sees(row(page, 'second.mov'), 'films/second.mov');
		const found = await measure(page.page);
		expect(found).toMatchObject({ scrolls: false, outside: [] });
		expect(found.bars.length).toBeGreaterThanOrEqual(2);
		for (const bar of found.bars) expect(bar).toEqual({ atLeft: false, atRight: true });
		await page.isAccessible();
		await page.page.close();
	},
);

test('without a network the row says that it waits for it, and goes on when it is back', async () => {
	const film = await stage.visitor.writeFile('film.mov', 8 * MiB);
	const page = await stage.open();
	stage.slowly(MiB);
	await pick(page, film.path);
	await stage.whenStored(1);
	await page.offline(async () => {
		await sees(row(page, 'film.mov'), 'Waiting for the network');
		await page.isAccessible();
	});
	stage.oss.clearFaults();
	await sees(row(page, 'film.mov'), 'Done');
	expect((await stage.oss.object('examplebucket', 'films/film.mov'))?.sha256).toBe(film.sha256);
	expect(stage.storedParts()).toHaveLength(8);
	await page.page.close();
});

test('where no request gets an answer the row says that it tries again, and goes on when one does', async () => {
	const film = await stage.visitor.writeFile('film.mov', 8 * MiB);
	const page = await stage.open();
	stage.oss.addFault({ times: 'always', action: { type: 'cut' } });
	await pick(page, film.path);
	await sees(row(page, 'film.mov'), 'Trying again');
	await page.isAccessible();
	stage.oss.clearFaults();
	await sees(row(page, 'film.mov'), 'Done');
	expect((await stage.oss.object('examplebucket', 'films/film.mov'))?.sha256).toBe(film.sha256);
	await page.page.close();
});

test('a picture of the clipboard is pasted, as a person does', async () => {
	const page = await stage.open();
	await page.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
	await page.page.evaluate(async () => {
		const canvas = new OffscreenCanvas(8, 8);
		canvas.getContext('2d')?.fillRect(0, 0, 4, 4);
		await navigator.clipboard.write([
			new ClipboardItem({ 'image/png': await canvas.convertToBlob({ type: 'image/png' }) }),
		]);
	});
	await page.page.keyboard.press('Control+V');
	await sees(row(page, 'image.png'), 'Done');
	expect(storedKeys()).toEqual(['films/image.png']);

	await page.page.evaluate(async () => {
		const first = document.querySelector('oss-upload');
		const second = document.createElement('oss-upload');
		Object.assign(second, { uploader: first?.uploader, objectKey: () => 'second/image.png' });
		document.body.append(second);
		await new Promise(requestAnimationFrame);
		second.focus();
		// Browsers tell the paste to what is selected, wherever the focus is.
		getSelection()?.selectAllChildren(document.body);
	});
	await page.page.keyboard.press('Control+V');
	await expect.poll(storedKeys).toContain('second/image.png');
	await page.page.close();
});

test('a folder is dragged from the disk: all that lies in it, by its path, without what systems leave there', async () => {
	const folder = await mkdtemp(join(tmpdir(), 'dragged-'));
	try {
		const holiday = join(folder, 'holiday');
		await mkdir(join(holiday, 'day 1', 'evening'), { recursive: true });
		for (const path of ['.DS_Store', 'a.txt', 'day 1/Thumbs.db', 'day 1/b.txt', 'day 1/evening/ç #1.txt']) {
			await writeFile(join(holiday, path), path);
		}
		await writeFile(join(folder, 'single.txt'), 'single');
		const page = await stage.open({ attribute: 'directory' });
		const box = await page.page.locator('oss-upload-drop').boundingBox();
		const session = await page.page.context().newCDPSession(page.page);
		const ask = session.send.bind(session) as Parameters<typeof dropPaths>[0];
		await dropPaths(ask, (box?.x ?? 0) + 20, (box?.y ?? 0) + 10, [holiday, join(folder, 'single.txt')]);
		await sees(page.page.locator('body'), '4 of 4 files uploaded');
		expect(storedKeys()).toEqual([
			'films/holiday/a.txt',
			'films/holiday/day 1/b.txt',
			'films/holiday/day 1/evening/ç #1.txt',
			'films/single.txt',
		]);
		await page.page.close();
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
});

test('taken out of the page in the middle nothing is sent; in another form it goes on, and no part goes twice', async () => {
	const film = await stage.visitor.writeFile('film.mov', 12 * MiB);
	const page = await stage.open();
	stage.slowly(MiB);
	await pick(page, film.path);
	await stage.whenStored(2);
	await page.page.evaluate(async () => {
		const element = document.querySelector('oss-upload');
		const form = document.body.appendChild(document.createElement('form'));
		Object.assign(window, { putBack: () => element && form.append(element) });
		element?.remove();
		await new Promise((resolve) => setTimeout(resolve, 0));
	});
	// A part that has arrived as a whole is stored all the same.
	const most = stage.storedParts().length + stage.oss.inFlight;
	expect(most).toBeLessThan(12);
	stage.oss.clearFaults();
	// Whatever was under way has ended; what went on would have been sent to the end by then, now that nothing is slow.
	await expect.poll(() => stage.oss.inFlight).toBe(0);
	expect(stage.storedParts().length).toBeLessThanOrEqual(most);
	await page.page.evaluate(() => Reflect.get(window, 'putBack')());
	await sees(row(page, 'film.mov'), 'Done');
	expect(stage.storedParts()).toHaveLength(12);
	const entries = await page.page.evaluate(() =>
		[...document.forms].map((form) => new FormData(form).getAll('film')),
	);
	expect(entries).toEqual([[], ['films/film.mov']]);
	await page.page.close();
});

test('a form that is reset in the middle has OSS drop what it holds; the same file is then sent anew', async () => {
	const film = await stage.visitor.writeFile('film.mov', 6 * MiB);
	const page = await stage.open();
	stage.slowly(MiB);
	await pick(page, film.path, film.path);
	await stage.whenStored(2);
	await page.page.evaluate(() => document.forms[0]?.reset());
	await stage.oss.whenRequest(({ operation }) => operation === 'AbortMultipartUpload');
	await sees(page.page.locator('body'), 'No uploads yet');
	stage.oss.clearFaults();
	await pick(page, film.path);
	await sees(row(page, 'film.mov'), 'Done');
	expect((await stage.oss.object('examplebucket', 'films/film.mov'))?.sha256).toBe(film.sha256);
	expect(await page.page.getByRole('heading', { name: /interrupted/ }).count()).toBe(0);
	await page.page.close();
});

// Takes the pictures of docs/screens: the demo in each of its states, wide and narrow, light and dark. Words behind it choose
// among them: `npm run docs:screens -- uploading failed`.
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensurePackages } from './ensure-packages.mjs';
import { requireNode } from './node-version.mjs';

const MB = 1024 * 1024;
const FOLDER = fileURLToPath(new URL('../docs/screens/', import.meta.url));

const SIZES = [
	{ width: 1280, height: 800 },
	{ width: 360, height: 740 },
];
const SCHEMES = ['light', 'dark'];

/** Of what people upload; in MB. */
const FILES = {
	'Harbour at dawn, 4K.mov': 58,
	'Interview, second take.wav': 34,
	'Annual report 2026.pdf': 6,
	'Survey of the north field.tif': 24,
	'Release 4.2.zip': 41,
	'Podcast 112.mp3': 14,
};
const NAMES = Object.keys(FILES);

/** What the page is asked for with, and what a picture's name says of it. */
const TONGUES = { '': {}, 'zh-Hans': { lang: 'zh-Hans' }, rtl: { dir: 'rtl' } };

/** Milliseconds for whatever is waited for. */
const PATIENCE_MS = 120_000;

/**
 * One visit to a demo of its own.
 *
 * @typedef {{ page: import('playwright').Page, emulator: import('../emulator/index.js').Emulator, folder: string, reload(): Promise<void> }} Visit
 */

const pick = ({ page, folder }, names) =>
	page
		.locator('oss-upload-button input')
		.first()
		.setInputFiles(names.map((name) => join(folder, name)));

const rowOf = ({ page }, name) =>
	page.locator('oss-upload-list').getByRole('listitem').filter({ hasText: name });
const showDetails = (visit, name) => rowOf(visit, name).locator('[aria-expanded]').click();
const storedParts = ({ emulator }) =>
	emulator.requests.filter(({ operation, stored }) => operation === 'UploadPart' && stored).length;

/** Resolves when OSS has stored so many parts, counted from the start. */
const whenStored = (visit, parts) => visit.emulator.whenRequest(() => storedParts(visit) >= parts);
/** Resolves when so many rows are in one of the states. */
const whenStates = ({ page }, states, count) =>
	page.waitForFunction(
		([wanted, least]) =>
			document
				.querySelector('oss-upload')
				.shadowRoot.querySelector('oss-upload-list')
				.shadowRoot.querySelectorAll(`.row:is(${wanted})`).length >= least,
		[states.map((state) => `[data-state=${state}]`).join(), count],
	);

/** Start, pause, resume, clear. */
const buttonsOfTotal = ({ page }) => page.locator('oss-upload-list .total .all button');

/** Six files under way for some seconds, so that there is something to plot. */
async function uploadSix(visit) {
	await pick(visit, NAMES);
	await whenStored(visit, 45);
}

async function openTab({ page }, name) {
	await page.locator(`#tab-${name}`).click();
}

/** What the page shows beside the element: in English, and below it where it is narrow. */
const OF_THE_PAGE = { sizes: [0], tongues: [''] };

/** By name: how one comes there; how fast each connection is, which sizes and which tongues, if not all. */
const SCENES = {
	empty: { play: async () => {} },
	dragging: {
		async play({ page }) {
			const dataTransfer = await page.evaluateHandle(() => {
				const data = new DataTransfer();
				data.items.add(new File(['film'], 'film.mov'));
				return data;
			});
			await page.dispatchEvent('h1', 'dragenter', { dataTransfer });
			await page.locator('oss-upload-drop .veil').first().waitFor();
		},
	},
	uploading: { play: uploadSix },
	paused: {
		async play(visit) {
			await uploadSix(visit);
			await buttonsOfTotal(visit).nth(1).click();
			await whenStates(visit, ['paused'], 5);
		},
	},
	offline: {
		async play(visit) {
			await uploadSix(visit);
			await visit.page.context().setOffline(true);
			await whenStates(visit, ['offline', 'done'], NAMES.length);
		},
	},
	retrying: {
		async play(visit) {
			await uploadSix(visit);
			visit.emulator.addFault({
				operation: 'UploadPart',
				times: 'always',
				action: { type: 'status', status: 503 },
			});
			await visit.page
				.getByText(/^(Trying again|正在重试)/)
				.first()
				.waitFor();
		},
	},
	cancelled: {
		async play(visit) {
			await uploadSix(visit);
			await rowOf(visit, NAMES[1]).locator('.slot button').nth(-2).click();
			await visit.page.locator('oss-upload-list .row.undoable').waitFor();
		},
	},
	failed: {
		async play(visit) {
			// Only the largest have so many parts.
			const action = { type: 'status', status: 403, code: 'AccessDenied', ec: '0003-00000001' };
			visit.emulator.addFault({ operation: 'UploadPart', partNumber: 12, action });
			await uploadSix(visit);
			await whenStates(visit, ['failed'], 1);
		},
	},
	done: {
		rate: 24 * MB,
		async play(visit) {
			await pick(visit, NAMES);
			await whenStates(visit, ['done'], NAMES.length);
			await openTab(visit, 'log');
		},
	},
	interrupted: {
		async play(visit) {
			await pick(visit, NAMES.slice(0, 3));
			await whenStored(visit, 14);
			await visit.reload();
			await whenStates(visit, ['interrupted'], 3);
			await pick(visit, NAMES.slice(3));
			await whenStored(visit, 30);
		},
	},
	details: {
		async play(visit) {
			await visit.page.locator('#weather-errors').click();
			await pick(visit, NAMES.slice(0, 2));
			await showDetails(visit, NAMES[0]);
			await whenStored(visit, 24);
		},
	},
	settings: { ...OF_THE_PAGE, play: (visit) => openTab(visit, 'settings') },
	code: { ...OF_THE_PAGE, play: (visit) => openTab(visit, 'code') },
	check: {
		...OF_THE_PAGE,
		async play(visit) {
			await openTab(visit, 'check');
			await visit.page.locator('#run-check').click();
			await visit.page.locator('.findings li').first().waitFor();
		},
	},
};

/** Random at their beginnings, empty after that: no two are equal, and they take no room. */
async function writeFiles(folder) {
	for (const [name, size] of Object.entries(FILES)) {
		const file = await open(join(folder, name), 'w');
		await file.write(randomBytes(MB));
		await file.truncate(size * MB + 4321);
		await file.close();
	}
}

/** What `system-ui` is on most machines that people have looks like Inter, and not like what a server has. */
async function writeFonts(folder) {
	const path = join(folder, 'fonts.conf');
	await writeFile(path, FONTS);
	return path;
}

const FONTS = `<?xml version="1.0"?>
<fontconfig>
	<include ignore_missing="yes">/etc/fonts/fonts.conf</include>
	${['sans', 'sans-serif', 'system-ui']
		.map(
			(name) => `<match target="pattern">
		<test name="family"><string>${name}</string></test>
		<edit name="family" mode="prepend" binding="strong"><string>Inter</string></edit>
	</match>`,
		)
		.join('\n')}
</fontconfig>
`;

/** Rests until the browser has drawn what is so. */
const drawn = (page) =>
	page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));

/** With 256 colours, which nobody tells from all of them, it takes a third. */
async function smaller(png) {
	const { default: UPNG } = await import('upng-js');
	const picture = UPNG.decode(png);
	return new Uint8Array(UPNG.encode(UPNG.toRGBA8(picture), picture.width, picture.height, 256));
}

async function shoot(page, name, sizes) {
	await page.mouse.move(0, 0);
	for (const { width, height } of sizes) {
		for (const colorScheme of SCHEMES) {
			await page.setViewportSize({ width, height });
			await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
			await drawn(page);
			const picture = await smaller(await page.screenshot());
			await writeFile(join(FOLDER, `${name}-${width}-${colorScheme}.png`), picture);
		}
	}
}

async function show(browser, startDemo, folder, name, tongue) {
	const { play, rate = MB / 2, sizes = [0, 1] } = SCENES[name];
	const demo = await startDemo();
	const context = await browser.newContext({ viewport: SIZES[0], colorScheme: 'light' });
	try {
		const page = await context.newPage();
		page.setDefaultTimeout(PATIENCE_MS);
		const ready = () => page.locator('body[data-ready]').waitFor();
		const query = new URLSearchParams({ partSize: MB, throttle: rate, ...TONGUES[tongue] });
		await page.goto(`${demo.url}?${query}`);
		await ready();
		const reload = async () => {
			await page.reload();
			await ready();
		};
		await play({ page, emulator: demo.emulator, folder, reload });
		const full = tongue === '' ? name : `${name}-${tongue}`;
		await shoot(
			page,
			full,
			sizes.map((each) => SIZES[each]),
		);
		console.log(full);
	} finally {
		await context.close();
		await demo.close();
	}
}

async function main(wanted) {
	const unknown = wanted.find((name) => !Object.hasOwn(SCENES, name));
	if (unknown) throw new Error(`There is no picture of ${unknown}: ${Object.keys(SCENES).join(', ')}.`);
	await ensurePackages();
	const { register } = await import('tsx/esm/api');
	register({ tsconfig: fileURLToPath(new URL('../tsconfig.json', import.meta.url)) });
	const { startDemo } = await import('../demo/server/index.ts');
	const { findBrowser } = await import('./find-browser.mjs');
	const { chromium } = await import('playwright');
	const folder = await mkdtemp(join(tmpdir(), 'screens-'));
	const browser = await chromium.launch({
		executablePath: await findBrowser(),
		env: { ...process.env, FONTCONFIG_FILE: await writeFonts(folder) },
	});
	try {
		await writeFiles(folder);
		await mkdir(FOLDER, { recursive: true });
		for (const name of wanted.length > 0 ? wanted : Object.keys(SCENES)) {
			for (const tongue of SCENES[name].tongues ?? Object.keys(TONGUES))
				await show(browser, startDemo, folder, name, tongue);
		}
	} finally {
		await browser.close();
		await rm(folder, { recursive: true, force: true });
	}
}

requireNode();
try {
	await main(process.argv.slice(2));
} catch (error) {
	console.error(error.message);
	process.exitCode = 1;
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import puppeteer, { type ElementHandle, type Page } from 'puppeteer-core';
import { firefoxPath, lackingFor } from '../../scripts/find-engines.mjs';
import { answerOf, type Engine, type Key, READY, type Tab } from './port.js';
import { endFamily } from './processes.js';

/** Milliseconds in which a browser that is told to close has closed. */
const CLOSING_MS = 8_000;

/** Debian's own, by WebDriver BiDi. */
export const firefox: Engine = {
	name: 'firefox',
	lacking: await lackingFor('firefox'),
	async start(profile) {
		const browser = await puppeteer.launch({
			browser: 'firefox',
			executablePath: firefoxPath() ?? '',
			headless: true,
			userDataDir: profile,
		});
		const pid = browser.process()?.pid;
		if (pid === undefined) throw new Error('Firefox has no process');
		const closed = () =>
			Promise.race([browser.close().catch(() => {}), sleep(CLOSING_MS, undefined, { ref: false })]);
		return {
			version: (await browser.version()).replace('firefox/', 'Firefox '),
			pid,
			newTab: async (url) => {
				const page = await browser.newPage();
				await page.goto(url);
				await arrive(page);
				return tabOf(page);
			},
			async kill() {
				await endFamily(pid);
				await closed();
				await restored(profile);
			},
			async close() {
				await closed();
				await endFamily(pid);
				await restored(profile);
			},
		};
	},
};

/** What the driver sets aside while the browser runs, and puts back some time after it has ended. */
const SET_ASIDE = ['prefs.js.puppeteer', 'user.js.puppeteer'];

/** The next start would find the preferences half put back. Where they cannot be, it sets new ones aside. */
async function restored(profile: string): Promise<void> {
	const isLeft = () => SET_ASIDE.some((name) => existsSync(join(profile, name)));
	for (const giveUpAt = Date.now() + CLOSING_MS; isLeft() && Date.now() < giveUpAt; ) await sleep(20);
}

const arrive = (page: Page) => page.waitForFunction((ready) => document.title === ready, {}, READY);

async function press({ keyboard }: Page, key: Key): Promise<void> {
	if (key !== 'Shift+Tab') return keyboard.press(key === 'Space' ? ' ' : key);
	await keyboard.down('Shift');
	await keyboard.press('Tab');
	await keyboard.up('Shift');
}

const tabOf = (page: Page): Tab => ({
	call: async (name, argument = null) =>
		answerOf(await page.evaluate((name, json) => window.call(name, json), name, JSON.stringify(argument))),
	async pick(...paths) {
		const input = (await page.$('input')) as ElementHandle<HTMLInputElement> | null;
		if (input === null) throw new Error('The page has no input');
		// A choice of the names that are chosen already is ignored, and a reload restores what was chosen.
		await input.evaluate((element) => {
			element.value = '';
		});
		await input.uploadFile(...paths);
		await input.dispose();
	},
	async press(...keys) {
		for (const key of keys) await press(page, key);
	},
	async reload() {
		await page.reload();
		await arrive(page);
	},
	close: () => page.close(),
});

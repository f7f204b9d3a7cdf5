import type { Page } from 'playwright';
import { pick, startBrowser } from '../stories/browser.js';
import { answerOf, type Engine, READY, type Tab } from './port.js';
import { endFamily } from './processes.js';

/** By the DevTools protocol. Its path comes from CHROMIUM_PATH, which scripts/find-browser.mjs finds. */
export const chromium: Engine = {
	name: 'chromium',
	lacking: [],
	async start(profile) {
		const browser = await startBrowser(profile);
		return {
			version: browser.version,
			pid: browser.pid,
			newTab: async (url) => {
				const page = await browser.newPage(url);
				await arrive(page);
				return tabOf(page);
			},
			kill: () => endFamily(browser.pid),
			close: browser.close,
		};
	},
};

const arrive = (page: Page) => page.waitForFunction((ready) => document.title === ready, READY);

const tabOf = (page: Page): Tab => ({
	call: async (name, argument = null) =>
		answerOf(
			await page.evaluate(([name, json]) => window.call(name, json), [
				name,
				JSON.stringify(argument),
			] as const),
		),
	pick: (...paths) => pick(page, ...paths),
	async press(...keys) {
		for (const key of keys) await page.keyboard.press(key);
	},
	async reload() {
		await page.reload();
		await arrive(page);
	},
	close: () => page.close(),
	setOffline: (isOffline) => page.context().setOffline(isOffline),
});

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Builder, By, Key as Code, type WebDriver } from 'selenium-webdriver';
import { lackingFor } from '../../scripts/find-engines.mjs';
import { urlOf } from '../served.js';
import { answerOf, type Engine, type Key, READY, type Tab } from './port.js';
import { endAtOnce, endFamily } from './processes.js';
import { openScreen } from './screen.js';

const HOST = fileURLToPath(new URL('./webkit-host.py', import.meta.url));

const STARTING_MS = 20_000;
const LOADING_MS = 30_000;
/** In which a browser that is told to close has closed. */
const CLOSING_MS = 5_000;

/** WebKitGTK in a host of our own, by WebDriver, on a screen that nobody sees. */
export const webkit: Engine = {
	name: 'webkit',
	lacking: await lackingFor('webkit'),
	async start(profile) {
		const screen = await openScreen();
		const service = await startService({ DISPLAY: screen.display, PROFILE: profile });
		const end = async () => {
			await endFamily(service.pid);
			screen.close();
		};
		try {
			const driver = await new Builder()
				.usingServer(service.url)
				.withCapabilities({
					browserName: 'MiniBrowser',
					'webkitgtk:browserOptions': { binary: HOST, args: [] },
				})
				.build();
			await driver.manage().setTimeouts({ script: LOADING_MS, pageLoad: LOADING_MS });
			const capabilities = await driver.getCapabilities();
			const windows = new Windows(driver, await driver.getWindowHandle());
			return {
				version: `WebKitGTK ${capabilities.getBrowserVersion()}`,
				pid: service.pid,
				newTab: async (url) => tabOf(windows, await windows.open(url)),
				kill: end,
				async close() {
					await Promise.race([driver.quit().catch(() => {}), sleep(CLOSING_MS, undefined, { ref: false })]);
					await end();
				},
			};
		} catch (error) {
			await end();
			throw error;
		}
	},
};

type Command<Answer> = (driver: WebDriver) => Promise<Answer>;

/** WebDriver has one current window: commands come one after another, and each has to say for which one it is. */
class Windows {
	readonly #driver: WebDriver;
	/** The one that is there from the start, and stays: the session ends with the last. */
	readonly #first: string;
	#turn: Promise<unknown> = Promise.resolve();

	constructor(driver: WebDriver, first: string) {
		this.#driver = driver;
		this.#first = first;
	}

	in<Answer>(handle: string, command: Command<Answer>): Promise<Answer> {
		const done = this.#turn.then(async () => {
			await this.#driver.switchTo().window(handle);
			return command(this.#driver);
		});
		this.#turn = done.catch(() => {});
		return done;
	}

	open(url: string): Promise<string> {
		return this.in(this.#first, async (driver) => {
			await driver.switchTo().newWindow('tab');
			await driver.get(url);
			await arrive(driver);
			return driver.getWindowHandle();
		});
	}
}

const arrive: Command<unknown> = (driver) =>
	driver.wait(async () => (await driver.getTitle()) === READY, LOADING_MS);

/** By the names that WebDriver has for them. */
const CODES: Readonly<Record<Exclude<Key, 'Shift+Tab'>, string>> = {
	Tab: Code.TAB,
	Enter: Code.ENTER,
	Space: Code.SPACE,
	Escape: Code.ESCAPE,
	ArrowLeft: Code.ARROW_LEFT,
	ArrowRight: Code.ARROW_RIGHT,
};

function press(driver: WebDriver, key: Key): Promise<void> {
	const actions = driver.actions();
	if (key !== 'Shift+Tab') return actions.keyDown(CODES[key]).keyUp(CODES[key]).perform();
	return actions.keyDown(Code.SHIFT).keyDown(Code.TAB).keyUp(Code.TAB).keyUp(Code.SHIFT).perform();
}

const CALL = 'const [name, json, done] = arguments; window.call(name, json).then(done);';

const tabOf = (windows: Windows, handle: string): Tab => ({
	call: async (name, argument = null) =>
		answerOf(
			await windows.in(handle, (driver) =>
				driver.executeAsyncScript<string>(CALL, name, JSON.stringify(argument)),
			),
		),
	pick: (...paths) =>
		windows.in(handle, async (driver) => {
			const input = await driver.findElement(By.css('input'));
			// Where several may be chosen, these would come to those that are chosen already: all of them would be uploaded.
			await driver.executeScript("arguments[0].value = ''", input);
			await input.sendKeys(paths.join('\n'));
		}),
	press: (...keys) =>
		windows.in(handle, async (driver) => {
			for (const key of keys) await press(driver, key);
		}),
	reload: () =>
		windows.in(handle, async (driver) => {
			await driver.navigate().refresh();
			await arrive(driver);
		}),
	close: () => windows.in(handle, (driver) => driver.close()),
});

interface Service {
	readonly url: string;
	readonly pid: number;
}

/** The driver, which starts the browser: both live in the profile and nowhere else. */
async function startService(env: { readonly DISPLAY: string; readonly PROFILE: string }): Promise<Service> {
	const port = await freePort();
	const service = spawn('WebKitWebDriver', [`--port=${port}`], {
		env: { ...process.env, ...env, HOME: env.PROFILE, XDG_RUNTIME_DIR: env.PROFILE, NO_AT_BRIDGE: '1' },
		stdio: 'ignore',
	});
	const { pid } = service;
	if (pid === undefined) throw new Error('WebKitWebDriver does not start');
	// Whoever drives it may be interrupted: a browser without a driver would stay for ever.
	const end = () => void endAtOnce(pid);
	process.once('exit', end);
	service.once('exit', () => process.off('exit', end));
	const url = `http://127.0.0.1:${port}`;
	await answers(service, url);
	return { url, pid };
}

async function answers(service: ChildProcess, url: string): Promise<void> {
	const giveUpAt = Date.now() + STARTING_MS;
	const asks = () =>
		fetch(`${url}/status`).then(
			({ ok }) => ok,
			() => false,
		);
	while (!(await asks())) {
		if (service.exitCode !== null || Date.now() > giveUpAt)
			throw new Error('WebKitWebDriver does not answer');
		await sleep(50);
	}
}

/** The service cannot look for one itself. */
async function freePort(): Promise<number> {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const port = Number(new URL(urlOf(server)).port);
	server.close();
	await once(server, 'close');
	return port;
}

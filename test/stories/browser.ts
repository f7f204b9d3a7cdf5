import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chromium, type Page } from 'playwright';

/** A browser that was started, and how to end it. */
export interface LaunchedBrowser {
	/** Of its process group. */
	readonly pid: number;
	/** Where a DevTools client may connect. */
	readonly debuggerUrl: string;
	end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
}

const FLAGS = [
	'--headless',
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
	'--remote-debugging-port=0',
];

export interface BrowserProcess {
	readonly pid: number;
	readonly version: string;
	newPage(url: string): Promise<Page>;
	/** As a crash of the machine would: no handler of the browser runs. */
	kill(): Promise<void>;
	close(): Promise<void>;
}

/** Starts the browser in a process group of its own, so that a kill reaches the renderers too. */
export async function launchBrowser(
	profile: string,
	flags: readonly string[] = [],
): Promise<LaunchedBrowser> {
	const executable = process.env.CHROMIUM_PATH ?? chromium.executablePath();
	const child = spawn(executable, [...FLAGS, ...flags, `--user-data-dir=${profile}`, 'about:blank'], {
		detached: true,
		stdio: ['ignore', 'ignore', 'pipe'],
	});
	const pid = child.pid ?? 0;
	// Whoever drives it may fail or be interrupted, while it starts too: a browser without a driver would stay for ever.
	const kill = () => process.kill(-pid, 'SIGKILL');
	if (pid > 0) process.once('exit', kill);
	child.once('exit', () => process.off('exit', kill));
	const debuggerUrl = await debuggerAddress(child);
	return {
		pid,
		debuggerUrl,
		async end(signal) {
			if (child.exitCode !== null || child.signalCode !== null) return;
			const exited = once(child, 'exit');
			process.kill(-pid, signal);
			await exited;
		},
	};
}

/** A browser process of its own on a profile that outlives it. */
export async function startBrowser(profile: string): Promise<BrowserProcess> {
	const { pid, debuggerUrl, end } = await launchBrowser(profile);
	const browser = await chromium.connectOverCDP(debuggerUrl);
	const [context] = browser.contexts();
	if (context === undefined) throw new Error('The browser has no context');
	return {
		pid,
		version: `Chromium ${browser.version()}`,
		async newPage(url) {
			const page = await context.newPage();
			await page.goto(url);
			return page;
		},
		kill: () => end('SIGKILL'),
		async close() {
			await browser.close().catch(() => {});
			await end('SIGKILL');
		},
	};
}

/** Picks files of any size by their paths, as a person does: Playwright's own way would send their bytes along. */
export async function pick(page: Page, ...paths: readonly string[]): Promise<void> {
	const session = await page.context().newCDPSession(page);
	const { root } = await session.send('DOM.getDocument');
	const { nodeId } = await session.send('DOM.querySelector', { nodeId: root.nodeId, selector: 'input' });
	await session.send('DOM.setFileInputFiles', { nodeId, files: [...paths] });
	await session.detach();
}

function debuggerAddress(child: ChildProcess): Promise<string> {
	return new Promise((resolve, reject) => {
		let text = '';
		child.once('error', reject);
		child.once('exit', (code) => reject(new Error(`The browser ended with ${code}: ${text.slice(-2000)}`)));
		child.stderr?.on('data', (chunk: Buffer) => {
			text += chunk.toString();
			const found = /DevTools listening on (ws:\S+)/.exec(text)?.[1];
			if (found) resolve(found);
		});
	});
}

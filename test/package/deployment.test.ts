import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/index.js';
import { serveFolder } from '../served.js';
import { type BrowserProcess, pick, startBrowser } from '../stories/browser.js';
import { viteBuild } from './bundled-apps.js';
import { createApp, type ShippedPackage, shipPackage } from './shipped-package.js';

interface ConsumerWindow {
	uploadPicked(options: object): Promise<{
		readonly verified: string;
		readonly warnings: readonly { readonly code: string }[];
	}>;
}

let shipped: ShippedPackage;
let directory: string;
let browser: BrowserProcess;
let oss: Emulator;
const ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
	directory = await mkdtemp(join(tmpdir(), 'deployment-'));
	await writeFile(join(directory, 'picked.bin'), randomBytes(350 * 1024));
	browser = await startBrowser(join(directory, 'profile'));
	oss = await startEmulator();
	shipped = await shipPackage();
});

afterEach(async () => {
	for (const end of ends.splice(0).reverse()) await end();
});

afterAll(async () => {
	await browser?.close();
	await oss?.close();
	await shipped?.remove();
	await rm(directory, { recursive: true, force: true });
});

/** A page of an app that Vite built, opened before a deployment removed the files that it was built of. */
async function openApp() {
	const app = await createApp(shipped, viteBuild.script);
	ends.push(() => rm(app, { recursive: true, force: true }));
	await (await viteBuild.serve(app)).close();
	const site = join(app, 'dist');
	const served = await serveFolder(site);
	ends.push(() => served.close());
	const page = await browser.newPage(served.url);
	ends.push(() => page.close());
	await pick(page, join(directory, 'picked.bin'));
	const options = { endpoint: oss.url, credentials: oss.mintCredentials() };
	const upload = (key: string) =>
		page.evaluate((given) => (window as unknown as ConsumerWindow).uploadPicked(given), { ...options, key });
	const deploy = async () => {
		for (const name of await readdir(join(site, 'assets'))) await rm(join(site, 'assets', name));
	};
	const hasLoaded = (name: string) => served.answered.some(({ path }) => path.includes(name));
	return { upload, deploy, hasLoaded, ...served };
}

test('a page whose files a deployment removed goes on with what it loaded while all was well [B7]', async () => {
	const { upload, deploy, hasLoaded } = await openApp();
	expect(hasLoaded('main-thread')).toBe(false);
	expect(await upload('before.bin')).toMatchObject({ verified: 'object', warnings: [] });
	await expect
		.poll(() => hasLoaded('main-thread-md5') && hasLoaded('main-thread-hasher'), { timeout: 30_000 })
		.toBe(true);
	await deploy();
	expect(await upload('after.bin')).toMatchObject({ verified: 'object', warnings: [{ code: 'Hasher' }] });
});

test('a page that had loaded nothing yet is told to be reloaded: Unsupported [A5]', async () => {
	const { upload, deploy } = await openApp();
	await deploy();
	await expect(upload('after.bin')).rejects.toThrow(
		/UploadError: A file of the library is gone, .*reload the page/,
	);
});

import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/index.js';
import { type Served, serveFolder } from '../served.js';
import { type BrowserProcess, pick, startBrowser } from '../stories/browser.js';
import { type Bundling, oneFile, viteBuild, viteBuildFor, viteDev, webpackBuild } from './bundled-apps.js';
import { createApp, type ShippedPackage, shipPackage } from './shipped-package.js';

const KiB = 1024;
const bucket = 'examplebucket';
const key = 'shipped.bin';
/** Four parts of 100 KiB, the last one shorter. */
const bytes = randomBytes(350 * KiB);
const sha256 = createHash('sha256').update(bytes).digest('hex');

interface Outcome {
	readonly verified: string;
	readonly crc64: string;
	readonly warnings: readonly { readonly code: string; readonly message: string }[];
}

interface ConsumerWindow {
	uploadPicked(options: object): Promise<Outcome>;
}

let shipped: ShippedPackage;
let directory: string;
let browser: BrowserProcess;
let oss: Emulator;
const ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
	directory = await mkdtemp(join(tmpdir(), 'package-'));
	await writeFile(join(directory, 'picked.bin'), bytes);
	browser = await startBrowser(join(directory, 'profile'));
	oss = await startEmulator();
	shipped = await shipPackage();
});

afterEach(async () => {
	for (const end of ends.splice(0).reverse()) await end();
	oss.clearRequests();
});

afterAll(async () => {
	await browser?.close();
	await oss?.close();
	await shipped?.remove();
	await rm(directory, { recursive: true, force: true });
});

test('built by Vite, an app finds the worker without being told', async () => {
	const served = await serveApp(viteBuild);
	await expectVerified(served, { warnings: [] });
	expectOneWorker(served);
});

test("on Vite's dev server, an app finds the worker without being told", async () => {
	const served = await serveApp(viteDev);
	await expectVerified(served, { warnings: [] });
	expectOneWorker(served);
});

test('built by webpack, an app finds the worker without being told', async () => {
	const served = await serveApp(webpackBuild);
	await expectVerified(served, { warnings: [] });
	expectOneWorker(served);
});

test('bundled into one classic file, an app finds the worker at `workerUrl`', async () => {
	const served = await serveApp(oneFile);
	await expectVerified(served, { workerUrl: './static/checksums.js', warnings: [] });
	expectOneWorker(served, '/static/checksums.js');
});

test('bundled into one classic file, an app without `workerUrl` has the worker in that file [D1]', async () => {
	const served = await serveApp(oneFile);
	await expectVerified(served, { warnings: [] });
	expect(workersOf(served)).toEqual([]);
});

test('an app whose files lie on another origin has the worker all the same [D1]', async () => {
	const { served, cdn } = await serveFromCdn();
	await expectVerified(served, { warnings: [] });
	expect(cdn.answered.filter(({ path }) => path.includes('inline-worker'))).toHaveLength(1);
});

test('with a `workerUrl` on another origin, an app is told once that it must be of its own', async () => {
	const elsewhere = await serveFolder(join(shipped.directory, 'dist'), {
		'Access-Control-Allow-Origin': '*',
	});
	ends.push(() => elsewhere.close());
	const served = await serveApp(oneFile);
	const workerUrl = `${elsewhere.url}hash.worker.js`;
	const [warning] = await expectVerified(served, { workerUrl, warnings: ['Hasher'] });
	expect(warning?.message).toMatch(/`workerUrl`.* own origin/);
	expect(elsewhere.answered).toEqual([]);
});

test('with nothing at `workerUrl`, an app is warned once and uploads all the same', async () => {
	const served = await serveApp(oneFile);
	await expectVerified(served, { workerUrl: './nowhere.js', warnings: ['Hasher'] });
	expect(workersOf(served)).toEqual([{ path: '/nowhere.js', status: 404, destination: 'worker' }]);
});

async function serveApp(bundling: Bundling): Promise<Served> {
	const app = await createApp(shipped, bundling.script);
	ends.push(() => rm(app, { recursive: true, force: true }));
	const served = await bundling.serve(app);
	ends.push(() => served.close());
	return served;
}

/** Built by Vite with a \`base\` on another origin, from which its page alone is not served. */
async function serveFromCdn() {
	const app = await createApp(shipped, viteBuild.script);
	ends.push(() => rm(app, { recursive: true, force: true }));
	const cdn = await serveFolder(join(app, 'dist'), { 'Access-Control-Allow-Origin': '*' });
	ends.push(() => cdn.close());
	const served = await viteBuildFor(cdn.url).serve(app);
	ends.push(() => served.close());
	return { served, cdn };
}

/** A file picked on the app's page gets to OSS in parts, whole, and is known to be. */
async function expectVerified(
	{ url }: Served,
	{ workerUrl, warnings }: { readonly workerUrl?: string; readonly warnings: readonly string[] },
): Promise<Outcome['warnings']> {
	const page = await browser.newPage(url);
	ends.push(() => page.close());
	await pick(page, join(directory, 'picked.bin'));
	const options = { endpoint: oss.url, credentials: oss.mintCredentials(), key, workerUrl };
	const outcome = await page.evaluate(
		(given) => (window as unknown as ConsumerWindow).uploadPicked(given),
		options,
	);
	const object = await oss.object(bucket, key);
	expect(object).toMatchObject({ sha256, size: bytes.length });
	expect(outcome).toMatchObject({ verified: 'object', crc64: object?.crc64 });
	expect(outcome.warnings.map(({ code }) => code)).toEqual(warnings);
	const parts = oss.requests.filter(({ operation, stored }) => operation === 'UploadPart' && stored);
	expect(parts).toHaveLength(4);
	return outcome.warnings;
}

/** Without what Vite's dev server puts into each worker. */
const workersOf = ({ answered }: Served) =>
	answered.filter(
		({ destination, path }) => destination === 'worker' && !path.includes('/vite/dist/client/env.mjs'),
	);

/** Without a warning, one that came is one that did the work. */
function expectOneWorker(served: Served, path: unknown = expect.any(String)): void {
	expect(workersOf(served)).toEqual([{ path, status: 200, destination: 'worker' }]);
}

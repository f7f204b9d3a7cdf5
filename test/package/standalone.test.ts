import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/index.js';
import { type Served, serveFolder } from '../served.js';
import { type BrowserProcess, pick, startBrowser } from '../stories/browser.js';
import { type ShippedPackage, shipPackage } from './shipped-package.js';

interface Uploaded {
	readonly verified: string;
	readonly warnings: readonly { readonly code: string; readonly message: string }[];
}

interface ConsumerWindow {
	uploadPicked(options: object): Promise<Uploaded>;
}

const headers: Record<string, string> = {};
let shipped: ShippedPackage;
let directory: string;
let browser: BrowserProcess;
let oss: Emulator;
let cdn: Served;
let site: Served;

beforeAll(async () => {
	directory = await mkdtemp(join(tmpdir(), 'standalone-'));
	browser = await startBrowser(join(directory, 'profile'));
	oss = await startEmulator();
	shipped = await shipPackage();
	cdn = await serveFolder(join(shipped.directory, 'dist'), { 'Access-Control-Allow-Origin': '*' });
	site = await serveFolder(directory, headers);
	await writeFile(join(directory, 'picked.bin'), randomBytes(350 * 1024));
	await cp(fileURLToPath(new URL('./app/uploads.js', import.meta.url)), join(directory, 'uploads.js'));
	await writeFile(
		join(directory, 'main.js'),
		`
import { createUploader } from '${cdn.url}standalone.js';
import { offerUploads } from './uploads.js';

offerUploads(createUploader);
`,
	);
	await writeFile(
		join(directory, 'index.html'),
		'<!doctype html><title>Page</title><input type="file" /><script type="module" src="./main.js"></script>',
	);
});

afterAll(async () => {
	await browser?.close();
	await site?.close();
	await cdn?.close();
	await oss?.close();
	await shipped?.remove();
	await rm(directory, { recursive: true, force: true });
});

async function upload(key: string): Promise<Uploaded> {
	const page = await browser.newPage(site.url);
	await pick(page, join(directory, 'picked.bin'));
	const options = { endpoint: oss.url, credentials: oss.mintCredentials(), key };
	const uploaded = await page.evaluate(
		(given) => (window as unknown as ConsumerWindow).uploadPicked(given),
		options,
	);
	await page.close();
	expect(uploaded.verified).toBe('object');
	return uploaded;
}

/** Scripts of the page and of the CDN, WebAssembly, and workers from `worker`. */
function policy(worker: string): void {
	headers['Content-Security-Policy'] = [
		"default-src 'none'",
		`script-src 'self' 'wasm-unsafe-eval' ${cdn.url}`,
		`worker-src ${worker}`,
		`connect-src ${oss.url}`,
	].join('; ');
}

test('one file of another origin is all that it loads, and the worker runs, where the policy allows blob: [D4]', async () => {
	policy('blob:');
	expect((await upload('allowed.bin')).warnings).toEqual([]);
	expect(cdn.answered.map(({ path }) => path)).toEqual(['/standalone.js']);
});

test('where the policy refuses blob: the page hashes, and is told once', async () => {
	policy("'self'");
	const { warnings } = await upload('refused.bin');
	expect(warnings.map(({ code }) => code)).toEqual(['Hasher']);
});

import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/index.js';
import { urlOf } from '../served.js';
import { type BrowserProcess, pick, startBrowser } from './browser.js';
import { type FrailLine, frailLineTo } from './frail-line.js';
import { type Site, startSite } from './site.js';

/* Pages that a service worker controls: all that they ask for goes through it. */

const KiB = 1024;
const PART = 100 * KiB;
const PARTS = 8;
const bytes = randomBytes(PARTS * PART - 1);
const bucket = 'examplebucket';

type Kind = 'passing' | '504' | 'page' | 'cache' | 'greedy cache';

let site: Site;
let browser: BrowserProcess;
let directory: string;
let oss: Emulator;
let line: FrailLine;
/** Of each test its own: what one leaves unfinished is remembered. */
let key = 'k';
let tab: Page;
const ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
	site = await startSite();
	directory = await mkdtemp(join(tmpdir(), 'service-worker-'));
	await writeFile(join(directory, 'picked.bin'), bytes);
	browser = await startBrowser(join(directory, 'profile'));
});

beforeEach(async ({ task }) => {
	key = task.id;
	oss = await startEmulator();
	line = await frailLineTo(oss.url);
});

afterEach(async () => {
	for (const end of ends.splice(0)) await end();
	await tab.close();
	await line.close();
	await oss.close();
});

afterAll(async () => {
	await browser?.close();
	await site?.close();
	await rm(directory, { recursive: true, force: true });
});

/** A tab whose page such a service worker controls. */
async function openTab(kind: Kind): Promise<void> {
	tab = await browser.newPage(site.url);
	await tab.evaluate(async (kind) => {
		const { serviceWorker } = navigator;
		const { href } = new URL(`./site-worker.js?kind=${encodeURIComponent(kind)}`, location.href);
		const isThere = () => serviceWorker.controller?.scriptURL === href;
		const changed = new Promise<void>((resolve) => {
			serviceWorker.addEventListener('controllerchange', () => isThere() && resolve());
		});
		await serviceWorker.register(href);
		if (!isThere()) await changed;
	}, kind);
	await pick(tab, join(directory, 'picked.bin'));
}

interface Begin {
	readonly partSize?: number;
	readonly patienceMs?: number;
	readonly transport?: 'fetchTransport' | 'xhrTransport';
	/** Where tokens are; by default the page has one. */
	readonly sts?: string;
}

async function begin({
	partSize = PART,
	patienceMs = 60_000,
	transport = 'fetchTransport',
	sts,
}: Begin = {}) {
	const credentials = oss.mintCredentials();
	await tab.evaluate(
		({ endpoint, bucket, key, partSize, patienceMs, transport, sts, credentials }) => {
			const { createUploader, credentialsFrom, [transport]: makeTransport } = window.oss;
			window.retries = 0;
			window.uploader = createUploader({
				bucket,
				region: 'cn-hangzhou',
				endpoint,
				getCredentials: sts === undefined ? () => credentials : credentialsFrom(sts),
				transport: makeTransport(),
				parallel: 1,
				retry: { patienceMs, minDelayMs: 1, maxDelayMs: 5 },
			});
			const file = document.querySelector('input')?.files?.[0];
			if (file === undefined) throw new Error('Nothing was picked');
			window.task = window.uploader.upload(file, { key, partSize });
			window.task.on('retry', () => window.retries++);
		},
		{ endpoint: line.url, bucket, key, partSize, patienceMs, transport, sts, credentials },
	);
}

const outcome = () =>
	tab.evaluate(() =>
		window.task.result.then(
			({ verified, resumed }) => ({ verified, resumed }),
			({ code, message }) => ({ code, message }),
		),
	);

const sha256 = createHash('sha256').update(bytes).digest('hex');

async function expectStored(): Promise<void> {
	expect(await outcome()).toMatchObject({ verified: 'object' });
	expect((await oss.object(bucket, key))?.sha256).toBe(sha256);
}

/** The line is dead from the moment in which this part is on its way. */
async function cutAt(part: number): Promise<void> {
	oss.addFault({ operation: 'UploadPart', partNumber: part, times: 'always', action: { type: 'hang' } });
	await begin();
	await oss.whenArrived(({ partNumber }) => partNumber === part);
	line.cut();
	oss.clearFaults();
}

test.each([
	['parts', 'fetchTransport', PART],
	['parts', 'xhrTransport', PART],
	['one part', 'fetchTransport', PARTS * PART],
	['one part', 'xhrTransport', PARTS * PART],
] as const)(
	'one that hands everything on: %s by %s are stored and verified',
	async (_, transport, partSize) => {
		await openTab('passing');
		await begin({ transport, partSize });
		await expectStored();
	},
);

test.each(['504', 'page'] as const)(
	'[A1] [B4] while the line is dead it answers %s itself: no word of OSS, and the upload ends well once the line lives',
	async (kind) => {
		await openTab(kind);
		await cutAt(3);
		await tab.waitForFunction(() => window.retries >= 8);
		expect(await tab.evaluate(() => [navigator.onLine, window.task.state])).toEqual([true, 'uploading']);
		line.mend();
		await expectStored();
		expect(await outcome()).toMatchObject({ resumed: 0 });
	},
);

test.each(['504', 'page'] as const)(
	'[B4] while the browser is offline and it answers %s itself, the task is offline, without an end',
	async (kind) => {
		await openTab(kind);
		// Of which nothing would be left after the first failure.
		oss.addFault({ operation: 'UploadPart', partNumber: 3, times: 'always', action: { type: 'hang' } });
		await begin({ patienceMs: 1 });
		await oss.whenArrived(({ partNumber }) => partNumber === 3);
		const context = tab.context();
		await context.setOffline(true);
		try {
			await tab.waitForFunction(() => !navigator.onLine);
			line.cut();
			oss.clearFaults();
			await tab.waitForFunction(() => window.task.state === 'offline');
			line.mend();
		} finally {
			await context.setOffline(false);
		}
		await expectStored();
	},
);

test('[B4] a 504 of its own that never ends: the error is about the network or names what answered', async () => {
	await openTab('504');
	await cutAt(3);
	await tab.evaluate(() => window.task.pause());
	await tab.evaluate(() => window.uploader.close());
	await begin({ patienceMs: 1 });
	expect(await outcome()).toMatchObject({
		code: 'Service',
		message: expect.stringMatching(/504.*service worker/),
	});
});

test('one that answers from its cache: an upload resumed twice, with a list of parts that is out of date, ends right', async () => {
	for (const part of [3, 6]) {
		await openTab('cache');
		await cutAt(part);
		await tab.close();
		line.mend();
	}
	await openTab('cache');
	await begin();
	await expectStored();
	const count = (name: string) => oss.requests.filter(({ operation }) => operation === name).length;
	expect([count('InitiateMultipartUpload'), count('ListParts')]).toEqual([1, 1]);
});

test('one that answers an old token from its cache: Credentials', async () => {
	const server = createServer((_, response) => {
		response.writeHead(200, { 'Access-Control-Allow-Origin': '*', 'Content-Type': 'application/json' });
		response.end(JSON.stringify(oss.mintCredentials()));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	ends.push(async () => {
		server.closeAllConnections();
		server.close();
	});
	const sts = `${urlOf(server)}sts`;
	await openTab('cache');
	await begin({ sts });
	await expectStored();
	oss.expireTokens();
	await begin({ sts });
	expect(await outcome()).toMatchObject({ code: 'Credentials' });
});

test('one that fails on what its cache refuses looks like a CORS rule: the error names both', async () => {
	await openTab('greedy cache');
	await begin({ patienceMs: 1 });
	expect(await outcome()).toMatchObject({
		code: 'Cors',
		message: expect.stringMatching(/lacks the methods? .*service worker of this page/),
	});
	expect(await oss.object(bucket, key)).toBeUndefined();
});

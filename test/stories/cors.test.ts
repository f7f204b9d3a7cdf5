import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
	DEFAULT_CORS,
	type Emulator,
	type EmulatorOptions,
	type MintOptions,
	startEmulator,
} from '../../emulator/index.js';
import { type BrowserProcess, startBrowser } from './browser.js';
import { type Site, startSite } from './site.js';

const PART = 100 * 1024;
const bucket = 'examplebucket';

let site: Site;
let browser: BrowserProcess;
let profile: string;
let tab: Page;
let oss: Emulator;

beforeAll(async () => {
	site = await startSite();
	profile = await mkdtemp(join(tmpdir(), 'profile-'));
	browser = await startBrowser(profile);
});

afterAll(async () => {
	await browser.close();
	await site.close();
	await rm(profile, { recursive: true, force: true });
});

beforeEach(async () => {
	tab = await browser.newPage(site.url);
});

afterEach(async () => {
	await tab.close();
	await oss.close();
});

async function start(options: EmulatorOptions = {}): Promise<void> {
	oss = await startEmulator(options);
}

/** Uploads random bytes in parts, and answers what the page saw. */
function upload(
	mint: MintOptions = {},
): Promise<{ result?: { verified: string; crc64?: string }; error?: Record<string, unknown> }> {
	const credentials = oss.mintCredentials(mint);
	return tab.evaluate(
		async ({ endpoint, bucket, credentials, size, partSize }) => {
			const uploader = window.oss.createUploader({
				bucket,
				region: 'cn-hangzhou',
				endpoint,
				getCredentials: () => credentials,
				retry: { minDelayMs: 1, maxDelayMs: 5 },
				checkpoints: false,
			});
			const bytes = Uint8Array.from({ length: size }, (_, index) => index * 7);
			try {
				const { verified, crc64 } = await uploader.upload(new Blob([bytes]), { key: 'k', partSize }).result;
				return { result: { verified, ...(crc64 === undefined ? {} : { crc64 }) } };
			} catch (error) {
				const { code, message } = error as { code: string; message: string };
				return { error: { code, message } };
			} finally {
				await uploader.close();
			}
		},
		{ endpoint: oss.url, bucket, credentials, size: 5 * PART + 1, partSize: PART },
	);
}

const count = (operation: string) => oss.requests.filter((record) => record.operation === operation).length;

describe('what CORS hides', () => {
	test('[case 8] no ETag: one ListParts before Complete supplies all of them', async () => {
		await start();
		oss.addFault({ times: 'always', action: { type: 'hide-headers', names: ['ETag'] } });
		expect(await upload()).toMatchObject({ result: { verified: 'object' } });
		expect(count('ListParts')).toBe(1);
		expect(await oss.object(bucket, 'k')).toMatchObject({ size: 5 * PART + 1 });
	});

	test('[case 8] no ETag, and ListParts refused: a Cors error that names the header and the rule to add', async () => {
		await start();
		oss.addFault({ times: 'always', action: { type: 'hide-headers', names: ['ETag'] } });
		expect(await upload({ policy: ['oss:PutObject'] })).toMatchObject({
			error: { code: 'Cors', message: expect.stringMatching(/ETag.*ExposeHeader.*ListParts/) },
		});
	});

	test('no checksum: the parts are compared through ListParts, and verified says so', async () => {
		await start();
		oss.addFault({ times: 'always', action: { type: 'hide-headers', names: ['x-oss-hash-crc64ecma'] } });
		expect(await upload()).toMatchObject({ result: { verified: 'parts' } });
	});

	test('no checksum, and ListParts refused: the upload goes on, and nothing is claimed', async () => {
		await start();
		oss.addFault({ times: 'always', action: { type: 'hide-headers', names: ['x-oss-hash-crc64ecma'] } });
		expect(await upload({ policy: ['oss:PutObject'] })).toMatchObject({ result: { verified: 'none' } });
	});

	test('neither: ListParts supplies both', async () => {
		await start();
		const names = ['ETag', 'x-oss-hash-crc64ecma', 'x-oss-request-id'];
		oss.addFault({ times: 'always', action: { type: 'hide-headers', names } });
		expect(await upload()).toMatchObject({ result: { verified: 'parts' } });
	});
});

describe('a rule that is missing', () => {
	test('no rule at all: a Cors error that says what the bucket needs', async () => {
		await start({ cors: false });
		expect(await upload()).toMatchObject({
			error: { code: 'Cors', message: expect.stringMatching(/CORS rule/) },
		});
	});

	test('a rule for another origin', async () => {
		await start({ cors: DEFAULT_CORS.map((rule) => ({ ...rule, origins: ['https://other.example'] })) });
		expect(await upload()).toMatchObject({ error: { code: 'Cors' } });
	});

	test('nobody there: Network, not Cors', async () => {
		await start();
		const dead = await startEmulator();
		await dead.close();
		const { url } = oss;
		Object.defineProperty(oss, 'url', { value: dead.url, configurable: true });
		expect(await upload()).toMatchObject({ error: { code: 'Network' } });
		Object.defineProperty(oss, 'url', { value: url, configurable: true });
	});

	test('a first request that is merely cut is not taken for a missing rule', async () => {
		await start();
		oss.addFault({ operation: 'InitiateMultipartUpload', times: 2, action: { type: 'cut' } });
		expect(await upload()).toMatchObject({ result: { verified: 'object' } });
	});
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
	type CorsRule,
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

interface Asked extends MintOptions {
	/** Of `upload()`. */
	readonly options?: Readonly<Record<string, unknown>>;
	/** Bytes. */
	readonly size?: number;
	/** Goes to `task.abort()` once the first part is stored. */
	readonly aborts?: boolean;
}

interface Seen {
	readonly result?: { readonly verified: string; readonly crc64?: string };
	readonly error?: Readonly<Record<string, unknown>>;
	/** Warnings, and what each was caused by. */
	readonly warnings: readonly string[];
}

/** Uploads bytes in parts, and answers what the page saw. */
function upload({ options = {}, size = 5 * PART + 1, aborts = false, ...mint }: Asked = {}): Promise<Seen> {
	const credentials = oss.mintCredentials(mint);
	return tab.evaluate(
		async ({ endpoint, bucket, credentials, size, options, aborts }) => {
			const uploader = window.oss.createUploader({
				bucket,
				region: 'cn-hangzhou',
				endpoint,
				getCredentials: () => credentials,
				retry: { patienceMs: 100, minDelayMs: 1, maxDelayMs: 5 },
				checkpoints: false,
			});
			const warnings: string[] = [];
			const bytes = Uint8Array.from({ length: size }, (_, index) => index * 7);
			try {
				const task = uploader.upload(new Blob([bytes]), { key: 'k', ...options });
				task.on('warning', ({ code, cause }) => warnings.push(`${code}: ${cause}`));
				if (aborts) {
					await new Promise<void>((resolve) => {
						task.on('part', ({ status }) => status === 'stored' && resolve());
					});
					task.result.catch(() => {});
					await task.abort();
				}
				const { verified, crc64 } = await task.result;
				return { result: { verified, ...(crc64 === undefined ? {} : { crc64 }) }, warnings };
			} catch (error) {
				const { code, message } = error as { code: string; message: string };
				return { error: { code, message }, warnings };
			} finally {
				await uploader.close();
			}
		},
		{ endpoint: oss.url, bucket, credentials, size, options: { partSize: PART, ...options }, aborts },
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

	const ALL = ['ETag', 'x-oss-hash-crc64ecma', 'x-oss-request-id'];

	test('all of a file of one part: HEAD shows that it is there, and nothing more is claimed [A1]', async () => {
		await start();
		oss.addFault({ times: 'always', action: { type: 'hide-headers', names: ALL } });
		expect(await upload({ size: 1000 })).toMatchObject({ result: { verified: 'none' } });
		expect(count('HeadObject')).toBe(1);
		expect(count('PutObject')).toBe(1);
	});

	test('the same, and HEAD refused: a Cors error at once that names the headers to expose [A1]', async () => {
		await start();
		oss.addFault({ times: 'always', action: { type: 'hide-headers', names: ALL } });
		expect(await upload({ size: 1000, policy: ['oss:PutObject'] })).toMatchObject({
			error: {
				code: 'Cors',
				message: expect.stringMatching(/ETag, x-oss-request-id and x-oss-hash-crc64ecma/),
			},
		});
		expect(count('PutObject')).toBe(1);
	});
});

const [EVERYTHING] = DEFAULT_CORS as readonly [CorsRule];
const without = (...methods: string[]): CorsRule => ({
	...EVERYTHING,
	methods: EVERYTHING.methods.filter((method) => !methods.includes(method)),
});
/** Of a request that is signed here, with a token. */
const SIGNING = [
	'authorization',
	'x-oss-content-sha256',
	'x-oss-date',
	'x-oss-security-token',
	'content-type',
];
const allowing = (...headers: string[]): CorsRule => ({ ...EVERYTHING, headers });
const ownOrigin = () => site.url.replace(/\/$/, '');

describe('a rule that lacks something is told of as Cors, with what to add [A5]', () => {
	afterEach(async () => {
		const probes = oss.requests.filter(({ uploadId }) => uploadId === 'cors-probe');
		expect(probes.filter(({ stored }) => stored)).toEqual([]);
		expect(await oss.object(bucket, 'k')).toBeUndefined();
	});

	test.each([
		['PUT, in parts', 'PUT', {}],
		['PUT, in one', 'PUT', { size: 1000 }],
		['POST', 'POST', {}],
	])('[A5] [F4] the method %s', async (_, method, asked) => {
		await start({ cors: [without(method)] });
		expect(await upload(asked)).toMatchObject({
			error: {
				code: 'Cors',
				message: `The bucket's CORS rule for ${ownOrigin()} lacks the method ${method}. Add to its methods: ${method}`,
			},
		});
	});

	test('the method DELETE, when an upload is aborted', async () => {
		await start({ cors: [without('DELETE')] });
		const { warnings } = await upload({ aborts: true });
		expect(warnings).toEqual([
			expect.stringMatching(
				/^Abandoned: UploadError: .* lacks the method DELETE\. Add to its methods: DELETE/,
			),
		]);
	});

	test.each<[string, Asked]>([
		['authorization', {}],
		['x-oss-security-token', {}],
		['x-oss-date', { size: 1000 }],
		['content-type', { size: 1000, options: { contentType: 'video/mp4' } }],
		['content-md5', { options: { verify: 'md5' } }],
		['x-oss-meta-author', { options: { meta: { author: 'alice' } } }],
	])('[A5] [F4] the header %s', async (name, asked) => {
		const headers = [...SIGNING, 'content-md5', 'x-oss-meta-other'].filter((each) => each !== name);
		await start({ cors: [allowing(...headers)] });
		expect(await upload(asked)).toMatchObject({
			error: {
				code: 'Cors',
				message: `The bucket's CORS rule for ${ownOrigin()} lacks the header ${name}. Set its allowed headers to *, or add: ${name}`,
			},
		});
	});

	test('[A5] the page itself', async () => {
		const whole = `The bucket has no CORS rule for ${ownOrigin()}. Add one: source ${ownOrigin()}, methods PUT, POST, GET, HEAD, DELETE, allowed headers *, exposed headers ETag, x-oss-request-id, x-oss-hash-crc64ecma`;
		await start({ cors: false });
		expect(await upload()).toMatchObject({ error: { code: 'Cors', message: whole } });
		oss.setCors([{ ...EVERYTHING, origins: ['https://other.example'] }]);
		expect(await upload({ size: 1000 })).toMatchObject({ error: { code: 'Cors', message: whole } });
	});

	test('no secret goes out with what is asked', async () => {
		const probes: { url: string; headers: Readonly<Record<string, string>> }[] = [];
		tab.on('request', (request) => {
			if (request.url().includes('cors-probe'))
				probes.push({ url: request.url(), headers: request.headers() });
		});
		await start({ cors: [allowing('x-oss-*', 'content-type')] });
		expect(await upload()).toMatchObject({
			error: { message: expect.stringMatching(/header authorization\./) },
		});
		expect(probes.length).toBeGreaterThan(0);
		for (const { url, headers } of probes) {
			expect(new URL(url).search).toMatch(/^\?(partNumber=1&)?uploadId=cors-probe$/);
			for (const name of ['authorization', 'x-oss-security-token']) {
				expect(headers[name] ?? 'probe').toBe('probe');
			}
		}
	});
});

describe('a rule that lacks nothing that is needed', () => {
	test('for as long as all goes well, nothing is asked of it', async () => {
		await start();
		expect(await upload()).toMatchObject({ result: { verified: 'object' }, warnings: [] });
		expect(oss.requests.filter(({ uploadId }) => uploadId === 'cors-probe')).toEqual([]);
	});

	test('once added, lets the next upload pass', async () => {
		await start({ cors: [without('PUT')] });
		expect(await upload()).toMatchObject({ error: { code: 'Cors' } });
		oss.setCors(DEFAULT_CORS);
		expect(await upload()).toMatchObject({ result: { verified: 'object' } });
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

	test.each(['InitiateMultipartUpload', 'UploadPart', 'CompleteMultipartUpload'] as const)(
		'a first %s that is merely cut is not taken for a missing rule',
		async (operation) => {
			await start();
			oss.addFault({ operation, times: 2, action: { type: 'cut' } });
			expect(await upload()).toMatchObject({ result: { verified: 'object' } });
		},
	);

	test('one request in five is cut, probes too: the upload ends well', async () => {
		await start();
		// Prime to one another, so that each kind of request has its share.
		for (let occurrence = 1; occurrence < 60; occurrence += 5) {
			oss.addFault({ occurrence, action: { type: 'cut' } });
		}
		expect(await upload()).toMatchObject({ result: { verified: 'object' } });
	});
});

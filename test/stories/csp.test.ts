import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/index.js';
import { type BrowserProcess, startBrowser } from './browser.js';
import { type Site, startSite } from './site.js';

const KiB = 1024;
const MiB = 1024 * KiB;
const bucket = 'examplebucket';
const SIZE = 6 * MiB + 1;

/** Sent with everything the site serves, the worker's script included; read at each response. */
const headers: Record<string, string> = {};

let oss: Emulator;
let site: Site;
let directory: string;
let browser: BrowserProcess;

beforeAll(async () => {
	oss = await startEmulator();
	site = await startSite(headers);
	directory = await mkdtemp(join(tmpdir(), 'csp-'));
	browser = await startBrowser(join(directory, 'profile'));
});

afterAll(async () => {
	await browser.close();
	await site.close();
	await oss.close();
	await rm(directory, { recursive: true, force: true });
});

/** Nothing but what is said here: no inline script, no eval, no blob: worker. */
function forbidAllBut({ script = "'self'", worker = "'self'", more = '' }): void {
	headers['Content-Security-Policy'] = [
		"default-src 'none'",
		`script-src ${script}`,
		`worker-src ${worker}`,
		`connect-src ${oss.url}`,
		// The page's empty icon.
		'img-src data:',
		more,
	].join('; ');
}

let uploads = 0;

/** Uploads in a new tab; answers what the page saw. */
async function upload() {
	const key = `upload-${++uploads}`;
	const tab = await browser.newPage(site.url);
	const seen = await tab.evaluate(
		async ({ endpoint, bucket, key, credentials, size, partSize }) => {
			const violations: string[] = [];
			document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) =>
				violations.push(effectiveDirective),
			);
			// What the page itself reads: one read is one turn of its event loop, and then hashed at once.
			const reads: number[] = [];
			const { arrayBuffer } = Blob.prototype;
			Blob.prototype.arrayBuffer = function () {
				reads.push(this.size);
				return arrayBuffer.call(this);
			};
			const uploader = window.oss.createUploader({
				bucket,
				region: 'cn-hangzhou',
				endpoint,
				getCredentials: () => credentials,
			});
			const bytes = Uint8Array.from({ length: size }, (_, index) => index * 7);
			const task = uploader.upload(new Blob([bytes]), { key, partSize, verify: 'md5' });
			const warnings: string[] = [];
			task.on('warning', ({ code, cause }) => warnings.push(`${code}: ${cause}`));
			const { verified, crc64 } = await task.result;
			await uploader.close();
			return { verified, crc64, warnings, violations, reads };
		},
		{ endpoint: oss.url, bucket, key, credentials: oss.mintCredentials(), size: SIZE, partSize: MiB },
	);
	await tab.close();
	expect(seen.verified).toBe('object');
	expect(await oss.object(bucket, key)).toMatchObject({ size: SIZE, crc64: seen.crc64 });
	return seen;
}

test("with 'wasm-unsafe-eval' the worker has its WebAssembly, and nothing is refused or warned of", async () => {
	forbidAllBut({ script: "'self' 'wasm-unsafe-eval'" });
	expect(await upload()).toMatchObject({ warnings: [], violations: [], reads: [] });
});

test('without it the worker hashes in JavaScript, with one warning', async () => {
	forbidAllBut({});
	const { warnings, violations, reads } = await upload();
	expect(warnings).toEqual([expect.stringMatching(/^Hasher: .*WebAssembly/)]);
	expect({ violations, reads }).toEqual({ violations: [], reads: [] });
});

test.each([
	['workers are refused', { worker: "'none'" }, 'worker-src'],
	// A plain address makes no worker there: the constructor itself throws.
	[
		'only trusted types make scripts',
		{ more: "require-trusted-types-for 'script'" },
		'require-trusted-types-for',
	],
])(
	'where %s the page itself hashes, with one warning, a quarter of a MiB a turn',
	async (_, policy, violated) => {
		forbidAllBut(policy);
		const { warnings, violations, reads } = await upload();
		expect(warnings).toEqual([expect.stringMatching(/^Hasher: /)]);
		// Once for the worker's file, then for its text.
		expect(violations.length).toBeGreaterThan(1);
		expect([...new Set(violations)]).toEqual([violated]);
		expect(Math.max(...reads)).toBeLessThanOrEqual(256 * KiB);
		// The file once, and its samples before and after.
		expect(reads.reduce((sum, size) => sum + size, 0)).toBe(SIZE + 2 * 64 * KiB);
	},
);

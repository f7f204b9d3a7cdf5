import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
	DEFAULT_CORS,
	type Emulator,
	type EmulatorOptions,
	type FaultRule,
	type MintOptions,
	type StsCredentials,
	startEmulator,
} from '../../emulator/index.js';
import { urlOf } from '../served.js';

const SCRIPT = fileURLToPath(new URL('../../scripts/test-real.mjs', import.meta.url));
const bucket = 'examplebucket';
const PUT_AND_LOOK = ['oss:PutObject', 'oss:GetObject', 'oss:ListParts'] as const;

let directory: string;
let oss: Emulator;
let minted: StsCredentials[];
const ends: (() => unknown)[] = [];

beforeEach(async () => {
	directory = await mkdtemp(join(tmpdir(), 'test-real-'));
	minted = [];
});
afterEach(async () => {
	for (const end of ends.splice(0).reverse()) await end();
	await rm(directory, { recursive: true, force: true });
});

interface Ran {
	readonly code: number;
	readonly output: string;
	/** `''` where none was written. */
	readonly report: string;
}

interface SetUp {
	readonly emulator?: EmulatorOptions;
	readonly mint?: MintOptions;
	readonly faults?: readonly FaultRule[];
	readonly interruptAt?: string;
}

/** Runs it with the emulator for the bucket, and beside it a server that answers tokens as a page's own would. */
async function run({ emulator, mint, faults = [], interruptAt }: SetUp): Promise<Ran> {
	oss = await startEmulator(emulator);
	for (const fault of faults) oss.addFault(fault);
	const sts = createServer((_, response) => {
		const token = oss.mintCredentials(mint);
		minted.push(token);
		response.end(JSON.stringify(token));
	}).listen(0, '127.0.0.1');
	ends.push(
		() => oss.close(),
		() => sts.close(),
	);
	await once(sts, 'listening');
	const variables = {
		OSS_TEST_BUCKET: bucket,
		OSS_TEST_REGION: oss.region,
		OSS_TEST_ENDPOINT: oss.url,
		OSS_TEST_STS_URL: `${urlOf(sts)}sts`,
		OSS_TEST_PREFIX: 'tests/',
		OSS_TEST_ORIGIN_PORT: '0',
	};
	return runWith(variables, interruptAt);
}

/** `interruptAt`: what it has said when somebody presses Ctrl+C. */
async function runWith(variables: Readonly<Record<string, string>>, interruptAt?: string): Promise<Ran> {
	const own = Object.entries(process.env).filter(([name]) => !name.startsWith('OSS_TEST_'));
	const path = join(directory, 'real.md');
	const env = { ...Object.fromEntries(own), ...variables, OSS_TEST_REPORT: path };
	const child = spawn(process.execPath, [SCRIPT], { env, stdio: ['ignore', 'pipe', 'pipe'] });
	let output = '';
	const listen = (chunk: Buffer) => {
		const before = output;
		output += chunk;
		if (interruptAt && output.includes(interruptAt) && !before.includes(interruptAt)) child.kill('SIGINT');
	};
	child.stdout.on('data', listen);
	child.stderr.on('data', listen);
	const [code] = await once(child, 'close');
	return { code, output, report: await readFile(path, 'utf8').catch(() => '') };
}

/** Those that were put, and lie there still. */
async function objectsLeft(): Promise<readonly string[]> {
	const keys = new Set(oss.requests.filter(({ stored }) => stored).map(({ key }) => String(key)));
	const found = await Promise.all([...keys].map(async (key) => ((await oss.object(bucket, key)) ? key : [])));
	return found.flat();
}

const failures = (report: string): readonly string[] =>
	report.split('\n').filter((line) => line.includes('✗'));

test('against a bucket where all is well it passes, answers its questions, tells no secret, and leaves nothing', async () => {
	const { code, output, report } = await run({});
	expect(failures(report)).toEqual([]);
	expect(output).toMatch(
		/test:real: 5 passed, 0 failed; 5 questions answered, 0 not tried; see .*real\.md\n$/,
	);
	expect(code).toBe(0);

	expect(report).toMatch(
		/✓ A file of several parts\n {2}- done; 5 parts sent; .*verified object, request \w+/,
	);
	expect(report).toMatch(/HEAD: 20971520 bytes, CRC64 \d+, ETag ".{32}-5": 200 \(request \w+\)/);
	expect(report).toMatch(/The second visit: done; \d+ parts sent; \d+ held before; .*verified object/);
	expect(report).toContain('ListParts: 404 NoSuchUpload');
	expect(report).toContain('ListMultipartUploads lists none');
	expect(report).toMatch(/20 files, five at once, in .* MiB\/s/);
	expect(report).toContain('ok write-ok');

	expect(report).toMatch(/• Is Last-Modified that of Initiate or of Complete\? Of (Initiate|Complete)\./);
	expect(report).toContain('ListParts: yes; Complete: yes.');
	expect(report).toMatch(/\(x-oss-hash-crc64ecma\)\? PutObject does not look at it; UploadPart does not/);
	expect(report).toContain('245760 bit/s is the lowest that is accepted');
	expect(report).toContain('HTTP/2 or not? http/1.1');

	expect(await objectsLeft()).toEqual([]);
	expect(oss.uploads(bucket)).toEqual([]);
	const written = oss.requests.filter(({ stored }) => stored);
	expect(written.every(({ key }) => key?.startsWith('tests/oss-resumable-upload-test-'))).toBe(true);
	// The answers of parts that are under way when the page goes are seen by nobody.
	const ids = written.filter(({ operation }) => operation !== 'UploadPart').map(({ requestId }) => requestId);
	expect(ids.length).toBeGreaterThan(20);
	expect(ids.filter((id) => !report.includes(id))).toEqual([]);

	expect(minted.length).toBeGreaterThan(0);
	for (const { accessKeyId, accessKeySecret, securityToken } of minted) {
		for (const secret of [accessKeyId, accessKeySecret, securityToken]) {
			expect(output + report).not.toContain(secret);
		}
	}
});

test('what is not as it should be is a failure, and what the token may not remove is named', async () => {
	const wrongAnswer: FaultRule = {
		// The first is of diagnose.
		...{ operation: 'HeadObject', occurrence: 2, times: 1 },
		action: { type: 'headers', headers: { 'x-oss-hash-crc64ecma': '1' } },
	};
	const { code, report } = await run({ mint: { policy: PUT_AND_LOOK }, faults: [wrongAnswer] });
	expect(code).toBe(1);
	expect(failures(report)).toEqual([
		'- ✗ A file of several parts',
		'- ✗ An upload that is aborted leaves nothing behind',
	]);
	expect(report).toMatch(/Expected that HEAD tells size and CRC64 20971520, \d+, and told 20971520, 1: 200/);
	expect(report).toContain('Expected that ListParts knows it no more');
	const objects = await objectsLeft();
	expect(objects.length).toBeGreaterThan(20);
	for (const key of objects) expect(report).toContain(`Left: the object ${key}: 403 AccessDenied`);
	const uploads = oss.uploads(bucket);
	expect(uploads.length).toBeGreaterThan(0);
	for (const { key, uploadId } of uploads)
		expect(report).toContain(`Left: the parts of ${key}, upload ${uploadId}: 403 AccessDenied`);
});

test('without a CORS rule for the page it says which to add, and tries no upload', async () => {
	const [rule] = DEFAULT_CORS;
	if (!rule) throw new Error('There is no rule');
	const { code, report } = await run({ emulator: { cors: [{ ...rule, origins: ['https://example.com'] }] } });
	expect(code).toBe(1);
	expect(failures(report)).toEqual(['- ✗ diagnose(uploader, { write })']);
	const [, origin] = /which the CORS rule has to name: (\S+)/.exec(report) ?? [];
	expect(origin).toMatch(/^http:\/\/localhost:\d+$/);
	expect(report).toContain(`sources ${origin}; methods PUT, POST, GET, HEAD, DELETE; allowed headers *`);
	expect(report).toContain('– A file of several parts: see diagnose');
	expect(await objectsLeft()).toEqual([]);
});

test('interrupted, it tries no more, and removes what it has put', async () => {
	const { code, report } = await run({ interruptAt: '✓ A file of several parts' });
	expect(code).toBe(1);
	expect(report).toMatch(/✗ An upload that is aborted leaves nothing behind\n {2}- Interrupted\n/);
	expect(await objectsLeft()).toEqual([]);
	expect(oss.uploads(bucket)).toEqual([]);
});

test('a server of tokens that does not answer is named, without the query of its address', async () => {
	const { code, output } = await runWith({
		OSS_TEST_BUCKET: bucket,
		OSS_TEST_REGION: 'cn-hangzhou',
		OSS_TEST_STS_URL: 'http://127.0.0.1:1/sts?password=hidden',
	});
	expect(code).toBe(1);
	expect(output).toContain('http://127.0.0.1:1/sts does not answer');
	expect(output).not.toContain('password');
});

test('it is skipped where no bucket is named', async () => {
	const { code, output, report } = await runWith({});
	expect(output).toMatch(/^test:real: skipped, since no bucket is named\./);
	expect({ code, report }).toEqual({ code: 0, report: '' });
});

test('a variable that is missing is named', async () => {
	const { code, output } = await runWith({ OSS_TEST_BUCKET: bucket, OSS_TEST_REGION: 'cn-hangzhou' });
	expect(output).toMatch(/^OSS_TEST_STS_URL is missing: .*\n$/);
	expect(code).toBe(1);
});

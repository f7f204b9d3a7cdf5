import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/index.js';
import { createUploader, credentialsFrom, memoryCheckpoints, type UploaderOptions } from '../../src/index.js';
import { type ShippedPackage, shipPackage } from '../package/shipped-package.js';
import { fileOf, PART } from '../page.js';
import { type AppServer, serveApp } from './app-server.js';
import { type InstalledApp, installApp } from './installed-app.js';

const examples = fileURLToPath(new URL('../../examples/', import.meta.url));
const bucket = 'examplebucket';

let shipped: ShippedPackage;
let oss: Emulator;
const ends: (() => unknown)[] = [];

beforeAll(async () => {
	shipped = await shipPackage();
	oss = await startEmulator();
});
afterEach(async () => {
	for (const end of ends.splice(0).reverse()) await end();
	oss.clearRequests();
});
afterAll(async () => {
	await oss?.close();
	await shipped?.remove();
});

const filesOf = (example: string): Record<string, string> =>
	Object.fromEntries(
		readdirSync(join(examples, example), { recursive: true, withFileTypes: true })
			.filter((entry) => entry.isFile() && entry.name.endsWith('.js'))
			.map(({ parentPath, name }) => join(parentPath, name))
			.map((path) => [path.slice(join(examples, example).length + 1), readFileSync(path, 'utf8')]),
	);

/** The app of Next that the route handler is laid into. */
const NEXT = {
	packages: { next: '16.4.6', react: '19.3.1', 'react-dom': '19.3.1' },
	files: {
		'app/layout.js': 'export default ({ children }) => <html lang="en"><body>{children}</body></html>;',
		'app/page.js': 'export default () => <p>Films</p>;',
	},
};

/** The example's folder, with its packages installed, and what else belongs there. */
async function install(
	example: string,
	{ packages, files }: Partial<typeof NEXT> = {},
): Promise<InstalledApp> {
	const { dependencies } = JSON.parse(readFileSync(join(examples, example, 'package.json'), 'utf8'));
	const { [shipped.manifest.name]: _, ...ranges } = dependencies;
	// What comes out tomorrow must not break today's tests.
	const own = Object.fromEntries(
		Object.entries(ranges).map(([name, range]) => [name, String(range).replace('^', '')]),
	);
	const consumer = {
		name: example,
		packages: { ...own, ...packages },
		files: { ...filesOf(example), ...files },
		modes: [],
	};
	return installApp(consumer, shipped);
}

const environment = (): NodeJS.ProcessEnv => ({
	OSS_BUCKET: bucket,
	OSS_REGION: oss.region,
	OSS_ENDPOINT: oss.url,
	OSS_ACCESS_KEY_ID: oss.accessKeyId,
	OSS_ACCESS_KEY_SECRET: oss.accessKeySecret,
	OSS_ROLE_ARN: 'acs:ram::1234567890123456:role/films',
	STS_ENDPOINT: oss.url,
});

/** The address that `npm start` prints. */
async function start(app: InstalledApp, env: NodeJS.ProcessEnv): Promise<string> {
	const child: ChildProcess = spawn(process.execPath, ['server.js'], {
		cwd: app.directory,
		env: { ...process.env, ...environment(), PORT: '0', ...env },
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	ends.push(() => child.kill());
	if (!child.stdout) throw new Error('There is no output');
	for await (const line of createInterface({ input: child.stdout })) return line;
	throw new Error('The server ended');
}

type Signing = Pick<UploaderOptions, 'getCredentials' | 'signRequest'>;

function page(signing: Signing) {
	const uploader = createUploader({
		bucket,
		region: oss.region,
		endpoint: oss.url,
		checkpoints: memoryCheckpoints(),
		retry: { patienceMs: 1, minDelayMs: 1, maxDelayMs: 1 },
		...signing,
	} as UploaderOptions);
	ends.push(() => uploader.close());
	return uploader;
}

/** Alice's own prefix is open to her, and no other is. */
async function expectOwnPrefixOnly(signing: Signing): Promise<void> {
	const uploader = page(signing);
	const file = fileOf(3 * PART);
	const { verified } = await uploader.upload(file, { key: 'users/alice/a.mp4', partSize: PART }).result;
	expect(verified).toBe('object');
	expect(await oss.object(bucket, 'users/alice/a.mp4')).toMatchObject({ size: file.size });
	await expect(uploader.upload(file, { key: 'users/bob/a.mp4', partSize: PART }).result).rejects.toThrow();
	expect(await oss.object(bucket, 'users/bob/a.mp4')).toBeUndefined();
}

const assumed = (): number => oss.requests.filter(({ operation }) => operation === 'AssumeRole').length;

describe('the STS server', () => {
	let app: InstalledApp;
	beforeAll(async () => {
		app = await install('sts-server', NEXT);
	});
	afterAll(() => app?.remove());

	test("hands out a token for one person's prefix, asked of STS once", async () => {
		const url = await start(app, { DEMO_USER: 'alice' });
		await expectOwnPrefixOnly({ getCredentials: credentialsFrom(url) });
		await Promise.all([1, 2, 3].map(() => fetch(url)));
		expect(assumed()).toBe(1);
	});

	test('asks each time after STS refused, and tells the page no more than that', async () => {
		const url = await start(app, { DEMO_USER: 'alice', OSS_ROLE_ARN: 'films' });
		for (const times of [1, 2]) {
			const response = await fetch(url);
			expect([response.status, await response.json()]).toEqual([
				502,
				{ message: 'No upload token could be had' },
			]);
			expect(assumed()).toBe(times);
		}
	});

	test('answers nothing to who is not signed in, nor a name that would open more', async () => {
		expect((await fetch(await start(app, { DEMO_USER: '' }))).status).toBe(401);
		expect((await fetch(await start(app, { DEMO_USER: 'a/../*' }))).status).toBe(502);
		expect(assumed()).toBe(0);
	});

	test('is a route handler of Next just as well', async () => {
		const served: AppServer = await withEnvironment({ ...environment(), DEMO_USER: 'alice' }, () =>
			serveApp(app, {
				name: 'build',
				build: [['next', 'build']],
				serve: { command: ['next', 'start', '--port', '%PORT%', '--hostname', '127.0.0.1'] },
			}),
		);
		ends.push(() => served.close());
		await expectOwnPrefixOnly({ getCredentials: credentialsFrom(new URL('/sts', served.url)) });
		expect(assumed()).toBe(1);
	});
});

/** What is started meanwhile inherits it. */
async function withEnvironment<T>(env: NodeJS.ProcessEnv, act: () => Promise<T>): Promise<T> {
	const before = { ...process.env };
	Object.assign(process.env, env);
	try {
		return await act();
	} finally {
		for (const name of Object.keys(env)) {
			if (before[name] === undefined) delete process.env[name];
			else process.env[name] = before[name];
		}
	}
}

describe('the sign server', () => {
	let app: InstalledApp;
	beforeAll(async () => {
		app = await install('sign-server');
	});
	afterAll(() => app?.remove());

	const signRequestOf =
		(url: string): NonNullable<UploaderOptions['signRequest']> =>
		async ({ signal, ...request }) => {
			const response = await fetch(url, { method: 'POST', body: JSON.stringify(request), signal });
			if (!response.ok) throw new Error(`/sign answered ${response.status}: ${await response.text()}`);
			return response.json();
		};

	test("signs what an upload sends, below one person's prefix", async () => {
		const url = await start(app, { DEMO_USER: 'alice' });
		await expectOwnPrefixOnly({ signRequest: signRequestOf(url) });
	});

	test.each([
		['who is not signed in', '', '{}', 401],
		["an id that lies below somebody else's", 'alice/admin', '{}', 500],
		['no JSON', 'alice', '{', 400],
		['no request', 'alice', '[]', 400],
		['what is too long', 'alice', ' '.repeat(65 * 1024), 413],
	])('refuses %s', async (_, DEMO_USER, body, status) => {
		const response = await fetch(await start(app, { DEMO_USER }), { method: 'POST', body });
		expect(response.status).toBe(status);
		expect(await response.json()).toEqual({ message: expect.any(String) });
	});
});

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { rpcSignature } from '../demo/server/sts.js';
import { credentialsFrom } from '../src/index.js';
import { readMarkdown } from './markdown.js';
import { expectStored, fileOf, openWorld, PART } from './page.js';

const root = fileURLToPath(new URL('../', import.meta.url));
const key = { OSS_ACCESS_KEY_ID: 'LTAI-of-the-server', OSS_ACCESS_KEY_SECRET: 'secret-of-the-server' };
const OSS_ROLE_ARN = 'acs:ram::1234567890123456:role/films';

/** What STS, which is far away, is asked, and what it answers in its place. */
let answer: (asked: URLSearchParams) => { readonly status: number; readonly body: object };
const asked: URLSearchParams[] = [];
const ends: (() => unknown)[] = [];

/** `/sts` of the README, served. */
let address: string;

beforeAll(async () => {
	const sts = await serve(async (request, response) => {
		const form = new URLSearchParams(await text(request));
		asked.push(form);
		const { status, body } = answer(form);
		response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
	});
	address = `${await serve(await handlerOfReadme(sts))}/sts`;
});

afterEach(() => {
	asked.length = 0;
	vi.restoreAllMocks();
});

afterAll(async () => {
	for (const end of ends.splice(0).reverse()) await end();
	vi.unstubAllEnvs();
});

/** The example as it stands, asking another STS. It lies where it finds what is installed. */
async function handlerOfReadme(endpoint: string): Promise<RequestListener> {
	const [example = '', ...more] = readMarkdown(await readFile(join(root, 'README.md'), 'utf8')).examples(
		'js',
	);
	expect(more).toEqual([]);
	const [before = '', after = ''] = example.split('new OSS.STS({');
	expect(after).not.toBe('');
	const directory = await mkdtemp(join(root, 'node_modules/.readme-'));
	ends.push(() => rm(directory, { recursive: true, force: true }));
	const file = join(directory, 'server.mjs');
	await writeFile(file, `${before}new OSS.STS({ endpoint: '${endpoint}',${after}`);
	for (const [name, value] of Object.entries({ ...key, OSS_ROLE_ARN })) vi.stubEnv(name, value);
	const { answerSts } = await import(/* @vite-ignore */ pathToFileURL(file).href);
	return answerSts;
}

async function serve(handler: RequestListener): Promise<string> {
	const server = createServer(handler);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	ends.push(() => {
		server.close();
		server.closeAllConnections();
	});
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a page uploads with the token that the README’s server answers', async () => {
	const world = await openWorld();
	answer = () => {
		const { accessKeyId, accessKeySecret, securityToken, expiration } = world.oss.mintCredentials();
		return {
			status: 200,
			body: {
				RequestId: 'R',
				AssumedRoleUser: { Arn: `${OSS_ROLE_ARN}/films`, AssumedRoleId: '1:films' },
				Credentials: {
					AccessKeyId: accessKeyId,
					AccessKeySecret: accessKeySecret,
					SecurityToken: securityToken,
					Expiration: expiration,
				},
			},
		};
	};
	const file = fileOf(5 * PART);
	const page = world.page({ getCredentials: credentialsFrom(address) });
	const { verified, key: stored } = await page.upload(file, {
		key: (_, unfinished) => unfinished?.key ?? 'films/a.mp4',
		partSize: PART,
	}).result;
	expect(verified).toBe('object');
	await expectStored(world, stored, file);

	expect(asked).toHaveLength(1);
	const { Signature, ...signed } = Object.fromEntries(asked[0] ?? []);
	expect(Signature).toBe(rpcSignature('POST', signed, key.OSS_ACCESS_KEY_SECRET));
	expect(signed).toMatchObject({ Action: 'AssumeRole', RoleArn: OSS_ROLE_ARN, DurationSeconds: '3600' });
	expect(JSON.parse(signed.Policy ?? '')).toEqual(
		roleOf(await readFile(join(root, 'docs/guide/bucket.md'), 'utf8')),
	);
});

/** The role's policy on the page of buckets: the token of the example may do what is asked for there. */
const roleOf = (page: string): unknown =>
	readMarkdown(page)
		.examples('json')
		.map((example) => JSON.parse(example))
		.find(({ Statement }) => JSON.stringify(Statement)?.includes('oss:PutObject'));

test('the README’s server survives an STS that refuses, and tells neither the page nor its log a secret', async () => {
	const said = vi.spyOn(console, 'error').mockImplementation(() => {});
	answer = () => ({ status: 403, body: { Code: 'NoPermission', Message: 'You are not authorized' } });
	const response = await fetch(address);
	expect([response.status, await response.text()]).toEqual([502, '']);
	expect(said.mock.calls).toEqual([['NoPermission: You are not authorized']]);
});

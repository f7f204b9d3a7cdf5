import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { UploaderOptions, UploadOptions, UploadTask } from '../../src/index.js';
import { createSigner } from '../../src/sign.js';
import { beginLongAgo, bucket, fileOf, interrupted, openWorld, PART, sha256, type World } from '../page.js';

const warningsOf = (task: UploadTask): string[] => {
	const codes: string[] = [];
	task.on('warning', ({ code }) => codes.push(code));
	return codes;
};

/** Closes the page when OSS has completed the object, and before it has heard of it. */
async function diedAfterComplete(world: World, file: File, options: UploadOptions): Promise<void> {
	const page = world.page();
	world.fault({ operation: 'CompleteMultipartUpload', times: 1, action: { type: 'hang', applied: true } });
	page.upload(file, { partSize: PART, ...options });
	await expect.poll(() => world.oss.object(bucket, 'k'), { timeout: 20_000 }).toBeDefined();
	await page.close();
	world.oss.clearFaults();
}

describe('an object that an earlier visit had completed with other settings than are asked for now', () => {
	const closing: (() => void)[] = [];
	afterEach(() => {
		for (const close of closing.splice(0)) close();
	});

	test('public then, private now: it is uploaded anew, and that is said', async () => {
		const world = await openWorld();
		const file = fileOf(3 * PART);
		await diedAfterComplete(world, file, { key: 'k', acl: 'public-read' });
		const task = world.page().upload(file, { key: 'k', partSize: PART, acl: 'private' });
		const warnings = warningsOf(task);
		await task.result;
		expect((await world.oss.object(bucket, 'k'))?.acl).toBe('private');
		expect(warnings).toContain('Restarted');
	});

	test('no callback then, one now: it is called', async () => {
		let calls = 0;
		const server = createServer((_, response) => {
			calls++;
			response.setHeader('content-type', 'application/json').setHeader('content-length', '2').end('{}');
		}).listen(0, '127.0.0.1');
		closing.push(() => server.close());
		await once(server, 'listening');
		const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
		const world = await openWorld();
		const file = fileOf(3 * PART);
		await diedAfterComplete(world, file, { key: 'k' });
		const task = world.page().upload(file, { key: 'k', partSize: PART, callback: { url, body: 'a=b' } });
		expect(await task.result).toMatchObject({ verified: 'object', callback: '{}' });
		expect(calls).toBe(1);
	});

	test('of a visit in between, which had asked for what is asked for now: it is taken', async () => {
		const world = await openWorld();
		const file = fileOf(3 * PART);
		await interrupted(world, file, { key: 'k', acl: 'public-read' });
		await diedAfterComplete(world, file, { key: 'k', acl: 'private' });
		const before = world.storedParts().length;
		const task = world.page().upload(file, { key: 'k', partSize: PART, acl: 'private' });
		const warnings = warningsOf(task);
		await task.result;
		expect(world.storedParts()).toHaveLength(before);
		expect(warnings).not.toContain('Restarted');
	});

	test('of a visit in between, to an upload that was begun long ago: it has not expired', async () => {
		const world = await openWorld();
		const file = fileOf(3 * PART);
		await interrupted(world, file, { key: 'k', acl: 'public-read' });
		await beginLongAgo(world.checkpoints);
		await diedAfterComplete(world, file, { key: 'k', acl: 'private' });
		expect(await world.checkpoints.expired(Date.now())).toEqual([]);
	});
});

describe('an upload that another takes the place of, and that OSS cannot be told to drop', () => {
	test.each([
		['is not reached', { type: 'cut' }],
		['refuses the method', { type: 'status', status: 405, code: 'MethodNotAllowed' }],
	] as const)('OSS %s: the new one is sent, and that is said', async (_, action) => {
		const world = await openWorld();
		const file = fileOf(4 * PART);
		await interrupted(world, file, { key: 'k' });
		world.fault({ operation: 'AbortMultipartUpload', times: 'always', action });
		const task = world.page().upload(file, { key: 'k', partSize: PART, meta: { title: 'new' } });
		const warnings = warningsOf(task);
		await task.result;
		expect((await world.oss.object(bucket, 'k'))?.sha256).toBe(await sha256(file));
		expect(warnings).toContain('Abandoned');
	});
});

test.each(['crc64', 'md5', 'full'] as const)(
	"begun with verify: 'none' and gone on with '%s', the whole object is compared",
	async (verify) => {
		const world = await openWorld();
		const file = fileOf(4 * PART);
		await interrupted(world, file, { key: 'k', verify: 'none' });
		world.fault({ operation: 'CompleteMultipartUpload', times: 1, action: { type: 'corrupt' } });
		const options = { key: 'k', partSize: PART, verify };
		await expect(world.page().upload(file, options).result).rejects.toMatchObject({
			code: 'ChecksumMismatch',
		});
		expect(await world.page().upload(file, options).result).toMatchObject({ verified: 'object' });
	},
);

/**
 * OSS's clock is an hour behind this page's, and a machine signs whose clock is right. V4 tells when that was, and a URL of
 * V1 does not.
 */
async function openWorldBehind(signatureVersion: 'v4' | 'v1') {
	const hour = 3_600_000;
	const world = await openWorld();
	world.oss.skewClock(-hour);
	world.fault({ times: 'always', action: { type: 'headers', headers: { date: null } } });
	const { url: endpoint, accessKeyId, accessKeySecret } = world.oss;
	const signer = createSigner({
		...{ bucket, region: 'cn-hangzhou', endpoint, now: () => Date.now() - hour, signatureVersion },
		credentials: { accessKeyId, accessKeySecret },
	});
	const signRequest: UploaderOptions['signRequest'] = async ({ signal: _, ...asked }) =>
		signatureVersion === 'v4'
			? signer.signUpload(asked, { prefix: '' })
			: { url: await signer.presign(asked) };
	return { world, signRequest };
}

test.each<[string, boolean, 'PutObject' | 'CompleteMultipartUpload', number]>([
	['several parts', false, 'CompleteMultipartUpload', 4],
	['several parts that forbid to overwrite', true, 'CompleteMultipartUpload', 4],
	['one request that forbids to overwrite', true, 'PutObject', 1],
])(
	'a page whose clock is an hour ahead, and that has others sign, knows its own object of %s by the time of what was signed',
	async (_, forbidOverwrite, operation, parts) => {
		const { world, signRequest } = await openWorldBehind('v4');
		world.fault({ operation, times: 1, action: { type: 'drop-reply' } });
		const file = fileOf(parts * PART);
		const task = world.page({ signRequest }).upload(file, { key: 'k', partSize: PART, forbidOverwrite });
		const warnings = warningsOf(task);
		await task.result;
		expect(warnings).not.toContain('Restarted');
		expect((await world.oss.object(bucket, 'k'))?.sha256).toBe(await sha256(file));
		if (parts > 1) expect(world.storedParts()).toHaveLength(parts);
	},
);

test.each([false, true])(
	'a page whose clock is an hour ahead knows its own object by the times of its parts (forbidOverwrite: %s)',
	async (forbidOverwrite) => {
		const { world, signRequest } = await openWorldBehind('v1');
		const file = fileOf(4 * PART);
		const options = { key: 'k', partSize: PART, forbidOverwrite };
		await interrupted(world, file, options, { signRequest });
		world.fault({ operation: 'CompleteMultipartUpload', times: 1, action: { type: 'drop-reply' } });
		const task = world.page({ signRequest }).upload(file, options);
		const warnings = warningsOf(task);
		expect(await task.result).toMatchObject({ verified: 'object' });
		expect(warnings).not.toContain('Restarted');
		expect(world.storedParts()).toHaveLength(4);
	},
);

import { describe, expect, test } from 'vitest';
import type { FaultAction } from '../../emulator/index.js';
import { bucket, expectStored, fileOf, interrupted, KiB, openWorld, PART, type World } from '../page.js';

const SMALL = 20 * KiB;
const LARGE = 5 * PART + 1;

const puts = (world: World) => world.count('PutObject') + world.count('UploadPart');

describe.each([
	['a file of one part', SMALL],
	['a file of several parts', LARGE],
])('%s that lies at its key already', (_, size) => {
	const options = { key: 'k', partSize: PART, skipSame: true };

	test('is done without sending a byte', async () => {
		const world = await openWorld();
		const file = fileOf(size);
		const page = world.page();
		const first = await page.upload(file, options).result;
		expect(first.skipped).toBe(false);
		const sent = puts(world);

		const states: string[] = [];
		const task = page.upload(fileOf(new Uint8Array(await file.arrayBuffer())), options);
		task.on('state', (state) => states.push(state));
		expect(await task.result).toEqual({ ...first, skipped: true, requestId: expect.any(String) });
		expect(puts(world)).toBe(sent);
		expect(states.filter((state) => state !== 'preparing')).toEqual(['checking', 'done']);
		expect(task.progress).toMatchObject({ loaded: size, total: size, resumed: 0 });
	});

	test('is sent without `skipSame`', async () => {
		const world = await openWorld();
		const page = world.page();
		const file = fileOf(size);
		await page.upload(file, options).result;
		const sent = puts(world);
		expect((await page.upload(file, { ...options, skipSame: false }).result).skipped).toBe(false);
		expect(puts(world)).toBe(2 * sent);
	});

	test.each(['crc64', 'none'] as const)(
		'is sent when one byte differs, with verify %s as well',
		async (verify) => {
			const world = await openWorld();
			const page = world.page();
			const file = fileOf(size);
			await page.upload(file, options).result;
			const bytes = new Uint8Array(await file.arrayBuffer());
			bytes[size - 1] = (bytes[size - 1] ?? 0) ^ 1;
			const other = fileOf(bytes);
			expect((await page.upload(other, { ...options, verify }).result).skipped).toBe(false);
			await expectStored(world, 'k', other);
		},
	);

	test('is not overwritten, and so no error, with `forbidOverwrite`', async () => {
		const world = await openWorld();
		const page = world.page();
		const file = fileOf(size);
		await page.upload(file, options).result;
		const { result } = page.upload(file, { ...options, forbidOverwrite: true });
		expect((await result).skipped).toBe(true);
	});

	test.each<[string, FaultAction]>([
		['its checksum cannot be read', { type: 'headers', headers: { 'x-oss-hash-crc64ecma': null } }],
		['its length cannot be read', { type: 'headers', headers: { 'content-length': null } }],
		['HEAD is refused', { type: 'status', status: 403, code: 'AccessDenied' }],
		['HEAD is not understood', { type: 'status', status: 400, code: 'InvalidRequest' }],
		['HEAD is not served', { type: 'status', status: 501, code: 'NotImplemented' }],
		['HEAD gets no answer', { type: 'cut' }],
		['somebody else answers every HEAD', { type: 'answer-as', as: 'html', status: 404 }],
	])('is sent where %s', async (_what, action) => {
		const world = await openWorld();
		const page = world.page();
		const file = fileOf(size);
		await page.upload(file, options).result;
		world.fault({ operation: 'HeadObject', times: 'always', action });
		expect((await page.upload(file, options).result).skipped).toBe(false);
	});
});

test('it is not sent because somebody else answered one HEAD', async () => {
	const world = await openWorld();
	const page = world.page();
	const file = fileOf(SMALL);
	await page.upload(file, { key: 'k' }).result;
	for (const status of [400, 404, 412, 451]) {
		world.fault({ operation: 'HeadObject', action: { type: 'answer-as', as: 'html', status } });
		expect((await page.upload(file, { key: 'k', skipSame: true }).result).skipped).toBe(true);
	}
});

test('a policy that lets no HEAD through costs one token, and not one a file', async () => {
	const world = await openWorld();
	world.fault({
		operation: 'HeadObject',
		times: 'always',
		action: { type: 'headers', headers: { 'x-oss-err': null } },
	});
	const reasons: string[] = [];
	const page = world.page({
		getCredentials: ({ reason }) => {
			reasons.push(reason);
			return world.oss.mintCredentials({ policy: ['oss:PutObject'] });
		},
	});
	for (const key of ['a', 'b', 'c']) await page.upload(fileOf(SMALL), { key, skipSame: true }).result;
	expect(reasons).toEqual(['initial', 'rejected']);
});

test('a token that ends while several are looked for is renewed for all of them', async () => {
	const world = await openWorld();
	const files = ['a', 'b', 'c', 'd'].map((key, index) => ({ key, file: fileOf(SMALL + index) }));
	const page = world.page({ credentialsFor: 'uploader', getCredentials: () => world.oss.mintCredentials() });
	for (const { key, file } of files) await page.upload(file, { key }).result;
	for (let turn = 0; turn < 2; turn++) {
		// As many as there are files, before any is asked for anew.
		const status = { type: 'status', status: 403, code: 'SecurityTokenExpired' } as const;
		const hidden = { type: 'headers', headers: { 'x-oss-err': null } } as const;
		world.fault({ operation: 'HeadObject', times: files.length, action: status });
		world.fault({ operation: 'HeadObject', times: 'always', action: hidden });
		const tasks = files.map(({ key, file }) => page.upload(file, { key, skipSame: true }));
		const results = await Promise.all(tasks.map(({ result }) => result));
		expect(results.map(({ skipped }) => skipped)).toEqual([true, true, true, true]);
		world.oss.clearFaults();
	}
});

test('what ends the task anyway is told while OSS is asked already', async () => {
	const world = await openWorld();
	const getCredentials = () => Promise.reject(new Error('signed out'));
	const task = world.page({ getCredentials }).upload(fileOf(SMALL), { key: 'k', skipSame: true });
	let isSent = false;
	task.on('state', (state) => {
		isSent ||= state === 'uploading';
	});
	await expect(task.result).rejects.toMatchObject({ code: 'Credentials' });
	expect(isSent).toBe(false);
});

test('an object of the same size is not looked into where there is none, or one of another size', async () => {
	const world = await openWorld();
	const page = world.page();
	expect((await page.upload(fileOf(SMALL), { key: 'k', skipSame: true }).result).skipped).toBe(false);
	const larger = fileOf(SMALL + 1);
	expect((await page.upload(larger, { key: 'k', skipSame: true }).result).skipped).toBe(false);
	await expectStored(world, 'k', larger);
});

test('what was unfinished of a file that turns out to be there is dropped', async () => {
	const world = await openWorld();
	const file = fileOf(LARGE);
	await interrupted(world, file, { key: 'k', partSize: PART });
	expect(world.oss.uploads(bucket)).toHaveLength(1);
	// Somebody else has uploaded it meanwhile.
	await world.page({ checkpoints: false }).upload(file, { key: 'k', partSize: PART }).result;
	const page = world.page();
	const task = page.upload(file, { key: 'k', partSize: PART, skipSame: true });
	expect((await task.result).skipped).toBe(true);
	await world.oss.whenArrived(({ operation }) => operation === 'AbortMultipartUpload');
	await page.close();
	await expectStored(world, 'k', file);
});

test('one that was paused while it was compared goes on with that', async () => {
	const world = await openWorld();
	const page = world.page();
	const file = fileOf(LARGE);
	await page.upload(file, { key: 'k', partSize: PART }).result;
	const sent = puts(world);
	const task = page.upload(file, { key: 'k', partSize: PART, skipSame: true });
	await new Promise<void>((resolve) => task.on('state', (state) => state === 'checking' && resolve()));
	task.pause();
	expect(task.state).toBe('paused');
	task.resume();
	expect((await task.result).skipped).toBe(true);
	expect(puts(world)).toBe(sent);
});

test('a wrong value is told at once', async () => {
	const page = (await openWorld()).page();
	expect(() => page.upload(fileOf(1), { key: 'k', skipSame: 1 as never })).toThrow(/`?skipSame`?/);
});

import { inspect } from 'node:util';
import { afterEach, describe, expect, test, vi } from 'vitest';
import {
	type CheckpointStore,
	fetchTransport,
	indexedDbCheckpoints,
	memoryCheckpoints,
	type Transport,
} from '../../src/index.js';
import { bucket, expectStored, fileOf, interrupted, openWorld, PART, whenStored } from '../page.js';

const refuse = () => Promise.reject(new DOMException('over quota', 'QuotaExceededError'));
const broken: CheckpointStore = {
	find: refuse,
	load: refuse,
	create: refuse,
	addPart: refuse,
	mark: refuse,
	delete: refuse,
	expired: refuse,
	close() {},
};

describe('a store that fails', () => {
	test.each<[string, CheckpointStore]>([
		['[case 29] at everything', broken],
		['[case 29] because there is no IndexedDB', indexedDbCheckpoints()],
		['[case 30] at each part', { ...memoryCheckpoints(), addPart: refuse }],
		['at the end', { ...memoryCheckpoints(), delete: refuse }],
	])('%s never fails an upload: one warning', async (_, checkpoints) => {
		const world = await openWorld();
		const file = fileOf(5 * PART);
		const task = world.page({ checkpoints }).upload(file, { key: 'k', partSize: PART });
		const warnings: string[] = [];
		task.on('warning', ({ code }) => code === 'Storage' && warnings.push(code));
		await task.result;
		expect(warnings).toEqual(['Storage']);
		await expectStored(world, 'k', file);
	});

	test('before any task runs: the next task tells it, and only that one', async () => {
		const world = await openWorld();
		const page = world.page({ checkpoints: broken });
		expect(await page.pending()).toEqual([]);
		const warnings: string[][] = [];
		for (const key of ['one', 'two']) {
			const heard: string[] = [];
			warnings.push(heard);
			const task = page.upload(fileOf(5), { key });
			task.on('warning', ({ code }) => code === 'Storage' && heard.push(code));
			await task.result;
		}
		expect(warnings).toEqual([['Storage'], []]);
	});

	test('still pauses and resumes without sending a part twice', async () => {
		const world = await openWorld();
		const file = fileOf(6 * PART);
		const task = world.page({ checkpoints: broken, parallel: 1 }).upload(file, { key: 'k', partSize: PART });
		world.fault({ operation: 'UploadPart', partNumber: 3, action: { type: 'hang' } });
		await world.oss.whenArrived(({ partNumber }) => partNumber === 3);
		task.pause();
		task.resume();
		await task.result;
		expect(world.storedParts()).toEqual([1, 2, 3, 4, 5, 6]);
	});
});

test.each([['checkpoint: false'], ['checkpoints: false']])('%s remembers nothing', async (way) => {
	const world = await openWorld();
	const page = world.page(way === 'checkpoints: false' ? { checkpoints: false } : {});
	const task = page.upload(fileOf(6 * PART), {
		key: 'k',
		partSize: PART,
		checkpoint: way !== 'checkpoint: false',
	});
	await whenStored(task, 2);
	expect(await page.pending()).toEqual([]);
	await task.result;
});

describe('[case 39] secrets', () => {
	const secret = 'planted-marker';
	afterEach(() => vi.restoreAllMocks());

	test('are in no checkpoint, URL, log, event or error', async () => {
		const world = await openWorld();
		const logged: unknown[] = [];
		for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
			vi.spyOn(console, method).mockImplementation((...args) => logged.push(args));
		}
		const heard: unknown[] = [];
		const written: unknown[] = [];
		const note =
			<A extends unknown[], R>(method: (...args: A) => R) =>
			(...args: A): R => {
				written.push(args);
				return method(...args);
			};
		const checkpoints = {
			...world.checkpoints,
			create: note(world.checkpoints.create),
			addPart: note(world.checkpoints.addPart),
		};
		const getCredentials = () => ({
			accessKeyId: `${secret}-id`,
			accessKeySecret: `${secret}-secret`,
			securityToken: `${secret}-token`,
		});
		const urls: string[] = [];
		const real = fetchTransport();
		const transport: Transport = {
			...real,
			send(request) {
				urls.push(request.url);
				return real.send(request);
			},
		};
		const page = world.page({ getCredentials, checkpoints, transport });
		for (const size of [5, 3 * PART]) {
			const task = page.upload(fileOf(size), { key: 'k', partSize: PART });
			for (const event of ['state', 'progress', 'part', 'retry', 'warning'] as const) {
				task.on(event, (value: unknown) => heard.push(value));
			}
			const error = await task.result.catch((reason: unknown) => reason);
			expect(error).toMatchObject({ code: 'Credentials' });
			heard.push(error);
		}
		expect(heard.length).toBeGreaterThan(3);
		expect(urls.length).toBeGreaterThan(1);
		expect(inspect([heard, logged, urls], { depth: 20, showHidden: true })).not.toContain(secret);

		// And when all goes well.
		const token = world.oss.mintCredentials();
		const file = fileOf(6 * PART);
		await interrupted(world, file, { key: 'l' }, { checkpoints, getCredentials: () => token, transport });
		const next = world.page({ checkpoints, getCredentials: () => token, transport });
		await next.upload(file, { key: 'l', partSize: PART }).result;
		expect(written.length).toBeGreaterThan(6);
		const everything = inspect([written, heard, logged, urls], { depth: 20, showHidden: true });
		for (const value of [token.accessKeyId, token.accessKeySecret, token.securityToken])
			expect(everything).not.toContain(value);
		expect((await world.oss.object(bucket, 'l'))?.size).toBe(file.size);
	});
});

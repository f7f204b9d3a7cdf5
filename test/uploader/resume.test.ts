import { randomBytes } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import type { CheckpointStore, UploadOptions, UploadTask } from '../../src/index.js';
import {
	bucket,
	expectStored,
	fileOf,
	interrupted,
	openWorld,
	PART,
	sentParts,
	whenStored,
} from '../page.js';

describe('an upload that is interrupted', () => {
	test('goes on in the next page with the parts that are missing, and leaves no checkpoint', async () => {
		const world = await openWorld();
		const file = fileOf(20 * PART + 1);
		await interrupted(world, file, { key: 'film.mp4' }, { parts: 8 });
		const task = world.page().upload(file, { key: 'film.mp4', partSize: PART });
		const sent = sentParts(task);
		expect(await task.result).toMatchObject({ verified: 'object', size: file.size, resumed: 8 * PART });
		expect([...sent].sort((a, b) => a - b)).toEqual([9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21]);
		expect(world.count('InitiateMultipartUpload')).toBe(1);
		expect(world.count('CompleteMultipartUpload')).toBe(1);
		await expectStored(world, 'film.mp4', file);
	});

	test('parts stored whose record was never written (the page died in between) are adopted by their checksum, not sent again', async () => {
		const world = await openWorld();
		const file = fileOf(6 * PART);
		const silent = { ...world.checkpoints, addPart: async () => true };
		await interrupted(world, file, { key: 'k' }, { parts: 3, checkpoints: silent });
		const result = await world.page().upload(file, { key: 'k', partSize: PART }).result;
		expect(result.resumed).toBe(3 * PART);
		expect(world.storedParts()).toHaveLength(6);
		await expectStored(world, 'k', file);
	});

	test('[case 1] a stale uploadId: a fresh start, once', async () => {
		const world = await openWorld();
		const file = fileOf(6 * PART);
		await interrupted(world, file, { key: 'k' });
		for (const { uploadId } of world.oss.uploads(bucket)) await world.oss.forgetUpload(uploadId);

		await world.page().upload(file, { key: 'k', partSize: PART }).result;
		expect(world.count('InitiateMultipartUpload')).toBe(2);
		await expectStored(world, 'k', file);
	});

	test('[case 1] an upload that is forgotten again and again ends in UploadGone', async () => {
		const world = await openWorld();
		world.fault({ operation: 'UploadPart', times: 'always', action: { type: 'forget-upload' } });
		const task = world.page().upload(fileOf(3 * PART), { key: 'k', partSize: PART });
		await expect(task.result).rejects.toMatchObject({
			code: 'UploadGone',
			ossCode: 'NoSuchUpload',
			status: 404,
		});
		expect(world.count('InitiateMultipartUpload')).toBe(2);
		expect(task.state).toBe('failed');
	});

	test('[F3] [case 2] 1,200 parts come back through two pages of ListParts', async () => {
		const world = await openWorld();
		const file = fileOf(1210 * PART);
		// Nothing is hashed: what is listed is the matter here.
		await interrupted(world, file, { key: 'k', verify: 'none' }, { parts: 1200 });
		const task = world.page().upload(file, { key: 'k', verify: 'none' });
		const sent = sentParts(task);
		const result = await task.result;
		expect(world.count('ListParts')).toBe(2);
		expect(result.resumed).toBeGreaterThanOrEqual(1200 * PART);
		expect(sent.length).toBeLessThanOrEqual(10);
		await expectStored(world, 'k', file);
	}, 60_000);

	test('[case 4] keeps its own part size, whatever is asked for now', async () => {
		const world = await openWorld();
		const file = fileOf(11 * PART);
		await interrupted(world, file, { key: 'k' });
		await world.page().upload(file, { key: 'k', partSize: 3 * PART }).result;
		expect(world.storedParts()).toHaveLength(11);
		await expectStored(world, 'k', file);
	});

	test('[case 5] another file of the same name, size and time is another upload', async () => {
		const world = await openWorld();
		const [one, two] = [fileOf(6 * PART), fileOf(6 * PART)];
		await interrupted(world, one, { key: 'k' });
		const result = await world.page().upload(two, { key: 'k', partSize: PART }).result;
		expect(result.resumed).toBe(0);
		// The first one, completed later, would overwrite the second: it is aborted.
		await expectStored(world, 'k', two);
	});

	test('[case 6] edited between two visits where no sample looks: the parts that differ are sent again', async () => {
		const world = await openWorld();
		const bytes = randomBytes(40 * PART);
		await interrupted(world, fileOf(bytes), { key: 'k' }, { parts: 20 });
		const held = [...new Set(world.storedParts())];
		// 16 samples of 64 KiB, evenly: this byte lies between two of them.
		const at = 150 * 1024;
		bytes[at] = (bytes[at] ?? 0) ^ 1;
		const edited = fileOf(bytes, 'film.mp4', 1_800_000_000_000);
		const task = world.page().upload(edited, { key: 'k', partSize: PART });
		const sent = sentParts(task);
		await task.result;
		expect(world.count('InitiateMultipartUpload')).toBe(1);
		expect(sent.filter((part) => held.includes(part))).toEqual([2]);
		await expectStored(world, 'k', edited);
	});

	test('[case 42] a key function that answers the key of the unfinished upload, else a random one, resumes', async () => {
		const world = await openWorld();
		const file = fileOf(6 * PART);
		const keys: string[] = [];
		const key: UploadOptions['key'] = (_, unfinished) => {
			if (unfinished) return unfinished.key;
			keys.push(`random-${Math.random()}`);
			return keys.at(-1) ?? '';
		};
		await interrupted(world, file, { key });
		const result = await world.page().upload(file, { key, partSize: PART }).result;
		expect(keys).toHaveLength(1);
		expect(result.key).toBe(keys[0]);
		expect(result.resumed).toBeGreaterThan(0);
		await expectStored(world, result.key, file);
	});

	test('[case 43] two people, one computer, the same file: two uploads', async () => {
		const world = await openWorld();
		const file = fileOf(6 * PART);
		await interrupted(world, file, { key: 'k' }, { scope: 'ann' });
		const bob = world.page({ scope: 'bob' });
		expect(await bob.pending()).toEqual([]);
		expect((await bob.upload(file, { key: 'k', partSize: PART }).result).resumed).toBe(0);
		expect(await world.page({ scope: 'ann' }).pending()).toHaveLength(1);
	});

	test('a policy without oss:ListParts: the checkpoint is trusted', async () => {
		const world = await openWorld();
		const file = fileOf(6 * PART);
		const getCredentials = () => world.oss.mintCredentials({ policy: ['oss:PutObject'] });
		await interrupted(world, file, { key: 'k' }, { parts: 3, getCredentials });
		const result = await world.page({ getCredentials }).upload(file, { key: 'k', partSize: PART }).result;
		expect(world.count('ListParts', 403)).toBeGreaterThan(0);
		expect(result.resumed).toBeGreaterThanOrEqual(3 * PART);
		await expectStored(world, 'k', file);
	});

	test('object settings that differ from those of the first start begin a new upload, and the old one is aborted', async () => {
		const world = await openWorld();
		const file = fileOf(6 * PART);
		await interrupted(world, file, { key: 'k', meta: { by: 'ann' } });
		const result = await world.page().upload(file, { key: 'k', partSize: PART, meta: { by: 'bob' } }).result;
		expect(result.resumed).toBe(0);
		expect((await world.oss.object(bucket, 'k'))?.headers).toMatchObject({ 'x-oss-meta-by': 'bob' });
		await expectStored(world, 'k', file);
	});

	test('a renamed and touched file resumes, its recorded parts compared', async () => {
		const world = await openWorld();
		const bytes = randomBytes(6 * PART);
		await interrupted(world, fileOf(bytes), { key: 'k' }, { parts: 3 });
		const renamed = fileOf(bytes, 'renamed.bin', 1_900_000_000_000);
		const result = await world.page().upload(renamed, { key: 'k', partSize: PART }).result;
		expect(result.resumed).toBeGreaterThanOrEqual(3 * PART);
		expect(world.storedParts()).toHaveLength(6);
		await expectStored(world, 'k', renamed);
	});
});

describe('a page that died while OSS completed', () => {
	test('and a file edited since, where no sample looks: the finished object is not taken for it', async () => {
		const world = await openWorld();
		const bytes = randomBytes(40 * PART);
		world.fault({ operation: 'CompleteMultipartUpload', action: { type: 'hang', applied: true } });
		const page = world.page();
		page.upload(fileOf(bytes), { key: 'k', partSize: PART });
		await world.oss.whenArrived(({ operation }) => operation === 'CompleteMultipartUpload');
		while ((await world.oss.object(bucket, 'k')) === undefined) await new Promise(setImmediate);
		await page.close();
		const at = 150 * 1024;
		bytes[at] = (bytes[at] ?? 0) ^ 1;
		const edited = fileOf(bytes, 'film.mp4', 1_800_000_000_000);
		await world.page().upload(edited, { key: 'k', partSize: PART }).result;
		await expectStored(world, 'k', edited);
	});
});

describe('an expired upload', () => {
	test('of the very file that is picked goes on: it is not taken away, and not Locked', async () => {
		const world = await openWorld();
		const file = fileOf(6 * PART);
		await interrupted(world, file, { key: 'k' }, { checkpointTtlMs: 1 });
		const result = await world.page().upload(file, { key: 'k', partSize: PART }).result;
		expect(result.resumed).toBe(2 * PART);
		await expectStored(world, 'k', file);
	});

	test('with which another tab went on while its turn had not come is left alone', async () => {
		const world = await openWorld();
		const files = new Map(['one', 'two'].map((key, index) => [key, fileOf((6 + index) * PART)]));
		for (const [key, file] of files)
			await interrupted(world, file, { key }, { parts: key === 'one' ? 1 : 2 });
		vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 8 * 24 * 3600_000 });
		try {
			const lookedAt = new Map<string | undefined, () => void>();
			const looking = (key: string) => new Promise<void>((resolve) => lookedAt.set(key, resolve));
			const find: CheckpointStore['find'] = async (query) => {
				const found = await world.checkpoints.find(query);
				lookedAt.get(query.key)?.();
				return found;
			};
			world.fault({ operation: 'AbortMultipartUpload', action: { type: 'hang' } });
			const page = world.page({ checkpoints: { ...world.checkpoints, find } });
			void page.pending();
			const { key } = await world.oss.whenArrived(({ operation }) => operation === 'AbortMultipartUpload');
			const other = key === 'one' ? 'two' : 'one';
			await interrupted(world, files.get(other) ?? fileOf(0), { key: other }, { parts: 4 });
			const looked = looking(other);
			world.oss.clearFaults();
			await looked;
			// Whatever is being swept comes to its end.
			await page.close();
			expect(world.oss.uploads(bucket)).toMatchObject([{ key: other }]);
			expect(world.count('AbortMultipartUpload')).toBe(1);
		} finally {
			vi.useRealTimers();
		}
	});
});

describe('resume(id)', () => {
	test('goes on with the settings of the first start', async () => {
		const world = await openWorld();
		const file = fileOf(6 * PART);
		await interrupted(world, file, { key: 'k', acl: 'private', meta: { a: '1' } });
		const second = world.page();
		const [pending] = await second.pending();
		expect(pending).toMatchObject({ key: 'k', name: 'film.mp4', size: file.size });
		expect(pending?.loaded).toBeGreaterThanOrEqual(2 * PART);
		const result = await second.resume(pending?.id ?? '', file).result;
		expect(result.resumed).toBeGreaterThan(0);
		expect((await world.oss.object(bucket, 'k'))?.headers).toMatchObject({ 'x-oss-meta-a': '1' });
		await expectStored(world, 'k', file);
	});

	test('with another file is FileChanged, names both, and loses nothing', async () => {
		const world = await openWorld();
		const file = fileOf(6 * PART);
		await interrupted(world, file, { key: 'k' });
		const second = world.page();
		const [pending] = await second.pending();
		const id = pending?.id ?? '';
		await expect(second.resume(id, fileOf(5, 'other.txt')).result).rejects.toMatchObject({
			code: 'FileChanged',
			message: expect.stringMatching(/film\.mp4.*other\.txt/),
		});
		expect(await second.pending()).toEqual([pending]);
		await second.resume(id, file).result;
		await expectStored(world, 'k', file);
	});

	test('of an unknown id is UploadGone', async () => {
		const world = await openWorld();
		await expect(world.page().resume('nothing', fileOf(5)).result).rejects.toMatchObject({
			code: 'UploadGone',
		});
	});
});

describe('discard and expiry', () => {
	test('discard aborts the upload at OSS and forgets it', async () => {
		const world = await openWorld();
		await interrupted(world, fileOf(6 * PART), { key: 'k' });
		const second = world.page();
		const [pending] = await second.pending();
		await second.discard(pending?.id ?? '');
		expect(await second.pending()).toEqual([]);
		expect(world.oss.uploads(bucket)).toEqual([]);
		await expect(second.discard(pending?.id ?? '')).resolves.toBeUndefined();
	});

	test("[F1] discard of another scope's upload touches nothing", async () => {
		const world = await openWorld();
		await interrupted(world, fileOf(6 * PART), { key: 'k' }, { scope: 'ann' });
		const ann = world.page({ scope: 'ann' });
		const [pending] = await ann.pending();
		await world.page({ scope: 'bob' }).discard(pending?.id ?? '');
		expect(await ann.pending()).toHaveLength(1);
		expect(world.oss.uploads(bucket)).toHaveLength(1);
	});

	test('discard of a running upload is Locked', async () => {
		const world = await openWorld();
		const page = world.page();
		world.fault({ operation: 'UploadPart', times: 'always', action: { type: 'hang' } });
		const task = page.upload(fileOf(3 * PART), { key: 'k', partSize: PART });
		await world.oss.whenArrived(({ operation }) => operation === 'UploadPart');
		await expect(page.discard(task.checkpointId ?? '')).rejects.toMatchObject({ code: 'Locked' });
	});

	test("[F1] [case 43] discard of another person's upload leaves it alone", async () => {
		const world = await openWorld();
		await interrupted(world, fileOf(6 * PART), { key: 'k' }, { scope: 'ann' });
		const [pending] = await world.page({ scope: 'ann' }).pending();
		await world.page({ scope: 'ben' }).discard(pending?.id ?? '');
		expect(world.oss.uploads(bucket)).toHaveLength(1);
		expect(await world.page({ scope: 'ann' }).pending()).toHaveLength(1);
	});

	test('[C10] expired uploads wait for what is sent now, also for what begins between two of them', async () => {
		const world = await openWorld();
		for (const [index, key] of ['one', 'two'].entries()) {
			await interrupted(world, fileOf((6 + index) * PART), { key }, { checkpointTtlMs: 1, parts: index + 1 });
		}
		const looked: string[] = [];
		const tasks: UploadTask[] = [];
		const look = () => looked.push(tasks.map(({ state }) => state).join());
		world.fault({ operation: 'AbortMultipartUpload', action: { type: 'hang' } });
		const page = world.page({
			checkpoints: {
				...world.checkpoints,
				expired: (now) => {
					look();
					return world.checkpoints.expired(now);
				},
				load: (id) => {
					if (/one|two/.test(id)) look();
					return world.checkpoints.load(id);
				},
			},
		});
		tasks.push(page.upload(fileOf(3 * PART), { key: 'first', partSize: PART }));
		await world.oss.whenArrived(({ operation }) => operation === 'AbortMultipartUpload');
		world.fault({ operation: 'UploadPart', action: { type: 'hang' } });
		const second = page.upload(fileOf(3 * PART), { key: 'second', partSize: PART });
		tasks.push(second);
		// While this one is being sent, OSS answers: the next expired one waits.
		await whenStored(second, 1);
		world.oss.clearFaults();
		await second.result;
		await world.oss.whenRequest(() => world.count('AbortMultipartUpload', 204) === 2);
		expect(looked).toEqual(['done', 'done', 'done,done']);
	});

	test('[case 34] an expired upload is aborted on OSS too', async () => {
		const world = await openWorld();
		await interrupted(world, fileOf(6 * PART), { key: 'k' }, { checkpointTtlMs: 1 });
		world.page().upload(fileOf(5), { key: 'other' });
		await world.oss.whenRequest(
			({ operation, status }) => operation === 'AbortMultipartUpload' && status === 204,
		);
		expect(world.oss.uploads(bucket)).toEqual([]);
	});
});

import { truncate } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { bytesReadByFetch, bytesReadDuring } from '../bytes-read.js';
import { bucket, inEachEngine, KiB, MiB } from '../scene.js';

inEachEngine((scene) => {
	test('64 MiB in parts of 8 MiB: stored whole, hashed by the worker, read once more than fetch reads it', async () => {
		const path = await scene.file(64 * MiB);
		const visit = await scene.visit();
		const read = await bytesReadDuring(scene, async () => {
			await visit.upload(path, { upload: { partSize: 8 * MiB } });
			expect(await visit.result()).toMatchObject({ size: 64 * MiB, verified: 'object', resumed: 0 });
		});
		await scene.expectStored(path);
		expect((await visit.seen()).warnings).toEqual([]);
		const { workers } = await visit.look();
		expect(workers.started).toBe(1);
		expect(workers.messages).toBeGreaterThanOrEqual(8);
		expect(read - (await bytesReadByFetch(scene, visit))).toBeLessThanOrEqual(1.2 * 64 * MiB);
	});

	test('a page that is reloaded goes on, and sends no part again that OSS holds', async () => {
		const path = await scene.file(24 * MiB);
		const visit = await scene.visit();
		scene.holdFrom(16);
		await visit.upload(path, { upload: { partSize: MiB } });
		await visit.whenSeen(({ partsDone }) => partsDone >= 15);
		await visit.tab.reload();
		scene.oss.clearFaults();
		await visit.upload(path, { upload: { partSize: MiB } });
		expect((await visit.result()).resumed).toBeGreaterThanOrEqual(15 * MiB);
		scene.expectNothingTwice();
		await scene.expectStored(path);
	});

	test('a file that is truncated inside a part while it is sent: the typed error, within 5 seconds', async () => {
		const path = await scene.file(24 * MiB);
		const visit = await scene.visit();
		scene.holdFrom(6);
		await visit.upload(path, { upload: { partSize: MiB } });
		await visit.whenSeen(({ partsDone }) => partsDone === 5);
		await scene.whenHeld(MiB, 6, 7, 8, 9, 10);
		await truncate(path, 15.5 * MiB);
		const truncatedAt = Date.now();
		scene.oss.clearFaults();
		expect(await visit.outcome()).toMatchObject({
			error: { code: expect.stringMatching(/^File(Changed|Unreadable)$/) },
		});
		expect(Date.now() - truncatedAt).toBeLessThan(5_000);
		expect(await scene.oss.object(bucket, 'k')).toBeUndefined();
	});

	test('300 small files at once, each stored under its name', async () => {
		const paths: string[] = [];
		for (let count = 0; count < 300; count++) paths.push(await scene.file(20 * KiB + count));
		const visit = await scene.visit();
		await visit.upload(paths, { folder: 'photos' });
		const { uploads } = await visit.whenLooks(({ uploads }) => uploads.every(({ outcome }) => outcome));
		expect(uploads.filter(({ state }) => state !== 'done')).toEqual([]);
		for (const path of paths) await scene.expectStored(path, `photos/${path.split('/').at(-1)}`);
		expect(scene.count('PutObject')).toBe(300);
	});
});

import { unlink } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { sha256Of } from './disk-file.js';
import { bucket, inEachEngine, MiB } from './scene.js';
import type { Survival } from './survivals.js';
import type { Visit } from './visit.js';

const SIZE = 12 * MiB;
const keepCopy = 64 * MiB;

inEachEngine((scene) => {
	/** The upload is half done when what is kept of its file is, and the browser is killed. */
	async function leaveHalfDone(visit: Visit, source: string): Promise<void> {
		const kept = async () => (await visit.pending())[0]?.source;
		await expect.poll(kept, { timeout: 60_000, interval: 200 }).toBe(source);
		await visit.whenSeen(({ partsDone }) => partsDone > 0);
		await scene.killAndStart();
		scene.oss.clearFaults();
	}

	async function expectGoesOn(source: Survival): Promise<void> {
		const visit = await scene.visit();
		const [left] = await visit.pending();
		expect(left).toMatchObject({ source, size: SIZE });
		await visit.goOn(left ?? { id: '' });
		expect(await visit.result()).toMatchObject({ size: SIZE, verified: 'object' });
		expect((await visit.result()).resumed).toBeGreaterThan(0);
		scene.expectNothingTwice();
		expect(await visit.pending()).toEqual([]);
	}

	// Half a minute for all of it: a copy is begun when ten seconds of it remain.
	const slowly = () => scene.slowDown(80 * 1024);

	test('a picked file of which a copy is kept: after a kill it goes on, though the file is gone', async () => {
		const path = await scene.file(SIZE);
		const visit = await scene.visit();
		slowly();
		await visit.upload(path, { upload: { partSize: MiB / 8, keepCopy } });
		await leaveHalfDone(visit, 'copy');
		const wanted = await sha256Of(path);
		await unlink(path);
		await expectGoesOn('copy');
		scene.survived('picked file, copy', 'copy');
		expect((await scene.oss.object(bucket, 'k'))?.sha256).toBe(wanted);
	});

	test('a recording, which is nowhere else: after a kill it goes on', async () => {
		const visit = await scene.visit();
		slowly();
		await visit.begin({ bytes: SIZE, upload: { partSize: MiB / 8, keepCopy } });
		await leaveHalfDone(visit, 'copy');
		await expectGoesOn('copy');
		scene.survived('recording, copy', 'copy');
	});

	// WebKitGTK has such files, and nothing can be written into them.
	test.runIf(scene.engine.name !== 'webkit')(
		'a file of the origin private file system, by its handle: after a kill it goes on',
		async () => {
			const visit = await scene.visit();
			slowly();
			await visit.begin({ bytes: SIZE, byHandle: true, upload: { partSize: MiB / 8, keepCopy } });
			await leaveHalfDone(visit, 'handle');
			await expectGoesOn('handle');
			scene.survived('handle', 'handle');
		},
	);

	test('a picked file of which nothing is kept: it is asked for', async () => {
		const path = await scene.file(SIZE);
		const visit = await scene.visit();
		scene.holdFrom(6);
		await visit.upload(path, { upload: { partSize: MiB } });
		await visit.whenSeen(({ partsDone }) => partsDone === 5);
		await scene.killAndStart();
		scene.oss.clearFaults();
		const again = await scene.visit();
		expect(await again.pending()).toMatchObject([{ source: 'needed', size: SIZE }]);
		await again.upload(path, { upload: { partSize: MiB } });
		expect((await again.result()).resumed).toBe(5 * MiB);
		await scene.expectStored(path);
		scene.survived('picked file', 'needed');
	});
});

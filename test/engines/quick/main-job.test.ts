import { expect, test } from 'vitest';
import { sha256Of } from '../disk-file.js';
import { bytesReadBy } from '../processes.js';
import { bucket, inEachEngine, MiB } from '../scene.js';

inEachEngine((scene) => {
	test('64 MiB in parts of 8 MiB: the object is the file, the worker ran, and no byte is read a third time', async () => {
		const path = await scene.file(64 * MiB);
		const visit = await scene.visit();
		const before = bytesReadBy(scene.browser.pid);
		await visit.upload(path, { upload: { partSize: 8 * MiB } });
		expect(await visit.result()).toMatchObject({ size: 64 * MiB, verified: 'object', resumed: 0 });
		const read = bytesReadBy(scene.browser.pid) - before;
		expect((await scene.oss.object(bucket, 'k'))?.sha256).toBe(await sha256Of(path));
		const { workers } = await visit.look();
		expect(workers.started).toBe(1);
		expect(workers.messages).toBeGreaterThanOrEqual(8);
		expect((await visit.seen()).warnings).toEqual([]);
		console.log(scene.engine.name, scene.browser.version, read / MiB, workers);
		expect(read).toBeLessThanOrEqual(2.2 * 64 * MiB);
	});
});

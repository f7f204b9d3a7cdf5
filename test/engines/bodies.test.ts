import { expect, test } from 'vitest';
import { inEachEngine, MiB } from './scene.js';

const MAX_IN_MEMORY = 256 * MiB;

inEachEngine((scene) => {
	test('parts that arrive empty from the disk: the page learns it once, and all else goes out from memory', async () => {
		const path = await scene.file(24 * MiB);
		const visit = await scene.visit();
		await visit.upload(path, { transport: 'empties', upload: { partSize: MiB } });
		expect(await visit.result()).toMatchObject({ verified: 'object' });
		await scene.expectStored(path);
		const first = await visit.look();
		expect(first.uploads[0]?.warnings.map(({ code }) => code)).toEqual(['BufferedBodies']);
		// As many as were on their way when the first was found out.
		expect(first.sendings.fromDisk).toBeLessThanOrEqual(10);
		expect(first.sendings.mostInMemory).toBeGreaterThan(0);

		await visit.begin({ transport: 'empties', key: 'other', upload: { partSize: MiB } });
		expect(await visit.result()).toMatchObject({ verified: 'object' });
		await scene.expectStored(path, 'other');
		const { sendings, uploads } = await visit.look();
		expect(sendings.fromDisk).toBe(first.sendings.fromDisk);
		expect(uploads[0]?.warnings).toEqual([]);
	});

	test('five parts of 96 MiB at once: no more than two of them are in memory at a time', async () => {
		const path = await scene.file(480 * MiB);
		const visit = await scene.visit();
		await visit.upload(path, { transport: 'empties', upload: { partSize: 96 * MiB, verify: 'none' } });
		await visit.result();
		await scene.expectStored(path);
		const { sendings } = await visit.look();
		expect(sendings.mostInMemory).toBeGreaterThan(0);
		expect(sendings.mostInMemory).toBeLessThanOrEqual(MAX_IN_MEMORY);
	});

	// By what is told, it is WebKit that does so.
	test.runIf(scene.engine.name === 'webkit')(
		'parts that hang: within a minute it is found out, and all goes out from memory',
		async () => {
			const path = await scene.file(24 * MiB);
			const visit = await scene.visit();
			// The first deadline of a part of 4 MiB, on a line that is not known yet, is minutes away.
			await visit.upload(path, { transport: 'hangs' });
			await visit.whenSeen(({ partsDone }) => partsDone > 0);
			expect(await visit.result()).toMatchObject({ verified: 'object' });
			await scene.expectStored(path);
			const [seen] = (await visit.look()).uploads;
			expect(seen?.warnings.map(({ code }) => code)).toEqual(['BufferedBodies']);
		},
	);
});

import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { inEachEngine, MiB } from './scene.js';

const KILLS = 8;

/** KILL_SEED plays a run again. */
const seed = Number(process.env.KILL_SEED ?? randomInt(2 ** 31));

/** The same numbers from 0 to below 1 for the same seed. */
function* numbersOf(seed: number): Generator<number, never> {
	for (let state = seed; ; ) {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		yield ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	}
}

inEachEngine((scene) => {
	test(`[KILL_SEED=${seed}] eight times the browser is killed at any moment: one upload, and no part that OSS held is sent again`, async () => {
		const numbers = numbersOf(seed);
		const upTo = (limit: number) => Math.floor(numbers.next().value * limit);
		const path = await scene.file(64 * MiB);
		for (let killed = 0; killed < KILLS; killed++) {
			// Five parts a second and connection: a kill finds some of them in the middle.
			scene.slowDown(5 * MiB);
			const stored = scene.whenStored(1 + upTo(5));
			const visit = await scene.visit();
			await visit.upload(path, { upload: { partSize: MiB } });
			await stored;
			// Not right after an answer: anywhere between two.
			await sleep(upTo(200));
			await scene.killAndStart();
			scene.oss.clearFaults();
		}
		const visit = await scene.visit();
		await visit.upload(path, { upload: { partSize: MiB } });
		const { resumed } = await visit.result();
		expect(resumed).toBeGreaterThanOrEqual(KILLS * MiB);
		expect((await visit.seen()).warnings).toEqual([]);
		scene.expectNothingTwice();
		expect(scene.count('InitiateMultipartUpload')).toBe(1);
		await scene.expectStored(path);
	});

	test('a tab that is closed: another goes on, and sends no part again that OSS holds', async () => {
		const path = await scene.file(24 * MiB);
		const first = await scene.visit();
		scene.holdFrom(16);
		await first.upload(path, { upload: { partSize: MiB } });
		await first.whenSeen(({ partsDone }) => partsDone >= 15);
		await scene.leave();
		scene.oss.clearFaults();
		const second = await scene.visit();
		await second.upload(path, { upload: { partSize: MiB } });
		expect((await second.result()).resumed).toBeGreaterThanOrEqual(15 * MiB);
		scene.expectNothingTwice();
		await scene.expectStored(path);
	});

	test('two tabs on one file: the second is told Locked, and the first ends well', async () => {
		const path = await scene.file(8 * MiB);
		const [first, second] = [await scene.visit(), await scene.visit()];
		scene.holdFrom(3);
		await first.upload(path, { upload: { partSize: MiB } });
		await first.whenSeen(({ partsDone }) => partsDone >= 2);
		await second.upload(path, { upload: { partSize: MiB } });
		expect(await second.outcome()).toMatchObject({ error: { code: 'Locked' } });
		scene.oss.clearFaults();
		await first.result();
		expect(scene.count('InitiateMultipartUpload')).toBe(1);
		await scene.expectStored(path);
	});
});

import { expect, test } from 'vitest';
import { memoryCheckpoints } from '../../src/browser/memory-checkpoints.js';
import type { Remote } from '../../src/core/ports.js';
import { ServiceError } from '../../src/errors.js';
import { settle } from '../manual-clock.js';
import { PART, scriptedTask } from './scripted-world.js';

const blob = new Blob([new Uint8Array(4 * PART).fill(7)]);

/** A store that records one part each time it is let, and all of them once it is no longer slow. */
function slowStore() {
	const memory = memoryCheckpoints();
	const held: (() => void)[] = [];
	let isSlow = true;
	const addPart: typeof memory.addPart = async (...args) => {
		if (isSlow) await new Promise<void>((resolve) => held.push(resolve));
		return memory.addPart(...args);
	};
	const recordOne = () => held.shift()?.();
	const recordAll = () => {
		isSlow = false;
		for (const record of held.splice(0)) record();
	};
	return { checkpoints: { ...memory, addPart }, recordOne, recordAll };
}

/** One request at a time over a slow store. */
function slowlyRecorded() {
	const sent: number[] = [];
	let completed = false;
	const { checkpoints, recordOne, recordAll } = slowStore();
	const scripted = scriptedTask(
		blob,
		{
			uploadPart: async ({ partNumber, bytes }) => {
				sent.push(partNumber);
				const { crc64 } = await scripted.digest(bytes, false);
				return { etag: `"${partNumber}"`, crc64 };
			},
			// Then the checkpoint alone tells what OSS holds.
			listParts: async () => {
				throw new ServiceError('not allowed', { status: 403, ossCode: 'AccessDenied' });
			},
			complete: async (): ReturnType<Remote['complete']> => {
				completed = true;
				return { ...scripted.receipt, crc64: (await scripted.digest(blob, false)).crc64 };
			},
		},
		{ checkpoints },
	);
	return { ...scripted, sent, recordOne, recordAll, isCompleted: () => completed };
}

test('the next part goes out while the one before is being recorded, and no further one', async () => {
	const { task, sent, recordOne, recordAll } = slowlyRecorded();
	await settle();
	expect(sent).toEqual([1, 2]);
	recordOne();
	await settle();
	expect(sent).toEqual([1, 2, 3]);
	task.abort();
	recordAll();
	await expect(task.result).rejects.toMatchObject({ name: 'AbortError' });
});

test('a part counts and is told of once it is recorded, and Complete waits for all of them', async () => {
	const { task, sent, recordOne, isCompleted } = slowlyRecorded();
	const stored: number[] = [];
	task.on('part', ({ partNumber, status }) => {
		if (status === 'stored') stored.push(partNumber);
	});
	for (let recorded = 1; recorded <= 4; recorded++) {
		await settle();
		expect(stored).toHaveLength(recorded - 1);
		expect(task.progress.partsDone).toBe(recorded - 1);
		expect(isCompleted()).toBe(false);
		recordOne();
	}
	await task.result;
	expect(sent).toEqual([1, 2, 3, 4]);
	expect(stored).toEqual([1, 2, 3, 4]);
});

test('after a pause, what had arrived is recorded and not sent again', async () => {
	const { task, sent, recordAll } = slowlyRecorded();
	await settle();
	task.pause();
	recordAll();
	await settle();
	expect(sent).toEqual([1, 2]);
	task.resume();
	await task.result;
	expect([...sent].sort()).toEqual([1, 2, 3, 4]);
});

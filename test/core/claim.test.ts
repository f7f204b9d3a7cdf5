import { describe, expect, test } from 'vitest';
import type { Checkpoint, CheckpointStore } from '../../src/core/ports.js';
import { hanging, OLD_ID, PART, type ScriptedOptions, scriptedTask, storeWith } from './scripted-world.js';

const blob = new Blob([new Uint8Array(3 * PART).fill(7)]);

/** A store that holds an unfinished upload of the blob to the key `old`, and counts its reads. */
async function countingStore(over: Partial<Checkpoint> = {}) {
	const checkpoints = await storeWith(blob, over);
	const reads: string[] = [];
	const counting: CheckpointStore = {
		...checkpoints,
		find(query) {
			reads.push('find');
			return checkpoints.find(query);
		},
		load(id) {
			reads.push('load');
			return checkpoints.load(id);
		},
	};
	return { checkpoints: counting, reads, id: OLD_ID };
}

/** A task that has come as far as its first part. */
async function untilFirstPart(options: ScriptedOptions) {
	const { task } = await new Promise<{ task: ReturnType<typeof scriptedTask>['task'] }>((resolve) => {
		const scripted = scriptedTask(
			blob,
			{
				uploadPart: (_, signal) => {
					resolve(scripted);
					return hanging(signal);
				},
			},
			options,
		);
	});
	return task;
}

describe('before the first part the checkpoint is read once', () => {
	test('by an upload to a key: one load', async () => {
		const { checkpoints, reads } = await countingStore();
		const task = await untilFirstPart({ checkpoints, key: 'old' });
		expect(reads).toEqual(['load']);
		await task.abort();
	});

	test('by resume(id): one load', async () => {
		const { checkpoints, reads, id } = await countingStore();
		const task = await untilFirstPart({ checkpoints, resumes: id });
		expect(task.key).toBe('old');
		expect(reads).toEqual(['load']);
		await task.abort();
	});

	test('by a key function: one find and one load, whether there is one to go on with or not', async () => {
		for (const fingerprint of ['f', 'other']) {
			const { checkpoints, reads } = await countingStore({ fingerprint });
			const task = await untilFirstPart({ checkpoints, key: async () => 'new' });
			expect(task.key).toBe(fingerprint === 'f' ? 'old' : 'new');
			expect(reads).toEqual(['find', 'load']);
			await task.abort();
		}
	});

	test('and again after a pause, since parts were recorded meanwhile', async () => {
		const { checkpoints, reads, id } = await countingStore();
		const task = await untilFirstPart({ checkpoints, resumes: id });
		task.pause();
		const { partNumber, etag } = { partNumber: 1, etag: '"E"' };
		await checkpoints.addPart(id, { partNumber, size: PART, etag, crc64: undefined, verified: false }, 0);
		const resumed = new Promise<number>((resolve) => {
			task.on('progress', ({ partsDone }) => resolve(partsDone));
		});
		task.resume();
		await resumed;
		expect(reads).toEqual(['load', 'load']);
		await task.abort();
	});
});

describe('a key function', () => {
	test('is asked when the upload that was found is finished by another tab before it could be claimed', async () => {
		const { checkpoints } = await countingStore();
		const claimed = new Set<string>();
		const task = await untilFirstPart({
			checkpoints,
			key: async () => 'new',
			lock: {
				claim: async (id) => {
					await checkpoints.delete(OLD_ID);
					claimed.add(id);
					return () => claimed.delete(id);
				},
			},
		});
		expect(task.key).toBe('new');
		expect([...claimed]).toEqual(['/b/new/f']);
		await task.abort();
	});

	test('is asked when what was found has this fingerprint, but another size: it is another file', async () => {
		const { checkpoints, id } = await countingStore({ size: blob.size + 1 });
		const task = await untilFirstPart({ checkpoints, key: async () => 'new' });
		expect(task.key).toBe('new');
		expect(await checkpoints.load(id)).toBeDefined();
		await task.abort();
	});
});

test.each([
	['of an unknown upload', 'nothing', {}],
	['of another person', OLD_ID, { scope: 'ann' }],
	['with another file', OLD_ID, { fingerprint: 'other' }],
])('a resume %s lets go of it', async (_, resumes, over) => {
	const { checkpoints } = await countingStore(over);
	let released = 0;
	const lock = { claim: async () => () => void released++ };
	const { task } = scriptedTask(blob, {}, { checkpoints, resumes, lock });
	await expect(task.result).rejects.toMatchObject({ name: 'UploadError' });
	expect(released).toBe(1);
});

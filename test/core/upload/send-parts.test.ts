import { describe, expect, test } from 'vitest';
import { ServiceError } from '../../../src/base/errors.js';
import { memoryCheckpoints } from '../../../src/browser/storage/memory-checkpoints.js';
import type { ListedPart } from '../../../src/core/model.js';
import type { Remote } from '../../../src/core/ports.js';
import { settle } from '../../manual-clock.js';
import { PART, scriptedTask } from '../scripted-world.js';

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

describe('[case 8] what CORS hides of the answers', () => {
	const listedOf = async (file: Blob, over: Partial<ListedPart> = {}): Promise<ListedPart[]> => {
		const { digest } = scriptedTask(new Blob([]), {});
		return Promise.all(
			[0, 1, 2, 3].map(async (at) => {
				const { md5, crc64 } = await digest(file.slice(at * PART, (at + 1) * PART), true);
				return { partNumber: at + 1, size: PART, etag: `"${md5}"`, crc64, ...over };
			}),
		);
	};
	/** One with the ETag, or nothing at all, and a whole object whose checksum is hidden. */
	async function hiding(isEtagHidden: boolean, listParts: Remote['listParts']) {
		let lists = 0;
		const sent: number[] = [];
		const scripted = scriptedTask(blob, {
			uploadPart: async ({ partNumber, bytes }) => {
				sent.push(partNumber);
				const { md5 } = await scripted.digest(bytes, true);
				return { etag: isEtagHidden ? undefined : `"${md5}"`, crc64: undefined };
			},
			listParts: (...args) => {
				lists++;
				return listParts(...args);
			},
			complete: async (_, parts) => {
				expect(parts.map(({ etag }) => etag)).toEqual((await listedOf(blob)).map(({ etag }) => etag));
				return scripted.receipt;
			},
		});
		const result = await scripted.task.result.catch((error: unknown) => error);
		return { result, lists, sent };
	}
	const refuse = async () => {
		throw new ServiceError('no', { status: 403, ossCode: 'AccessDenied' });
	};

	test('is supplied by one listing', async () => {
		const listParts = async () => ({ parts: await listedOf(blob), nextPartNumberMarker: undefined });
		for (const isEtagHidden of [false, true]) {
			const { result, lists, sent } = await hiding(isEtagHidden, listParts);
			expect(result).toMatchObject({ verified: 'parts' });
			expect({ lists, sent }).toEqual({ lists: 1, sent: [1, 2, 3, 4] });
		}
	});

	test('where no list is allowed: a checksum is not claimed, and a hidden ETag is Cors, naming it', async () => {
		expect((await hiding(false, refuse)).result).toMatchObject({ verified: 'none' });
		const { result, sent } = await hiding(true, refuse);
		expect(result).toMatchObject({ code: 'Cors', message: expect.stringContaining('ETag') });
		expect(sent).toEqual([1, 2, 3, 4]);
	});

	test('and what the list contradicts is sent again', async () => {
		let lists = 0;
		const wrong = await listedOf(new Blob([new Uint8Array(4 * PART).fill(9)]));
		const { result, sent } = await hiding(true, async () => {
			const right = await listedOf(blob);
			const parts =
				++lists === 1 ? right.map((part, at) => (at === 1 ? { ...part, ...wrong[at] } : part)) : right;
			return { parts, nextPartNumberMarker: undefined };
		});
		expect(result).toMatchObject({ verified: 'parts' });
		expect(sent).toEqual([1, 2, 3, 4, 2]);
	});
});

test("a file that reads otherwise each time: verify 'full' ends in FileChanged after three passes", async () => {
	let reads = 0;
	const sent: number[] = [];
	const { task } = scriptedTask(
		blob,
		{
			uploadPart: async ({ partNumber }) => {
				sent.push(partNumber);
				return { etag: `"${partNumber}"`, crc64: undefined };
			},
			listParts: async () => {
				throw new ServiceError('no', { status: 403, ossCode: 'AccessDenied' });
			},
		},
		{ verify: 'full', digest: async () => ({ crc64: String(++reads) }) },
	);
	await expect(task.result).rejects.toMatchObject({ code: 'FileChanged' });
	expect(sent).toHaveLength(3 * 4);
});

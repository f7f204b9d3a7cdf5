import { describe, expect, test } from 'vitest';
import { ServiceError } from '../../../src/base/errors.js';
import { memoryCheckpoints } from '../../../src/browser/storage/memory-checkpoints.js';
import type { ListedPart, UploadedPart } from '../../../src/core/model.js';
import type { Remote } from '../../../src/core/ports.js';
import { settle } from '../../manual-clock.js';
import { blobOf, PART, type ScriptedOptions, scriptedTask, storeWith } from '../scripted-world.js';

const blob = new Blob([new Uint8Array(3 * PART).fill(7)]);
const recordedAt = { id: '/b/k/f', key: 'k' };

const { digest } = scriptedTask(new Blob([]), {});

async function partsOf(file: Blob, count: number): Promise<UploadedPart[]> {
	return Promise.all(
		Array.from({ length: count }, async (_, at) => {
			const { crc64, md5 } = await digest(file.slice(at * PART, (at + 1) * PART), true);
			return { partNumber: at + 1, size: PART, etag: `"${md5}"`, crc64, verified: true };
		}),
	);
}

/** An OSS that keeps what it is sent, as far as it is let; every part hangs once it is told to. */
function keepingOss(kept: UploadedPart[] = []) {
	const held = new Map<number, ListedPart>(
		kept.map((part) => [part.partNumber, { ...part, etag: part.etag ?? '' }]),
	);
	const sent: number[] = [];
	let hangs = false;
	const script: Partial<Remote> = {
		listParts: async () => ({ parts: [...held.values()], nextPartNumberMarker: undefined }),
		uploadPart: async ({ partNumber, bytes }, signal) => {
			sent.push(partNumber);
			const { md5, crc64 } = await digest(bytes, true);
			held.set(partNumber, { partNumber, size: blobOf(bytes).size, etag: `"${md5}"`, crc64 });
			if (hangs)
				await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
			return { etag: `"${md5}"`, crc64 };
		},
	};
	const hang = (does: boolean) => {
		hangs = does;
	};
	return { script, held, sent, hang };
}

/** What listeners heard of parts, and whether any progress was out of bounds. */
function heard(task: ReturnType<typeof scriptedTask>['task']) {
	const parts: string[] = [];
	const odd: unknown[] = [];
	task.on('part', ({ partNumber, status, resumed }) =>
		parts.push(`${partNumber} ${status}${resumed ? ' resumed' : ''}`),
	);
	task.on('progress', (progress) => {
		const { loaded, stored, total, resumed, partsDone, partsTotal } = progress;
		const isWithin = [loaded, stored, resumed].every((bytes) => bytes >= 0 && bytes <= total);
		if (!isWithin || resumed > stored || partsDone < 0 || partsDone > partsTotal) odd.push(progress);
	});
	return { parts, odd };
}

describe('from round to round', () => {
	test('a resumed part that OSS has lost during a pause does not count as resumed any more', async () => {
		const parts = await partsOf(blob, 2);
		const oss = keepingOss(parts);
		oss.hang(true);
		const { task } = scriptedTask(blob, oss.script, {
			checkpoints: await storeWith(blob, recordedAt, parts),
		});
		const { parts: told, odd } = heard(task);
		await settle();
		expect(task.progress).toMatchObject({ resumed: 2 * PART });
		task.pause();
		await settle();
		oss.held.delete(2);
		oss.hang(false);
		task.resume();
		expect(await task.result).toMatchObject({ resumed: PART, verified: 'object' });
		expect(told.filter((word) => word.startsWith('2'))).toEqual([
			'2 stored resumed',
			'2 lost',
			'2 sending',
			'2 stored',
		]);
		expect(odd).toEqual([]);
	});

	test('nor does one that OSS refuses at Complete and that is sent again', async () => {
		const parts = await partsOf(blob, 3);
		const oss = keepingOss(parts);
		let completes = 0;
		const { task, receipt } = scriptedTask(
			blob,
			{
				...oss.script,
				complete: async () => {
					if (++completes === 1)
						throw new ServiceError('invalid', { status: 400, ossCode: 'InvalidPart', partNumber: 2 });
					return { ...receipt, crc64: (await digest(blob, false)).crc64 };
				},
			},
			{ checkpoints: await storeWith(blob, recordedAt, parts) },
		);
		expect(await task.result).toMatchObject({ resumed: 2 * PART });
		expect(oss.sent).toEqual([2]);
	});

	test('a part that this task had sent when it was paused is not resumed, though OSS is found to hold it', async () => {
		const oss = keepingOss();
		oss.hang(true);
		const { task } = scriptedTask(blob, oss.script);
		const { parts: told } = heard(task);
		await settle();
		expect(oss.sent).toEqual([1]);
		task.pause();
		await settle();
		oss.hang(false);
		task.resume();
		expect(await task.result).toMatchObject({ resumed: 0, verified: 'object' });
		expect(oss.sent).toEqual([1, 2, 3]);
		expect(told.filter((word) => word.includes('stored'))).toEqual(['1 stored', '2 stored', '3 stored']);
	});

	test('a part whose record a pause interrupts is told as stored once, by the next round', async () => {
		const memory = memoryCheckpoints();
		let isSlow = true;
		const checkpoints: ScriptedOptions['checkpoints'] = {
			...memory,
			addPart: async (...args) => {
				const added = await memory.addPart(...args);
				if (isSlow) await new Promise(() => {});
				return added;
			},
		};
		const oss = keepingOss();
		const { task } = scriptedTask(blob, oss.script, { checkpoints });
		const { parts: told, odd } = heard(task);
		await settle();
		task.pause();
		isSlow = false;
		await settle();
		task.resume();
		expect(await task.result).toMatchObject({ resumed: 0 });
		for (const partNumber of [1, 2, 3]) {
			expect(told.filter((word) => word.startsWith(`${partNumber} stored`))).toEqual([
				`${partNumber} stored`,
			]);
		}
		expect(odd).toEqual([]);
	});
});

describe('Complete had been tried on an earlier visit, and OSS has no such upload any more', () => {
	const gone = () => new ServiceError('gone', { status: 404, ossCode: 'NoSuchUpload' });
	const now = 1_700_000_000_000;

	/** HEAD finds what `there` is; the first upload is gone. */
	async function completed(
		file: Blob,
		there: Blob | undefined,
		recorded: readonly UploadedPart[],
		{
			hidesCrc = false,
			refusesList = false,
			...options
		}: ScriptedOptions & { hidesCrc?: boolean; refusesList?: boolean } = {},
		script: Partial<Remote> = {},
	) {
		const read: number[] = [];
		let initiated = 0;
		const checkpoints = await storeWith(file, { ...recordedAt, completing: true }, recorded);
		const scripted = scriptedTask(
			file,
			{
				listParts: async () => {
					if (refusesList) throw new ServiceError('no', { status: 403, ossCode: 'AccessDenied' });
					if (initiated === 0) throw gone();
					return { parts: [], nextPartNumberMarker: undefined };
				},
				initiate: async () => {
					initiated++;
					return 'U-new';
				},
				uploadPart: async ({ uploadId, bytes }) => {
					if (uploadId === 'U-old') throw gone();
					const { md5, crc64 } = await digest(bytes, true);
					return { etag: `"${md5}"`, crc64 };
				},
				head: async () => {
					if (there === undefined) return undefined;
					const crc64 = hidesCrc ? undefined : (await digest(there, false)).crc64;
					return { ...scripted.receipt, crc64, size: there.size, lastModified: now };
				},
				...script,
			},
			{
				checkpoints,
				digest: async (bytes, { md5 }) => {
					read.push(blobOf(bytes).size);
					return digest(bytes, md5);
				},
				...options,
			},
		);
		const warnings: string[] = [];
		scripted.task.on('warning', ({ code }) => warnings.push(code));
		const told = heard(scripted.task);
		const result = await scripted.task.result;
		return { result, initiated, read, warnings, told };
	}

	test('HEAD comes first: where there is no object, nothing of the file is read for it', async () => {
		const { initiated, read } = await completed(blob, undefined, await partsOf(blob, 3));
		expect(initiated).toBe(1);
		// Only what is sent.
		expect(read).toEqual([PART, PART, PART]);
	});

	test('an edited file whose object hides its checksum is sent anew, and progress stays within its bounds', async () => {
		const edited = new Blob([new Uint8Array(3 * PART).fill(8)]);
		const { result, initiated, told } = await completed(edited, blob, await partsOf(blob, 3), {
			hidesCrc: true,
		});
		expect(initiated).toBe(1);
		expect(result).toMatchObject({ verified: 'object', resumed: 0 });
		expect(told.odd).toEqual([]);
		expect(told.parts.filter((word) => word.includes('lost'))).toEqual([]);
	});

	test('an object that hides its checksum is not taken for the file by some of its parts only', async () => {
		const { initiated } = await completed(blob, blob, await partsOf(blob, 2), { hidesCrc: true });
		expect(initiated).toBe(1);
	});

	test('an object that hides its checksum is the file when all recorded parts are', async () => {
		const { initiated, result } = await completed(blob, blob, await partsOf(blob, 3), { hidesCrc: true });
		expect(initiated).toBe(0);
		expect(result).toMatchObject({ verified: 'parts', resumed: 3 * PART });
	});

	test('also where OSS lists nothing, and says so only of a part that is sent', async () => {
		const { initiated, result } = await completed(blob, blob, await partsOf(blob, 2), { refusesList: true });
		expect(initiated).toBe(0);
		expect(result).toMatchObject({ verified: 'object' });
	});

	test("a callback's answer is lost with that of Complete: a warning says so", async () => {
		const { warnings, result } = await completed(
			blob,
			blob,
			await partsOf(blob, 3),
			{},
			{ carriesCallback: true },
		);
		expect(warnings).toEqual(['CallbackUnknown']);
		expect(result).not.toHaveProperty('callback');
	});

	test('a ListParts that fails for another reason ends the task without a look at the file', async () => {
		const read: number[] = [];
		const checkpoints = await storeWith(blob, { ...recordedAt, completing: true }, await partsOf(blob, 3));
		const { task } = scriptedTask(
			blob,
			{
				listParts: async () => {
					throw new ServiceError('no bucket', { status: 404, ossCode: 'NoSuchBucket' });
				},
			},
			{
				checkpoints,
				digest: async (bytes, { md5 }) => {
					read.push(blobOf(bytes).size);
					return digest(bytes, md5);
				},
			},
		);
		await expect(task.result).rejects.toMatchObject({ ossCode: 'NoSuchBucket' });
		expect(read).toEqual([]);
	});
});

test('an upload whose recorded settings cannot be read begins anew', async () => {
	for (const initiateDigest of ['', 'nonsense', '{"a":1}', '[1]']) {
		const checkpoints = await storeWith(blob, { ...recordedAt, initiateDigest });
		const { task } = scriptedTask(blob, {}, { checkpoints });
		const warnings: string[] = [];
		task.on('warning', ({ code }) => warnings.push(code));
		expect(await task.result).toMatchObject({ verified: 'object' });
		expect(warnings).toEqual(['Restarted']);
	}
});

test('the clock was found to be wrong at Initiate: an object is ours by the clock of OSS, not by the wrong one', async () => {
	const now = 1_700_000_000_000;
	// This machine is an hour ahead.
	const ossNow = now - 3_600_000;
	let isTaught = false;
	const scripted = scriptedTask(blob, {
		serverTime: (at) => at - (isTaught ? 3_600_000 : 15 * 60_000),
		initiate: async () => {
			if (isTaught) return 'U';
			isTaught = true;
			throw new ServiceError('skewed', { status: 403, ossCode: 'RequestTimeTooSkewed' });
		},
		complete: async () => {
			throw new ServiceError('gone', { status: 404, ossCode: 'NoSuchUpload' });
		},
		head: async () => ({
			...scripted.receipt,
			crc64: (await digest(blob, false)).crc64,
			size: blob.size,
			lastModified: ossNow + 1000,
		}),
	});
	const warnings: string[] = [];
	scripted.task.on('warning', ({ code }) => warnings.push(code));
	expect(await scripted.task.result).toMatchObject({ verified: 'object' });
	// Begun anew, it would find the object later: under a clock that is right by then.
	expect(warnings).toEqual([]);
});

test('an upload that was begun with other settings is aborted, and of its record only the parts go, when no new one can be begun', async () => {
	for (const mayAbort of [true, false]) {
		const checkpoints = await storeWith(blob, {
			...recordedAt,
			initiateDigest: '[["x-oss-storage-class","IA"]]',
		});
		const refuse = async () => {
			throw new ServiceError('no', { status: 403, ossCode: 'AccessDenied' });
		};
		const aborted: string[] = [];
		const abort = mayAbort ? async (uploadId: string) => void aborted.push(uploadId) : refuse;
		const { task } = scriptedTask(blob, { abort, initiate: refuse }, { checkpoints });
		const warnings: string[] = [];
		task.on('warning', ({ code }) => warnings.push(code));
		await expect(task.result).rejects.toMatchObject({ ossCode: 'AccessDenied' });
		expect(await checkpoints.load('/b/k/f')).toMatchObject({ checkpoint: { uploadId: 'U-old' }, parts: [] });
		expect(aborted).toEqual(mayAbort ? ['U-old'] : []);
		expect(warnings).toEqual(mayAbort ? ['Restarted'] : ['Restarted', 'Abandoned']);
	}
});

test('a part that OSS refused at Complete is sent again, though OSS lists it and nothing of it is recorded', async () => {
	const memory = memoryCheckpoints();
	const oss = keepingOss();
	let completes = 0;
	const { task, receipt } = scriptedTask(
		blob,
		{
			...oss.script,
			complete: async () => {
				if (++completes === 1)
					throw new ServiceError('invalid', { status: 400, ossCode: 'InvalidPart', partNumber: 2 });
				return { ...receipt, crc64: (await digest(blob, false)).crc64 };
			},
		},
		{
			checkpoints: {
				...memory,
				addPart: async (id, part, now) => part.partNumber !== 2 && memory.addPart(id, part, now),
			},
		},
	);
	expect(await task.result).toMatchObject({ verified: 'object', resumed: 0 });
	expect(oss.sent).toEqual([1, 2, 3, 2]);
});

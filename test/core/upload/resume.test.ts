import { describe, expect, test } from 'vitest';
import { ServiceError } from '../../../src/base/errors.js';
import type { ListedPart, ObjectInfo, UploadedPart } from '../../../src/core/model.js';
import type { Remote } from '../../../src/core/ports.js';
import { settle } from '../../manual-clock.js';
import {
	blobOf,
	hanging,
	OLD_ID,
	PART,
	type ScriptedOptions,
	scriptedTask,
	storeWith,
} from '../scripted-world.js';

const blob = new Blob([new Uint8Array(3 * PART).fill(7)]);
const now = 1_700_000_000_000;
const gone = () => new ServiceError('gone', { status: 404, ossCode: 'NoSuchUpload' });

/** What OSS would hold of the first parts of a file. */
async function partsOf(file: Blob, count: number): Promise<UploadedPart[]> {
	const { task, digest } = scriptedTask(file, { uploadPart: (_, signal) => hanging(signal) });
	await task.abort();
	return Promise.all(
		Array.from({ length: count }, async (_, at) => {
			const { md5, crc64 } = await digest(file.slice(at * PART, (at + 1) * PART), true);
			return { partNumber: at + 1, size: PART, etag: `"${md5}"`, crc64, verified: true };
		}),
	);
}

const listing = (parts: readonly ListedPart[]) => async () => ({ parts, nextPartNumberMarker: undefined });

/** A task that goes on with `k`, of which these parts are recorded and listed. */
async function resumed(
	file: Blob,
	parts: readonly UploadedPart[],
	options: ScriptedOptions = {},
	script: Partial<Remote> = {},
) {
	const checkpoints = await storeWith(file, { id: '/b/k/f', key: 'k' }, parts);
	const sent: number[] = [];
	const held = new Map<number, ListedPart>();
	for (const { partNumber, size, etag = '', crc64 } of parts)
		held.set(partNumber, { partNumber, size, etag, crc64 });
	const scripted = scriptedTask(
		file,
		{
			listParts: async () => ({ parts: [...held.values()], nextPartNumberMarker: undefined }),
			uploadPart: async ({ partNumber, bytes }) => {
				sent.push(partNumber);
				const { md5, crc64 } = await scripted.digest(bytes, true);
				held.set(partNumber, { partNumber, size: blobOf(bytes).size, etag: `"${md5}"`, crc64 });
				return { etag: `"${md5}"`, crc64 };
			},
			...script,
		},
		{ checkpoints, ...options },
	);
	return { ...scripted, sent };
}

describe('[A4] what an earlier visit sent is compared with the file, whatever its name and time', () => {
	test('and what differs is sent again', async () => {
		const parts = await partsOf(new Blob([new Uint8Array(3 * PART).fill(8)]), 2);
		const same = (await partsOf(blob, 2))[1];
		const { task, sent } = await resumed(
			blob,
			[parts[0], same].filter((part) => part !== undefined),
		);
		const states: string[] = [];
		const told: string[] = [];
		task.on('state', (state) => states.push(state));
		task.on('part', ({ partNumber, status }) => told.push(`${partNumber} ${status}`));
		expect(await task.result).toMatchObject({ verified: 'object', resumed: PART });
		expect(sent).toEqual([3, 1]);
		expect(told).toContain('1 lost');
	});

	test('in the state `checking` when only that is left', async () => {
		const parts = await partsOf(blob, 3);
		let go = () => {};
		const held = new Promise<void>((resolve) => {
			go = resolve;
		});
		let digests = 0;
		const { task, digest } = await resumed(blob, parts, {
			digest: async (bytes, { md5 }) => {
				if (++digests === 2) await held;
				return digest(bytes, md5);
			},
		});
		const states: string[] = [];
		task.on('state', (state) => states.push(state));
		await settle();
		expect(task.state).toBe('checking');
		go();
		await task.result;
		expect(states).toEqual(['preparing', 'uploading', 'checking', 'completing', 'done']);
	});

	test('but not again after a pause, nor what this task sent itself', async () => {
		const parts = await partsOf(blob, 2);
		const read: number[] = [];
		const { task, digest } = await resumed(blob, parts, {
			digest: async (bytes, { md5 }) => {
				read.push('start' in bytes ? bytes.start : 0);
				return digest(bytes, md5);
			},
			fingerprint: (() => {
				let asked = 0;
				// The second is that before Complete: a pause comes in there.
				return () => {
					if (++asked === 2) task.pause();
					return Promise.resolve('f');
				};
			})(),
		});
		await settle();
		expect(task.state).toBe('paused');
		task.resume();
		expect(await task.result).toMatchObject({ verified: 'object' });
		expect(read.sort((a, b) => a - b)).toEqual([0, PART, 2 * PART]);
	});

	test('in no such state when sending ends last, and in `uploading` again for what differs', async () => {
		for (const differs of [false, true]) {
			let send = () => {};
			const parts = await partsOf(
				differs ? new Blob([new Uint8Array(3 * PART).fill(8)]) : blob,
				differs ? 3 : 2,
			);
			const { task, digest } = await resumed(
				blob,
				parts,
				{},
				{
					uploadPart: async ({ bytes }) => {
						await new Promise<void>((resolve) => {
							send = resolve;
						});
						const { md5, crc64 } = await digest(bytes, true);
						return { etag: `"${md5}"`, crc64 };
					},
				},
			);
			const states: string[] = [];
			task.on('state', (state) => states.push(state));
			while (task.state !== 'done') {
				await settle();
				send();
			}
			expect(states).toEqual([
				'preparing',
				'uploading',
				...(differs ? ['checking', 'uploading'] : []),
				'completing',
				'done',
			]);
		}
	});

	test("`verify: 'none'` alone skips it, and says so, also where every part was verified before", async () => {
		const { task } = await resumed(blob, await partsOf(blob, 3), { verify: 'none' });
		const hidden = await task.result;
		expect(hidden).toMatchObject({ verified: 'none' });
	});

	test("`verify: 'none'` alone skips it, and says so", async () => {
		let digests = 0;
		const { task, digest } = await resumed(blob, await partsOf(blob, 2), {
			verify: 'none',
			digest: async (bytes, { md5 }) => {
				digests++;
				return digest(bytes, md5);
			},
		});
		expect(await task.result).toMatchObject({ verified: 'none' });
		expect(digests).toBe(0);
	});

	test('an object that an earlier visit finished is compared as a whole with the file of this one', async () => {
		for (const fill of [7, 8]) {
			const file = new Blob([new Uint8Array(3 * PART).fill(fill)]);
			const parts = await partsOf(blob, 3);
			const checkpoints = await storeWith(file, { id: '/b/k/f', key: 'k', completing: true }, parts);
			let initiated = 0;
			const scripted = scriptedTask(
				file,
				{
					listParts: async () => {
						if (initiated === 0) throw gone();
						return { parts: [], nextPartNumberMarker: undefined };
					},
					initiate: async () => {
						initiated++;
						return 'U-new';
					},
					head: async () => {
						const { crc64 } = await scripted.digest(blob, false);
						return { ...scripted.receipt, crc64, size: blob.size, lastModified: now };
					},
				},
				{ checkpoints },
			);
			expect(await scripted.task.result).toMatchObject({ verified: 'object' });
			expect(initiated).toBe(fill === 7 ? 0 : 1);
		}
	});
});

describe('where OSS lists nothing, parts whose ETag an earlier visit could not read', () => {
	const unread = async () => (await partsOf(blob, 2)).map((part) => ({ ...part, etag: undefined }));
	const listParts = async () => {
		throw new ServiceError('no', { status: 403, ossCode: 'AccessDenied' });
	};

	test('are sent again once the CORS rule shows it: what nobody can name cannot be completed', async () => {
		const checkpoints = await storeWith(blob, { id: '/b/k/f', key: 'k' }, await unread());
		const completed: unknown[] = [];
		const scripted = scriptedTask(
			blob,
			{
				listParts,
				complete: async (_, parts) => {
					completed.push(...parts.map(({ etag }) => etag));
					return { ...scripted.receipt, crc64: (await scripted.digest(blob, false)).crc64 };
				},
			},
			{ checkpoints },
		);
		expect(await scripted.task.result).toMatchObject({ verified: 'object', resumed: 0 });
		expect(completed).toEqual((await partsOf(blob, 3)).map(({ etag }) => etag));
	});

	test('as long as it hides it, the first part tells: no other is sent for nothing', async () => {
		const checkpoints = await storeWith(blob, { id: '/b/k/f', key: 'k' }, await unread());
		const sent: number[] = [];
		const { task } = scriptedTask(
			blob,
			{
				listParts,
				uploadPart: async ({ partNumber }) => {
					sent.push(partNumber);
					return { etag: undefined, crc64: undefined };
				},
			},
			{ checkpoints },
		);
		await expect(task.result).rejects.toMatchObject({
			code: 'Cors',
			message: expect.stringContaining('add ETag'),
		});
		expect(sent).toEqual([1]);
	});
});

describe('[A2] an object found after a Complete whose upload is gone', () => {
	/** Complete is answered NoSuchUpload at once; HEAD finds this. */
	const completed = (over: Partial<ObjectInfo>, script: Partial<Remote> = {}) => {
		const scripted = scriptedTask(blob, {
			...script,
			complete: async () => {
				throw gone();
			},
			head: async () => {
				const { crc64 } = await scripted.digest(blob, false);
				return { ...scripted.receipt, crc64, size: blob.size, lastModified: now, ...over };
			},
		});
		return scripted.task.result.then(
			() => 'ours',
			({ code }: { code: string }) => code,
		);
	};

	test('is ours when it is not older than our Initiate', async () => {
		expect(await completed({})).toBe('ours');
		expect(await completed({ lastModified: now - 14 * 60_000 })).toBe('ours');
	});

	test('[F1] is not, when it is older: the upload begins anew, and then is gone', async () => {
		expect(await completed({ lastModified: now - 16 * 60_000 })).toBe('UploadGone');
		expect(await completed({ lastModified: undefined })).toBe('UploadGone');
		expect(await completed({ lastModified: now - 2000 }, { serverTime: (at) => at })).toBe('UploadGone');
		expect(await completed({ crc64: '1' })).toBe('UploadGone');
	});

	/** Initiate is refused for the time of a clock that is so far ahead: only that teaches OSS's. */
	const afterSkew = (aheadMs: number, ageMs: number) => {
		let isTaught = false;
		return completed(
			{ lastModified: now - aheadMs - ageMs },
			{
				serverTime: (at) => (isTaught ? at - aheadMs : at - 15 * 60_000),
				initiate: async () => {
					if (isTaught) return 'U';
					isTaught = true;
					throw new ServiceError('skewed', { status: 403, ossCode: 'RequestTimeTooSkewed' });
				},
			},
		);
	};

	test("is told by OSS's clock where this machine's is hours off, also by one taught only by the Initiate [A2]", async () => {
		expect(await afterSkew(3_600_000, 0)).toBe('ours');
		expect(await afterSkew(-3_600_000, 0)).toBe('ours');
		expect(await afterSkew(3_600_000, 30 * 60_000)).toBe('UploadGone');
		expect(await afterSkew(-3_600_000, 30 * 60_000)).toBe('UploadGone');
	});

	test('is not, when it is older than a part that OSS has just listed', async () => {
		const lastModified = now - 60_000;
		const parts = await partsOf(blob, 1);
		const checkpoints = await storeWith(blob, { id: '/b/k/f', key: 'k' }, parts);
		const scripted = scriptedTask(
			blob,
			{
				listParts: listing(parts.map((part) => ({ ...part, etag: part.etag ?? '', lastModified }))),
				complete: async () => {
					throw gone();
				},
				head: async () => {
					const { crc64 } = await scripted.digest(blob, false);
					return { ...scripted.receipt, crc64, size: blob.size, lastModified: lastModified - 1000 };
				},
			},
			{ checkpoints },
		);
		await expect(scripted.task.result).rejects.toMatchObject({ code: 'UploadGone' });
	});
});

describe('[A5] what is told', () => {
	test('of a restart: its stored parts are lost, and a warning says why', async () => {
		let uploads = 0;
		const scripted = scriptedTask(blob, {
			initiate: async () => `U${++uploads}`,
			uploadPart: async ({ uploadId, partNumber, bytes }) => {
				if (uploadId === 'U1' && partNumber === 3) throw gone();
				const { md5, crc64 } = await scripted.digest(bytes, true);
				return { etag: `"${md5}"`, crc64 };
			},
		});
		const told: string[] = [];
		const warnings: string[] = [];
		scripted.task.on('part', ({ partNumber, status }) => told.push(`${partNumber} ${status}`));
		scripted.task.on('warning', ({ code }) => warnings.push(code));
		await scripted.task.result;
		expect(told.filter((word) => word.endsWith('lost'))).toEqual(['1 lost', '2 lost']);
		expect(warnings).toEqual(['Restarted']);
		expect(scripted.task.progress).toMatchObject({ loaded: blob.size, resumed: 0, partsDone: 3 });
	});

	test('of an upload that is gone and whose Complete was never tried: no object is asked for, it begins anew', async () => {
		let initiated = 0;
		let heads = 0;
		const checkpoints = await storeWith(blob, { id: '/b/k/f', key: 'k' }, await partsOf(blob, 1));
		const scripted = scriptedTask(
			blob,
			{
				listParts: async () => {
					throw gone();
				},
				initiate: async () => {
					initiated++;
					return 'U-new';
				},
				head: async () => {
					heads++;
					const { crc64 } = await scripted.digest(blob, false);
					return { ...scripted.receipt, crc64, size: blob.size, lastModified: now };
				},
			},
			{ checkpoints },
		);
		await scripted.task.result;
		expect({ initiated, heads }).toEqual({ initiated: 1, heads: 0 });
	});

	test('of an upload that was resumed by its id and is gone: begun anew it keeps its part size', async () => {
		const checkpoints = await storeWith(blob, { partSize: 2 * PART });
		const sizes: number[] = [];
		const scripted = scriptedTask(
			blob,
			{
				listParts: async () => {
					throw gone();
				},
				uploadPart: async ({ bytes }) => {
					sizes.push(blobOf(bytes).size);
					const { md5, crc64 } = await scripted.digest(bytes, true);
					return { etag: `"${md5}"`, crc64 };
				},
			},
			{ checkpoints, resumes: OLD_ID },
		);
		await scripted.task.result;
		expect(sizes).toEqual([2 * PART, PART]);
	});

	test('of settings that differ: which, and the old upload is aborted', async () => {
		const checkpoints = await storeWith(blob, {
			id: '/b/k/f',
			key: 'k',
			initiateDigest: '[["x-oss-storage-class","IA"],["x-oss-meta-a","1"]]',
		});
		const aborted: string[] = [];
		const { task } = scriptedTask(
			blob,
			{
				initiateDigest: '[["x-oss-meta-a","1"]]',
				abort: async (uploadId) => void aborted.push(uploadId),
			},
			{ checkpoints },
		);
		const warnings: string[] = [];
		task.on('warning', ({ code, message }) => warnings.push(`${code} ${message}`));
		await task.result;
		expect(warnings).toEqual([expect.stringMatching(/^Restarted .*\(x-oss-storage-class\)/)]);
		expect(aborted).toEqual(['U-old']);
	});

	test('of an object that is not the file: that it lies at the key', async () => {
		const { task, receipt } = scriptedTask(blob, { complete: async () => ({ ...receipt, crc64: '1' }) });
		await expect(task.result).rejects.toMatchObject({
			code: 'ChecksumMismatch',
			message: expect.stringContaining('now lies at "k"'),
		});
	});

	test.each<[string, boolean, ScriptedOptions]>([
		['OSS lets nobody list or look', true, {}],
		['OSS lets nobody list or look, by its id', true, { resumes: '/b/k/f' }],
		['nothing is to be compared', false, { verify: 'none' }],
	])('of an object that is not the file: it is uploaded again, where %s', async (_, isRefused, options) => {
		const refuse = () => new ServiceError('no', { status: 403, ossCode: 'AccessDenied' });
		const completed: string[] = [];
		let initiated = 0;
		const script: Partial<Remote> = {
			initiate: async () => `U${++initiated}`,
			uploadPart: async ({ uploadId, bytes }) => {
				if (completed.includes(uploadId)) throw gone();
				const { md5, crc64 } = await first.digest(bytes, true);
				return { etag: `"${md5}"`, crc64 };
			},
			listParts: async () => {
				throw isRefused ? refuse() : gone();
			},
			complete: async (uploadId) => {
				const { crc64 } = await first.digest(blob, false);
				return { ...first.receipt, crc64: completed.push(uploadId) === 1 ? '1' : crc64 };
			},
			head: async () => {
				if (isRefused) throw refuse();
				return { ...first.receipt, crc64: '1', size: blob.size, lastModified: now };
			},
		};
		const first = scriptedTask(blob, script);
		await expect(first.task.result).rejects.toMatchObject({ code: 'ChecksumMismatch' });
		const { checkpoints } = first;
		expect(await scriptedTask(blob, script, { checkpoints, ...options }).task.result).toMatchObject({
			resumed: 0,
		});
		expect(completed).toEqual(['U1', 'U2']);
	});

	test('of parts that OSS took and does not list, three times: UploadGone, not that the file changed', async () => {
		const { task } = scriptedTask(blob, { uploadPart: async () => ({ etag: undefined, crc64: undefined }) });
		await expect(task.result).rejects.toMatchObject({ code: 'UploadGone' });
	});

	test('of a request that OSS held for more than a second: Throttled, once a task', async () => {
		let tell: ((heldMs: number) => void) | undefined;
		const { task } = scriptedTask(
			blob,
			{ uploadPart: (_, signal) => hanging(signal) },
			{
				hear: (given) => {
					tell = given;
				},
			},
		);
		const warnings: string[] = [];
		task.on('warning', ({ code }) => warnings.push(code));
		await settle();
		tell?.(1000);
		expect(warnings).toEqual([]);
		for (const heldMs of [1001, 3000]) tell?.(heldMs);
		expect(warnings).toEqual(['Throttled']);
		await task.abort();
	});
});

describe('[B11] a policy of only oss:PutObject, and a part that OSS holds otherwise than recorded', () => {
	const refused = () => new ServiceError('no', { status: 403, ossCode: 'AccessDenied' });
	const invalidPart = (partNumber?: number) =>
		new ServiceError('invalid', { status: 400, ossCode: 'InvalidPart', partNumber });

	/** OSS refuses so many Completes, naming part 2, and so many listings. */
	async function completedAfter(refusals: number, names: number | null = 2, unlisted = 9) {
		const parts = await partsOf(blob, 3);
		const checkpoints = await storeWith(blob, { id: '/b/k/f', key: 'k' }, parts);
		const sent: number[] = [];
		let completes = 0;
		let listings = 0;
		const scripted = scriptedTask(
			blob,
			{
				listParts: async () => {
					if (++listings <= unlisted) throw refused();
					const listed = parts.map(({ etag = '', crc64, ...part }) => ({ ...part, etag, crc64 }));
					return { parts: listed, nextPartNumberMarker: undefined };
				},
				uploadPart: async ({ partNumber, bytes }) => {
					sent.push(partNumber);
					const { md5, crc64 } = await scripted.digest(bytes, true);
					return { etag: `"${md5}"`, crc64 };
				},
				complete: async () => {
					if (++completes <= refusals) throw invalidPart(names ?? undefined);
					return { ...scripted.receipt, crc64: (await scripted.digest(blob, false)).crc64 };
				},
			},
			{ checkpoints },
		);
		const outcome = await scripted.task.result.catch((error: unknown) => error);
		return { outcome, sent };
	}

	test('that part alone is sent again', async () => {
		const { outcome, sent } = await completedAfter(1);
		expect(outcome).toMatchObject({ verified: 'object' });
		expect(sent).toEqual([2]);
	});

	test('when it comes again, all are; and then it is told', async () => {
		expect((await completedAfter(2)).sent).toEqual([2, 1, 2, 3]);
		const { outcome, sent } = await completedAfter(3);
		expect(outcome).toMatchObject({ ossCode: 'InvalidPart' });
		expect(sent).toEqual([2, 1, 2, 3]);
	});

	test('where OSS names none, and lists them after all, none is', async () => {
		const { outcome, sent } = await completedAfter(1, null, 1);
		expect(outcome).toMatchObject({ verified: 'object' });
		expect(sent).toEqual([]);
	});

	test('the one that it names is, also where it lists it', async () => {
		expect((await completedAfter(1, 2, 1)).sent).toEqual([2]);
	});

	test('where OSS names none, all are at once', async () => {
		const { outcome, sent } = await completedAfter(1, null);
		expect(outcome).toMatchObject({ verified: 'object' });
		expect(sent).toEqual([1, 2, 3]);
	});
});

test('[C2] a listener that subscribes again inside its event is called at the next one', async () => {
	const { task } = scriptedTask(blob, {});
	let calls = 0;
	const subscribe = (): void => {
		const stop = task.on('state', () => {
			calls++;
			stop();
			if (calls < 100) subscribe();
		});
	};
	subscribe();
	await task.result;
	// preparing, uploading, completing, done.
	expect(calls).toBe(4);
});

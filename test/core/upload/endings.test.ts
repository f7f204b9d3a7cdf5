import { describe, expect, test } from 'vitest';
import { ServiceError, UploadError } from '../../../src/base/errors.js';
import { memoryCheckpoints } from '../../../src/browser/storage/memory-checkpoints.js';
import type { CheckpointStore, Connectivity } from '../../../src/core/ports.js';
import { settle } from '../../manual-clock.js';
import { hanging, OLD_ID, PART, type ScriptedOptions, scriptedTask, storeWith } from '../scripted-world.js';

const blob = new Blob([new Uint8Array(3 * PART).fill(7)]);
const gone = () => new ServiceError('gone', { status: 404, ossCode: 'NoSuchUpload' });
const never = () => new Promise<never>(() => {});
const offline: Connectivity = { isOnline: () => false, whenOnline: hanging };

/** Which of these have settled by now. */
function watching(promises: Readonly<Record<string, Promise<unknown>>>) {
	const settled = new Set<string>();
	for (const [name, promise] of Object.entries(promises)) {
		promise.then(
			() => settled.add(name),
			() => settled.add(name),
		);
	}
	return settled;
}

/** A store of which one method never answers. */
const hangingAt = (method: keyof CheckpointStore, store = memoryCheckpoints()): CheckpointStore => ({
	...store,
	[method]: never,
});

describe('[B1] a store that never answers holds up no end', () => {
	test.each(['load', 'create', 'addPart', 'mark', 'delete'] as const)(
		'%s: abort() settles',
		async (method) => {
			const { task, clock } = scriptedTask(blob, {}, { checkpoints: hangingAt(method) });
			await settle();
			const settled = watching({ abort: task.abort() });
			// Deleting a row that nobody needs is waited for briefly; what an earlier visit began its row alone tells.
			await clock.advance(method === 'load' ? 10_000 : 1000);
			expect([...settled]).toEqual(['abort']);
		},
	);

	test.each(['load', 'create', 'addPart', 'mark'] as const)(
		'%s: a signal and close() settle',
		async (method) => {
			const { task } = scriptedTask(blob, {}, { checkpoints: hangingAt(method) });
			await settle();
			const settled = watching({ settled: task.settled });
			task.stop(new Error('closed'));
			await settle();
			expect([...settled]).toEqual(['settled']);
			expect(task.state).toBe('stopped');
		},
	);

	test('delete, once the object is stored: the task is done after a second', async () => {
		const { task, clock } = scriptedTask(blob, {}, { checkpoints: hangingAt('delete') });
		await clock.advance(1000);
		expect(task.state).toBe('done');
	});

	test('a key function, a fingerprint and a lock that hang do not either', async () => {
		const ways: ScriptedOptions[] = [
			{ key: never },
			{ fingerprint: never },
			{ lock: { claim: (_, signal = new AbortController().signal) => hanging(signal) } },
			{ fingerprint: never, resumes: OLD_ID },
		];
		for (const options of ways) {
			const { task, clock } = scriptedTask(blob, {}, options);
			await settle();
			const settled = watching({ abort: task.abort() });
			await clock.advance(60_000);
			expect([...settled]).toEqual(['abort']);
		}
	});
});

/** A network that is there until it is taken away. */
function switchable() {
	let isOnline = true;
	let goOnline = () => {};
	const connectivity: Connectivity = {
		isOnline: () => isOnline,
		whenOnline: () =>
			new Promise((resolve) => {
				goOnline = resolve;
			}),
	};
	return {
		connectivity,
		goOffline: () => {
			isOnline = false;
		},
		goOnline: () => {
			isOnline = true;
			goOnline();
		},
	};
}

describe('[B2] abort()', () => {
	test('while offline settles at once, says that OSS is told later, lets go of the lock, and lists nothing', async () => {
		const { connectivity, goOffline, goOnline } = switchable();
		const aborted: string[] = [];
		let held = 0;
		const lock = {
			claim: async () => {
				held++;
				return () => void held--;
			},
		};
		const { task, checkpoints } = scriptedTask(
			blob,
			{
				uploadPart: (_, signal) => hanging(signal),
				abort: async (uploadId) => void aborted.push(uploadId),
			},
			{ connectivity, lock },
		);
		const warnings: string[] = [];
		task.on('warning', ({ code, message }) => warnings.push(`${code}: ${message}`));
		await settle();
		goOffline();
		const settled = watching({ abort: task.abort() });
		await settle();
		expect([...settled]).toEqual(['abort']);
		expect(warnings).toEqual([expect.stringMatching(/^Abandoned: .*kept there until OSS can be told/)]);
		expect({ aborted, held }).toEqual({ aborted: [], held: 0 });
		expect(await checkpoints.find({ scope: '', bucket: 'b' })).toEqual([]);
		expect(await checkpoints.expired(0)).toHaveLength(1);

		goOnline();
		await settle();
		expect(aborted).toEqual(['U']);
		expect(await checkpoints.expired(0)).toEqual([]);
	});

	test('while offline is told to OSS later only of what was aborted: not of what was begun anew under its id since', async () => {
		const { connectivity, goOffline, goOnline } = switchable();
		const aborted: string[] = [];
		const { task, checkpoints } = scriptedTask(
			blob,
			{
				uploadPart: (_, signal) => hanging(signal),
				abort: async (uploadId) => void aborted.push(uploadId),
			},
			{ connectivity },
		);
		await settle();
		goOffline();
		await task.abort();
		const marked = await checkpoints.load('/b/k/f');
		expect(marked).toMatchObject({ checkpoint: { abandoned: true } });
		// Another tab has told OSS of it, begun another, and stopped.
		if (marked) await checkpoints.create({ ...marked.checkpoint, uploadId: 'U-newer', abandoned: false });
		goOnline();
		await settle();
		expect(aborted).toEqual([]);
		expect(await checkpoints.load('/b/k/f')).toMatchObject({ checkpoint: { uploadId: 'U-newer' } });
	});

	test('is told to OSS on this page also when the first try after it was offline fails, or its lock is still held', async () => {
		let online = true;
		const connectivity: Connectivity = {
			isOnline: () => online,
			whenOnline: (signal) => (online ? Promise.resolve() : hanging(signal)),
		};
		let aborts = 0;
		let claims = 0;
		const { task, checkpoints, clock } = scriptedTask(
			blob,
			{
				uploadPart: (_, signal) => hanging(signal),
				abort: async () => {
					if (++aborts === 1) throw new ServiceError('no', { status: 400, ossCode: 'InvalidArgument' });
				},
			},
			// A lock that is let go is free a moment later.
			{ connectivity, lock: { claim: async () => (++claims === 2 ? undefined : () => {}) } },
		);
		await settle();
		online = false;
		connectivity.whenOnline = async () => {
			online = true;
		};
		await task.abort();
		await clock.advance(10 * 60_000);
		expect(aborts).toBe(2);
		expect(await checkpoints.expired(0)).toEqual([]);
	});

	test('that OSS could not be told of waits for its lock, and is told as soon as that is let go', async () => {
		const connectivity: Connectivity = { isOnline: () => false, whenOnline: async () => {} };
		let aborts = 0;
		let letGo = () => {};
		const held = new Promise<void>((end) => {
			letGo = end;
		});
		const { task, clock } = scriptedTask(
			blob,
			{ uploadPart: (_, signal) => hanging(signal), abort: async () => void aborts++ },
			{
				connectivity,
				lock: { claim: async () => () => {}, wait: () => held.then(() => () => {}) },
			},
		);
		await settle();
		await task.abort();
		connectivity.isOnline = () => true;
		await clock.advance(9999);
		expect(aborts).toBe(0);
		letGo();
		await settle();
		expect(aborts).toBe(1);
	});

	test('that OSS does not hear though the machine is online is told again on this page, and no longer after an hour', async () => {
		let aborts = 0;
		const { task, clock, checkpoints } = scriptedTask(blob, {
			uploadPart: (_, signal) => hanging(signal),
			abort: async () => {
				aborts++;
				throw new ServiceError('no', { status: 400, ossCode: 'InvalidArgument' });
			},
		});
		const warnings: string[] = [];
		task.on('warning', ({ code }) => warnings.push(code));
		await settle();
		await task.abort();
		expect(aborts).toBe(1);
		await clock.advance(3 * 60_000);
		expect(aborts).toBeGreaterThan(1);
		await clock.advance(60 * 60_000);
		const once = aborts;
		await clock.advance(24 * 60 * 60_000);
		expect({ aborts, warnings }).toEqual({ aborts: once, warnings: ['Abandoned'] });
		expect(await checkpoints.expired(0)).toHaveLength(1);
	});

	test('while the machine goes offline as OSS is told settles at once', async () => {
		let online = true;
		const { task, checkpoints } = scriptedTask(
			blob,
			{
				uploadPart: (_, signal) => hanging(signal),
				abort: async () => {
					online = false;
					throw new UploadError('Network', 'cut', { retryable: true });
				},
			},
			{ connectivity: { isOnline: () => online, whenOnline: hanging } },
		);
		await settle();
		const settled = watching({ abort: task.abort() });
		await settle();
		expect([...settled]).toEqual(['abort']);
		expect(await checkpoints.load('/b/k/f')).toMatchObject({ checkpoint: { abandoned: true } });
	});

	test('when OSS does not answer settles within a minute, with a warning', async () => {
		const { task, clock, checkpoints } = scriptedTask(blob, {
			uploadPart: (_, signal) => hanging(signal),
			abort: (_, signal) => hanging(signal),
		});
		const warnings: string[] = [];
		task.on('warning', ({ code }) => warnings.push(code));
		await settle();
		const settled = watching({ abort: task.abort() });
		await clock.advance(59_000);
		expect([...settled]).toEqual([]);
		await clock.advance(1000);
		expect([...settled]).toEqual(['abort']);
		expect(warnings).toEqual(['Abandoned']);
		expect(await checkpoints.load('/b/k/f')).toMatchObject({ checkpoint: { abandoned: true } });
	});

	test('after close() marks the upload all the same, and says that OSS is told later [B3]', async () => {
		let aborts = 0;
		const scripted = scriptedTask(blob, {
			uploadPart: (_, signal) => hanging(signal),
			abort: async () => {
				aborts++;
			},
		});
		const { task, lifetime, checkpoints, clock } = scripted;
		const warnings: string[] = [];
		task.on('warning', ({ code }) => warnings.push(code));
		await settle();
		lifetime.abort(new Error('closed'));
		task.stop(lifetime.signal.reason);
		await task.settled;
		const query = { scope: '', bucket: 'b' };
		expect(await checkpoints.find(query)).toHaveLength(1);
		const settled = watching({ abort: task.abort() });
		await settle();
		expect([...settled]).toEqual(['abort']);
		expect({ state: task.state, aborts, warnings }).toEqual({
			state: 'aborted',
			aborts: 0,
			warnings: ['Abandoned'],
		});
		expect(await checkpoints.find(query)).toEqual([]);
		expect(await checkpoints.expired(clock.now())).toHaveLength(1);
	});

	test('[B3] of a task that had not claimed yet settles offline too, and marks what an earlier visit left', async () => {
		const checkpoints = await storeWith(blob);
		const { task } = scriptedTask(blob, {}, { checkpoints, resumes: OLD_ID, connectivity: offline });
		await task.abort();
		expect(task.state).toBe('aborted');
		expect(await checkpoints.load(OLD_ID)).toMatchObject({ checkpoint: { abandoned: true } });
	});

	test('[B3] of a task that had not claimed yet drops what an earlier visit left also after close(), as far as it can', async () => {
		const checkpoints = await storeWith(blob, { id: '/b/k/f', key: 'k' });
		const { task, lifetime } = scriptedTask(blob, {}, { checkpoints });
		const warnings: string[] = [];
		task.on('warning', ({ code, message }) => warnings.push(`${code}: ${message}`));
		lifetime.abort(new Error('closed'));
		task.stop(lifetime.signal.reason);
		await task.abort();
		expect(warnings).toEqual([expect.stringMatching(/^Abandoned: .*kept there until OSS can be told/)]);
		expect(await checkpoints.load('/b/k/f')).toMatchObject({ checkpoint: { abandoned: true } });
	});

	test('of a task whose file does not answer says that what an earlier visit left was not dropped', async () => {
		const checkpoints = await storeWith(blob, { key: 'k' });
		const { task, clock } = scriptedTask(blob, {}, { checkpoints, fingerprint: never });
		const warnings: string[] = [];
		task.on('warning', ({ code, message }) => warnings.push(`${code}: ${message}`));
		await settle();
		const settled = watching({ abort: task.abort() });
		await clock.advance(60_000);
		expect([...settled]).toEqual(['abort']);
		expect(warnings).toEqual([expect.stringMatching(/^Abandoned: Nothing was dropped/)]);
	});

	test('of a task that had not claimed yet asks nothing of the file where nothing is recorded at its key', async () => {
		const { task } = scriptedTask(blob, {}, { checkpoints: await storeWith(blob), fingerprint: never });
		const warnings: string[] = [];
		task.on('warning', ({ code }) => warnings.push(code));
		await settle();
		const settled = watching({ abort: task.abort() });
		await settle();
		expect([...settled]).toEqual(['abort']);
		expect(warnings).toEqual([]);
	});

	test('of a stopped task whose store does not answer says so, and not that it runs', async () => {
		const store = await storeWith(blob);
		let hangs = false;
		const checkpoints: CheckpointStore = {
			...store,
			load: (id) => (hangs ? never() : store.load(id)),
		};
		const listParts = async () => {
			throw new ServiceError('no', { status: 400, ossCode: 'InvalidArgument' });
		};
		const { task, clock } = scriptedTask(blob, { listParts }, { checkpoints, resumes: OLD_ID });
		const warnings: string[] = [];
		task.on('warning', ({ code, message }) => warnings.push(`${code}: ${message}`));
		await task.result.catch(() => {});
		await task.settled;
		hangs = true;
		const settled = watching({ abort: task.abort() });
		await clock.advance(10_000);
		expect([...settled]).toEqual(['abort']);
		expect(warnings).toEqual([expect.stringMatching(/^Abandoned: Nothing was dropped/)]);
	});

	test('of a failed task whose upload somebody has gone on with since drops nothing, and says so', async () => {
		let isTaken = false;
		const aborted: string[] = [];
		const { task } = scriptedTask(
			blob,
			{
				uploadPart: async () => {
					throw new ServiceError('no', { status: 403, ossCode: 'AccessDenied' });
				},
				abort: async (uploadId) => void aborted.push(uploadId),
			},
			{ lock: { claim: async () => (isTaken ? undefined : () => {}) } },
		);
		const warnings: string[] = [];
		task.on('warning', ({ code, message }) => warnings.push(`${code}: ${message}`));
		await task.result.catch(() => {});
		await task.settled;
		isTaken = true;
		await task.abort();
		expect(aborted).toEqual([]);
		expect(warnings).toEqual([expect.stringMatching(/^Abandoned: .*it runs by now/)]);
	});

	test('two of one task are one', async () => {
		let aborts = 0;
		const { task } = scriptedTask(blob, {
			uploadPart: (_, signal) => hanging(signal),
			abort: async () => void aborts++,
		});
		await settle();
		await Promise.all([task.abort(), task.abort()]);
		await task.abort();
		expect(aborts).toBe(1);
	});

	test('an upload that is abandoned is not gone on with: the next one begins anew, and tells OSS first', async () => {
		const checkpoints = await storeWith(blob, { id: '/b/k/f', key: 'k' }, [
			{ partNumber: 1, size: PART, etag: '"E"', crc64: undefined, verified: false },
		]);
		await checkpoints.mark('/b/k/f', 'abandoned');
		const said: string[] = [];
		const { task } = scriptedTask(
			blob,
			{
				abort: async (uploadId) => void said.push(`abort ${uploadId}`),
				initiate: async () => {
					said.push('initiate');
					return 'U';
				},
			},
			{ checkpoints },
		);
		expect(await task.result).toMatchObject({ resumed: 0 });
		expect(said).toEqual(['abort U-old', 'initiate']);
	});
});

describe('[B8] a pause', () => {
	test("that the app's own fingerprint answers with an error of its own is a pause all the same", async () => {
		let asked = 0;
		// It hears of the pause before anybody else does.
		const fingerprint: ScriptedOptions['fingerprint'] = (signal) =>
			++asked > 1
				? Promise.resolve('f')
				: new Promise((_, reject) => {
						signal.addEventListener('abort', () => reject(new DOMException('mine', 'AbortError')));
					});
		const { task } = scriptedTask(blob, {}, { fingerprint });
		await settle();
		task.pause();
		await settle();
		expect(task.state).toBe('paused');
		task.resume();
		expect(await task.result).toMatchObject({ verified: 'object' });
	});

	test.each(['goes on', 'begins anew'])(
		'that comes while a part is being recorded leaves it counted and told once, also when the upload %s [A5]',
		async (how) => {
			let isPaused = false;
			const store = memoryCheckpoints();
			const checkpoints: CheckpointStore = {
				...store,
				addPart: async (id, part, now) => {
					const added = store.addPart(id, part, now);
					if (part.partNumber !== 2 || isPaused) return added;
					isPaused = true;
					task.pause();
					return never();
				},
			};
			let uploads = 0;
			const scripted = scriptedTask(
				blob,
				{
					initiate: async () => `U${++uploads}`,
					listParts: async () => {
						if (how === 'begins anew' && uploads === 1) throw gone();
						const saved = await store.load('/b/k/f');
						const parts = (saved?.parts ?? []).map(({ etag = '', ...part }) => ({ ...part, etag }));
						return { parts, nextPartNumberMarker: undefined };
					},
				},
				{ checkpoints },
			);
			const { task } = scripted;
			const told: string[] = [];
			const stored: number[] = [];
			task.on('part', ({ partNumber, status, resumed }) => {
				if (status === 'stored' || status === 'lost')
					told.push(`${partNumber} ${status}${resumed ? '!' : ''}`);
			});
			task.on('progress', (progress) => stored.push(progress.stored, progress.partsDone));
			await settle();
			expect(task.state).toBe('paused');
			task.resume();
			await task.result;
			const all = ['1 stored', '2 stored', '3 stored'];
			expect(told).toEqual(how === 'goes on' ? all : ['1 stored', '1 lost', ...all]);
			expect(Math.min(...stored)).toBe(0);
		},
	);

	test('[A5] tells no part failed, and drops what was on its way from `loaded`', async () => {
		const { task } = scriptedTask(blob, {
			uploadPart: ({ onSent }, signal) => {
				onSent(PART / 2);
				return hanging(signal);
			},
		});
		const parts: string[] = [];
		task.on('part', ({ status }) => parts.push(status));
		await settle();
		expect(task.progress).toMatchObject({ loaded: PART / 2, stored: 0 });
		task.pause();
		await settle();
		expect(parts).toEqual(['sending']);
		expect(task.progress).toMatchObject({ loaded: 0, stored: 0 });
		await task.abort();
	});
});

describe('[B9] the result', () => {
	/** An upload to `k` that finishes while another file's upload to `k` is unfinished, and OSS hangs at its abort. */
	async function withRival(lock?: ScriptedOptions['lock']) {
		const checkpoints = await storeWith(blob, { id: '/b/k/other', key: 'k', fingerprint: 'other' });
		return scriptedTask(
			blob,
			{ abort: (_, signal) => hanging(signal) },
			{ checkpoints, ...(lock && { lock }) },
		);
	}

	test('does not wait for the clean-up of rivals', async () => {
		const { task } = await withRival();
		expect(await task.result).toMatchObject({ verified: 'object' });
		expect(task.state).toBe('done');
	});

	test('of a stored object stands when the uploader is closed meanwhile', async () => {
		const { task, lifetime } = await withRival();
		await task.result;
		task.stop(new Error('closed'));
		lifetime.abort(new Error('closed'));
		await task.settled;
		expect(task.state).toBe('done');
		await expect(task.result).resolves.toMatchObject({ verified: 'object' });
	});

	test('has no warning of a rival that runs: it has its own way to end', async () => {
		const claim = async (id: string) => (id === '/b/k/other' ? undefined : () => {});
		const { task } = await withRival({ claim });
		const warnings: string[] = [];
		task.on('warning', ({ code }) => warnings.push(code));
		await task.result;
		await task.settled;
		expect(warnings).toEqual([]);
	});

	test('of a stored object stands when it is stopped, paused or aborted while its row is being deleted', async () => {
		for (const end of ['stop', 'pause', 'abort'] as const) {
			const { task, clock } = scriptedTask(blob, {}, { checkpoints: hangingAt('delete') });
			await settle();
			expect(task.state).toBe('completing');
			if (end === 'stop') task.stop(new Error('closed'));
			else void task[end]();
			await clock.advance(1000);
			await expect(task.result).resolves.toMatchObject({ verified: 'object' });
		}
	});
});

describe('[B12] a file that can no longer be read', () => {
	const unreadable = () => new UploadError('FileUnreadable', 'gone');

	test('in an engine whose request hangs: the digest that fails ends it at once', async () => {
		const { task } = scriptedTask(
			blob,
			{ uploadPart: (_, signal) => hanging(signal) },
			{
				digest: async () => {
					throw unreadable();
				},
				assertReadable: async () => {
					throw unreadable();
				},
			},
		);
		await expect(task.result).rejects.toMatchObject({ code: 'FileUnreadable' });
	});

	test("with verify 'none': the first time-out looks at both ends of the part", async () => {
		const looked: number[][] = [];
		const { task, clock } = scriptedTask(
			blob,
			{ uploadPart: (_, signal) => hanging(signal) },
			{
				verify: 'none',
				assertReadable: async (start, end) => {
					looked.push([start, end]);
					throw unreadable();
				},
			},
		);
		const outcome = expect(task.result).rejects.toMatchObject({ code: 'FileUnreadable' });
		await clock.advance(31_000);
		await outcome;
		expect(looked).toEqual([[0, PART]]);
	});
});

describe('[B7] a digest that fails although the file can be read', () => {
	test('is tried again by itself: the part that OSS holds is not sent again', async () => {
		let digests = 0;
		const sent: number[] = [];
		const scripted = scriptedTask(
			blob,
			{
				uploadPart: async ({ partNumber, bytes }) => {
					sent.push(partNumber);
					const { crc64, md5 } = await scripted.digest(bytes, true);
					return { etag: `"${md5}"`, crc64 };
				},
			},
			{
				digest: async (bytes, { md5 }) => {
					if (++digests <= 2) throw new UploadError('FileUnreadable', 'the worker was lost');
					return scripted.digest(bytes, md5);
				},
			},
		);
		await scripted.clock.advance(1000);
		expect(await scripted.task.result).toMatchObject({ verified: 'object' });
		expect(sent.filter((part) => part === 1).length).toBeLessThanOrEqual(1);
	});

	test('for good ends the task with what the hasher said, after three attempts', async () => {
		let digests = 0;
		const { task, clock } = scriptedTask(
			blob,
			{},
			{
				digest: async () => {
					digests++;
					throw new UploadError('Unsupported', 'a file of the library is gone');
				},
			},
		);
		const outcome = expect(task.result).rejects.toMatchObject({ code: 'Unsupported' });
		await clock.advance(10_000);
		await outcome;
		expect(digests).toBe(3);
	});
});

test('[F1] no part goes out before the checkpoint is written', async () => {
	let write = () => {};
	const sent: number[] = [];
	const memory = memoryCheckpoints();
	const checkpoints: CheckpointStore = {
		...memory,
		create: async (checkpoint) => {
			await new Promise<void>((resolve) => {
				write = resolve;
			});
			await memory.create(checkpoint);
		},
	};
	const scripted = scriptedTask(
		blob,
		{
			uploadPart: async ({ partNumber, bytes }) => {
				sent.push(partNumber);
				const { crc64 } = await scripted.digest(bytes, false);
				return { etag: `"${partNumber}"`, crc64 };
			},
		},
		{ checkpoints },
	);
	await settle();
	expect(sent).toEqual([]);
	write();
	await scripted.task.result;
	expect(sent).toEqual([1, 2, 3]);
});

test('what ends a task that is told so by OSS is told once: no listener hears of parts afterwards', async () => {
	const { task } = scriptedTask(blob, {
		uploadPart: async () => {
			throw new ServiceError('no', { status: 403, ossCode: 'AccessDenied' });
		},
	});
	await task.result.catch(() => {});
	const heard: string[] = [];
	task.on('part', ({ status }) => heard.push(status));
	await task.settled;
	expect(heard).toEqual([]);
});

describe('[B3] abort() inside a listener, and again', () => {
	/** Abandoned is warned of once an upload, `aborts` counts what OSS was told. */
	function counting(connectivity?: Connectivity, script: Parameters<typeof scriptedTask>[1] = {}) {
		let aborts = 0;
		const warnings: string[] = [];
		const scripted = scriptedTask(
			blob,
			{
				uploadPart: (_, signal) => hanging(signal),
				abort: async () => void aborts++,
				...script,
			},
			connectivity && { connectivity },
		);
		scripted.task.on('warning', ({ code }) => warnings.push(code));
		return { ...scripted, warnings, aborts: () => aborts };
	}
	const goesOffline = () => {
		let online = true;
		return {
			connectivity: { isOnline: () => online, whenOnline: hanging },
			goOffline: () => {
				online = false;
			},
		};
	};

	test('of the state `aborted` drops the upload once', async () => {
		const { task, aborts } = counting();
		task.on('state', (state) => {
			if (state === 'aborted') void task.abort();
		});
		await settle();
		await task.abort();
		await settle();
		expect(aborts()).toBe(1);
	});

	test('of the state `failed` does, and says once that OSS could not be told', async () => {
		const { connectivity, goOffline } = goesOffline();
		const { task, warnings, checkpoints } = counting(connectivity, {
			uploadPart: async () => {
				goOffline();
				throw new ServiceError('no', { status: 403, ossCode: 'AccessDenied' });
			},
		});
		const aborted = new Promise<void>((resolve) => {
			task.on('state', (state) => {
				if (state === 'failed') void task.abort().then(resolve);
			});
		});
		await aborted;
		await expect(task.result).rejects.toMatchObject({ ossCode: 'AccessDenied' });
		expect(task.state).toBe('aborted');
		expect(warnings).toEqual(['Abandoned']);
		expect(await checkpoints.expired(0)).toHaveLength(1);
	});

	test('of a task that was stopped by close(): the row is marked, and a warning says that OSS is told later', async () => {
		const { task, lifetime, warnings, checkpoints, aborts } = counting();
		await settle();
		lifetime.abort(new Error('closed'));
		task.stop(lifetime.signal.reason);
		await task.settled;
		expect(warnings).toEqual([]);
		await task.abort();
		expect(task.state).toBe('aborted');
		expect(aborts()).toBe(0);
		expect(warnings).toEqual(['Abandoned']);
		expect(await checkpoints.find({ scope: '', bucket: 'b' })).toEqual([]);
		expect(await checkpoints.expired(0)).toHaveLength(1);
	});

	test('of an ended task leaves alone what was begun anew under its id since', async () => {
		const { task, checkpoints, aborts } = counting();
		await settle();
		task.stop(new Error('stopped'));
		await task.settled;
		const saved = await checkpoints.load('/b/k/f');
		expect(saved).toBeDefined();
		if (saved) await checkpoints.create({ ...saved.checkpoint, uploadId: 'U-newer' });
		await task.abort();
		expect(aborts()).toBe(0);
		expect(await checkpoints.load('/b/k/f')).toMatchObject({ checkpoint: { uploadId: 'U-newer' } });
	});

	test('of an ended task whose row is gone still tells OSS what this task began', async () => {
		const { task, checkpoints, aborts } = counting();
		await settle();
		task.stop(new Error('stopped'));
		await task.settled;
		await checkpoints.delete('/b/k/f');
		await task.abort();
		expect(aborts()).toBe(1);
	});

	test('[B2] while Initiate hangs and the machine is offline settles at once', async () => {
		const { connectivity, goOffline } = goesOffline();
		const { task } = counting(connectivity, { initiate: hanging });
		await settle();
		goOffline();
		const settled = watching({ abort: task.abort() });
		await settle();
		expect([...settled]).toEqual(['abort']);
	});

	test('[case 14] while Initiate hangs and the machine is online waits for the id, and aborts it', async () => {
		let answer = (_: string) => {};
		const { task, aborts } = counting(undefined, {
			initiate: () =>
				new Promise((resolve) => {
					answer = resolve;
				}),
		});
		await settle();
		const settled = watching({ abort: task.abort() });
		await settle();
		expect([...settled]).toEqual([]);
		answer('U');
		await settle();
		expect([...settled]).toEqual(['abort']);
		expect(aborts()).toBe(1);
	});

	test('[B2] while Initiate hangs on a line that the browser calls online: settles within a quarter of a minute', async () => {
		const { task, clock } = counting(undefined, { initiate: hanging });
		await settle();
		const settled = watching({ abort: task.abort() });
		await clock.advance(14_999);
		expect([...settled]).toEqual([]);
		await clock.advance(1);
		await settle();
		expect([...settled]).toEqual(['abort']);
	});
});

test('[B1] settings that are never ready, as a content type whose table does not load, hold up no end', async () => {
	const { task } = scriptedTask(blob, {}, { settings: never });
	await settle();
	const settled = watching({ settled: task.settled });
	task.stop(new Error('closed'));
	await settle();
	expect([...settled]).toEqual(['settled']);
});

test('[B7] a digest that failed with one attempt to send its part is computed anew for the next', async () => {
	let isDown = true;
	const { task, clock, digest } = scriptedTask(
		blob,
		{},
		{
			digest: async (bytes, { md5 }) => {
				if (isDown) throw new UploadError('Network', 'a file of the library', { retryable: true });
				return digest(bytes, md5);
			},
		},
	);
	await clock.advance(60_000);
	expect(task.state).toBe('uploading');
	isDown = false;
	await clock.advance(60_000);
	expect(task.state).toBe('done');
});

test('[B7] a digest that fails for good after spells offline ends the task all the same', async () => {
	let online = false;
	let digests = 0;
	const { task, clock } = scriptedTask(
		blob,
		{ uploadPart: (_, signal) => hanging(signal) },
		{
			connectivity: { isOnline: () => online, whenOnline: hanging },
			digest: async () => {
				digests++;
				if (!online) throw new UploadError('Network', 'a file of the library', { retryable: true });
				throw new Error('the worker is lost');
			},
		},
	);
	// It is tried now and then all the same.
	for (let spell = 0; spell < 5; spell++) await clock.advance(30_000);
	expect(task.state).toBe('offline');
	const before = digests;
	online = true;
	await clock.advance(60_000);
	expect(task.state).toBe('failed');
	await expect(task.result).rejects.toThrow('the worker is lost');
	expect(digests - before).toBe(3);
});

test('[B9] a task that fails leaves other uploads to its key alone', async () => {
	const checkpoints = await storeWith(blob, { id: '/b/k/other', key: 'k', fingerprint: 'other' });
	const aborted: string[] = [];
	const { task } = scriptedTask(
		blob,
		{
			uploadPart: async () => {
				throw new ServiceError('no', { status: 403, ossCode: 'AccessDenied' });
			},
			abort: async (uploadId) => void aborted.push(uploadId),
		},
		{ checkpoints },
	);
	await task.settled;
	expect(task.state).toBe('failed');
	expect(aborted).toEqual([]);
	expect(await checkpoints.load('/b/k/other')).toBeDefined();
});

test('[B7] the hasher is held from the first moment of a task to its last', async () => {
	for (const end of ['done', 'failed', 'aborted'] as const) {
		let held = 0;
		const { task } = scriptedTask(
			blob,
			end === 'failed'
				? {
						initiate: async () => {
							throw new ServiceError('no', { status: 403, ossCode: 'AccessDenied' });
						},
					}
				: {},
			{
				hold: () => {
					held++;
					return () => void held--;
				},
			},
		);
		await new Promise((resolve) => task.on('state', resolve));
		expect(held).toBe(1);
		if (end === 'aborted') await task.abort();
		await task.settled;
		expect(task.state).toBe(end);
		expect(held).toBe(0);
	}
});

import { beforeAll, describe, expect, test, vi } from 'vitest';
import { ServiceError } from '../../../src/base/errors.js';
import { memoryCheckpoints } from '../../../src/browser/storage/memory-checkpoints.js';
import { createUploadLock } from '../../../src/browser/tabs/upload-lock.js';
import type { Checkpoint } from '../../../src/core/model.js';
import type { CheckpointStore, Remote } from '../../../src/core/ports.js';
import { KeyAsking } from '../../../src/core/upload/key-asking.js';
import { settle } from '../../manual-clock.js';
import { hanging, OLD_ID, PART, type ScriptedOptions, scriptedTask, storeWith } from '../scripted-world.js';

const blob = new Blob([new Uint8Array(3 * PART).fill(7)]);

// Loaded late by those who need it: no turn of the event loop brings it.
beforeAll(() => import('../../../src/core/upload/join.js'));

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
async function untilFirstPart(options: ScriptedOptions, script: Partial<Remote> = {}) {
	const { task } = await new Promise<{ task: ReturnType<typeof scriptedTask>['task'] }>((resolve) => {
		const scripted = scriptedTask(
			blob,
			{
				...script,
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
			const key: ScriptedOptions['key'] = async (unfinished) => unfinished?.checkpoint.key ?? 'new';
			const task = await untilFirstPart({ checkpoints, key });
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
		const resumed = new Promise<void>((resolve) => {
			task.on('state', (state) => state === 'uploading' && resolve());
		});
		task.resume();
		await resumed;
		expect(reads).toEqual(['load', 'load']);
		await task.abort();
	});
});

/** A lock as a page has it: one holder of each id. */
function pageLock() {
	const held = new Set<string>();
	const claim = async (id: string) => {
		if (held.has(id)) return undefined;
		held.add(id);
		return () => void held.delete(id);
	};
	return { held, lock: { claim } };
}

describe('[A6] a key function', () => {
	test('that answers another key than the unfinished one begins anew there, and nothing of the old one is touched', async () => {
		const { checkpoints } = await countingStore();
		const { held, lock } = pageLock();
		const task = await untilFirstPart({ checkpoints, lock, key: async () => 'mine' });
		expect(task.key).toBe('mine');
		expect([...held]).toEqual(['/b/mine/f']);
		expect(await checkpoints.load(OLD_ID)).toBeDefined();
		await task.abort();
	});

	test('of two equal files that were interrupted: each is asked when the other has claimed, and both go on', async () => {
		const checkpoints = await storeWith(blob);
		const saved = await checkpoints.load(OLD_ID);
		if (saved)
			await checkpoints.create({ ...saved.checkpoint, id: '/b/other/f', key: 'other', createdAt: 5 });
		const { lock } = pageLock();
		const keys = new KeyAsking();
		const warnings: string[] = [];
		const asked: (string | undefined)[] = [];
		const begin = (own: string) => {
			const key: ScriptedOptions['key'] = async (unfinished) => {
				asked.push(unfinished?.checkpoint.key);
				return own;
			};
			const { task } = scriptedTask(
				blob,
				{ uploadPart: (_, signal) => hanging(signal) },
				{ checkpoints, lock, keys, key },
			);
			task.on('warning', ({ code }) => warnings.push(code));
			return task;
		};
		const tasks = [begin('old'), begin('other')];
		await settle();
		expect(tasks.map(({ state }) => state)).toEqual(['uploading', 'uploading']);
		expect(tasks.map(({ checkpointId }) => checkpointId)).toEqual([OLD_ID, '/b/other/f']);
		// The first passes the newest by, which the second then takes: nothing is lost, and nothing is warned of.
		expect(asked).toEqual(['other', 'other']);
		expect(warnings).toEqual([]);
		for (const task of tasks) await task.abort();
	});

	test('that passes an unfinished upload by which nobody claims is a warning, once', async () => {
		const checkpoints = await storeWith(blob);
		const keys = new KeyAsking();
		const warnings: string[] = [];
		for (const own of ['random-1', 'random-2']) {
			const { task } = scriptedTask(
				blob,
				{ uploadPart: (_, signal) => hanging(signal) },
				{ checkpoints, keys, key: async () => own },
			);
			task.on('warning', ({ code, message }) => warnings.push(`${code}: ${message}`));
			await settle();
			await task.abort();
		}
		expect(warnings).toEqual([expect.stringMatching(/^NotResumed: .*"old"/)]);
	});

	test('is asked once, also when the task is paused while it is looked for what other tabs run', async () => {
		const asked: unknown[] = [];
		const memory = memoryCheckpoints();
		let isHung = false;
		// What is unfinished is looked for first.
		let finds = 0;
		const find: CheckpointStore['find'] = async (query) => {
			isHung = ++finds === 2;
			return isHung ? new Promise(() => {}) : memory.find(query);
		};
		const { task } = scriptedTask(
			blob,
			{},
			{
				checkpoints: { ...memory, find },
				ifRunning: 'follow',
				key: async (unfinished) => {
					asked.push(unfinished);
					return 'k';
				},
			},
		);
		await settle();
		expect(isHung).toBe(true);
		task.pause();
		await settle();
		task.resume();
		expect((await task.result).key).toBe('k');
		expect(asked).toEqual([undefined]);
	});

	test('is asked once, also when the task is paused while it is being asked', async () => {
		let asked = 0;
		let answer = (_: string) => {};
		const key = () => {
			asked++;
			return new Promise<string>((resolve) => {
				answer = resolve;
			});
		};
		const { task } = scriptedTask(blob, { uploadPart: (_, signal) => hanging(signal) }, { key });
		await settle();
		task.pause();
		task.resume();
		await settle();
		answer('k');
		await settle();
		expect({ asked, key: task.key, state: task.state }).toEqual({ asked: 1, key: 'k', state: 'uploading' });
		await task.abort();
	});

	test('that hangs holds up neither its abort() nor the next one of this content', async () => {
		const keys = new KeyAsking();
		const options = { keys, checkpoints: memoryCheckpoints() };
		const hung = scriptedTask(blob, {}, { ...options, key: () => new Promise(() => {}) });
		const next = scriptedTask(blob, {}, { ...options, key: async () => 'k' });
		await settle();
		expect(next.task.state).toBe('preparing');
		await hung.task.abort();
		expect(await next.task.result).toMatchObject({ key: 'k' });
	});

	test('of a file of one part is told of no unfinished upload', async () => {
		const small = new Blob([new Uint8Array(PART)]);
		const checkpoints = await storeWith(small, { partSize: PART / 2 });
		const told: unknown[] = [];
		const key: ScriptedOptions['key'] = async (unfinished) => {
			told.push(unfinished);
			return 'new';
		};
		await scriptedTask(small, {}, { checkpoints, key }).task.result;
		expect(told).toEqual([undefined]);
	});

	test('is not told of one that was aborted while OSS could not be told', async () => {
		const checkpoints = await storeWith(blob);
		await checkpoints.mark(OLD_ID, 'abandoned');
		const told: unknown[] = [];
		const key: ScriptedOptions['key'] = async (unfinished) => {
			told.push(unfinished);
			return 'new';
		};
		await scriptedTask(blob, {}, { checkpoints, key }).task.result;
		expect(told).toEqual([undefined]);
	});
});

test('a file that does not answer while it is fingerprinted ends the task, which may be tried again', async () => {
	const never = () => new Promise<never>(() => {});
	const { task, clock } = scriptedTask(blob, {}, { fingerprint: never, assertReadable: never });
	await clock.advance(160_000);
	expect(task.state).toBe('failed');
	await expect(task.result).rejects.toMatchObject({ code: 'FileUnreadable', retryable: true });
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

	test('is not told of one that another tab abandons before it could be claimed', async () => {
		const checkpoints = await storeWith(blob);
		const told: unknown[] = [];
		const { task } = scriptedTask(
			blob,
			{},
			{
				checkpoints: {
					...checkpoints,
					find: async (query) => {
						const found = await checkpoints.find(query);
						await checkpoints.mark(OLD_ID, 'abandoned');
						return found;
					},
				},
				key: async (unfinished) => {
					told.push(unfinished);
					return 'new';
				},
			},
		);
		await task.result;
		expect(told).toEqual([undefined]);
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

test('[A6] an unfinished upload that a call with a plain key, or resume(), has taken meanwhile is not warned of', async () => {
	for (const way of [{ key: 'old' }, { resumes: OLD_ID }]) {
		const checkpoints = await storeWith(blob);
		const { lock } = pageLock();
		const options = { checkpoints, lock, keys: new KeyAsking() };
		const warnings: string[] = [];
		let answer = (_: string) => {};
		const hangs = { uploadPart: (_: unknown, signal: AbortSignal) => hanging(signal) };
		const passing = scriptedTask(blob, hangs, { ...options, key: async () => 'mine' });
		// As long as this one has not decided, nobody knows whether it takes what the first has passed by.
		const asked = new Promise<string>((resolve) => {
			answer = resolve;
		});
		const undecided = scriptedTask(blob, hangs, { ...options, key: () => asked });
		for (const { task } of [passing, undecided]) task.on('warning', ({ code }) => warnings.push(code));
		// It is asked about the unfinished upload, and lets go of it at its pause.
		await settle();
		undecided.task.pause();
		await settle();
		const taking = scriptedTask(blob, hangs, { ...options, ...way });
		await settle();
		expect(taking.task.checkpointId).toBe(OLD_ID);
		answer('theirs');
		undecided.task.resume();
		await settle();
		expect(undecided.task.key).toBe('theirs');
		expect(warnings).toEqual([]);
		for (const { task } of [passing, undecided, taking]) await task.abort();
	}
});

test('[A6] what an answer passed by is told once no call is left that could take it, also when the last one fails', async () => {
	const checkpoints = await storeWith(blob);
	const options = { checkpoints, keys: new KeyAsking() };
	const warnings: string[] = [];
	const hangs = { uploadPart: (_: unknown, signal: AbortSignal) => hanging(signal) };
	let fail = (_: Error) => {};
	const failing = scriptedTask(blob, hangs, {
		...options,
		key: () =>
			new Promise((_, reject) => {
				fail = reject;
			}),
	});
	await settle();
	failing.task.pause();
	const passing = scriptedTask(blob, hangs, { ...options, key: async () => 'mine' });
	passing.task.on('warning', ({ code }) => warnings.push(code));
	await settle();
	expect(passing.task.key).toBe('mine');
	expect(warnings).toEqual([]);
	fail(new Error('no key'));
	failing.task.resume();
	await expect(failing.task.result).rejects.toThrow('no key');
	expect(warnings).toEqual(['NotResumed']);
	await passing.task.abort();
});

test('[A6] what was passed by is told when no call of a file of its size is left, whatever others do', () => {
	const keys = new KeyAsking();
	const warned: string[] = [];
	const [leave, leaveOther] = [keys.enter(1), keys.enter(2)];
	keys.passedBy('id', { size: 1, warn: () => warned.push('id') });
	leaveOther();
	expect(warned).toEqual([]);
	leave();
	leave();
	expect(warned).toEqual(['id']);
});

describe('an upload that nobody runs any more, and that this page has not let go of yet, is waited for', () => {
	const lock = createUploadLock();

	test('of a task that was stopped before Initiate has answered: the next goes on with that very upload', async () => {
		let answer = (_: string) => {};
		const initiate = vi.fn(() => new Promise<string>((resolve) => (answer = resolve)));
		const checkpoints = memoryCheckpoints();
		const first = scriptedTask(blob, { initiate }, { checkpoints, lock }).task;
		await vi.waitUntil(() => initiate.mock.calls.length > 0);
		first.stop(new Error('enough'));
		await expect(first.result).rejects.toThrow('enough');

		const { task } = scriptedTask(blob, { initiate }, { checkpoints, lock });
		await settle();
		expect(task.state).toBe('preparing');
		answer('U');
		await task.result;
		expect(initiate).toHaveBeenCalledTimes(1);
	});

	test('of one that is aborted while OSS is told: the next begins anew', async () => {
		let answer = () => {};
		const abort = () => new Promise<void>((resolve) => (answer = resolve));
		const checkpoints = memoryCheckpoints();
		const first = await untilFirstPart({ checkpoints, lock }, { abort });
		const aborted = first.abort();
		await settle();
		const { task } = scriptedTask(blob, {}, { checkpoints, lock });
		await settle();
		expect(task.state).toBe('preparing');
		answer();
		await aborted;
		await task.result;
	});

	test.each(['key', 'resume'] as const)('of what is dropped by itself (%s)', async (way) => {
		let answer = () => {};
		const abort = () => new Promise<void>((resolve) => (answer = resolve));
		const checkpoints = await storeWith(blob);
		const how = way === 'key' ? { key: 'old' } : { resumes: OLD_ID };
		const { task, dropper } = scriptedTask(blob, { abort }, { checkpoints, lock, ...how });
		const dropping = dropper.dropIdle({ store: checkpoints, warn: () => {} }, OLD_ID);
		await settle();
		expect(task.state).toBe('preparing');
		answer();
		await dropping;
		if (way === 'key') await task.result;
		else await expect(task.result).rejects.toMatchObject({ code: 'UploadGone' });
	});

	test('of what OSS is told of later', async () => {
		const answers = [Promise.reject(new ServiceError('no', { status: 400, ossCode: 'No' }))];
		let answer = () => {};
		const last = new Promise<void>((resolve) => (answer = resolve));
		const abort = vi.fn(() => answers.shift() ?? last);
		const checkpoints = await storeWith(blob);
		const { dropper, clock } = scriptedTask(blob, { abort }, { checkpoints, lock, key: 'other' });
		await dropper.dropIdle({ store: checkpoints, warn: () => {} }, OLD_ID);
		await clock.advance(10_000);
		expect(abort).toHaveBeenCalledTimes(2);
		const { task } = scriptedTask(blob, {}, { checkpoints, lock, key: 'old' });
		await settle();
		expect(task.state).toBe('preparing');
		answer();
		await task.result;
	});

	test('until the task is stopped itself', async () => {
		const first = await lock.claim(OLD_ID, new AbortController().signal, true);
		const { task } = scriptedTask(blob, {}, { lock, key: 'old' });
		await settle();
		expect(task.state).toBe('preparing');
		task.stop(new Error('enough'));
		await task.settled;
		first?.();
		(await lock.claim(OLD_ID))?.();
	});
});

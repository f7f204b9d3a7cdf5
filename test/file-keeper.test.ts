import { beforeEach, describe, expect, test, vi } from 'vitest';
import { blobSource } from '../src/browser/source.js';
import type { FileHandle, KeptSource, SourceStore } from '../src/core/ports.js';
import type { UploadWarning } from '../src/core/task/events.js';
import type { TaskState } from '../src/core/task/state.js';
import { FileKeeper } from '../src/file-keeper.js';
import type { UploadTask } from '../src/index.js';
import { ManualClock, settle } from './manual-clock.js';

const KiB = 1024;
const MiB = 1024 * KiB;
const file = new File([new Uint8Array(300 * KiB)], 'film.mp4');

let clock: ManualClock;
let warnings: UploadWarning[];
let keptTimes: number;
beforeEach(() => {
	clock = new ManualClock();
	warnings = [];
	keptTimes = 0;
	vi.restoreAllMocks();
	vi.unstubAllGlobals();
});

/** A store in memory, of which each call may be scripted. */
function storeOf(script: Partial<SourceStore> = {}) {
	const kept = new Map<string, Blob | FileHandle>();
	const store: SourceStore = {
		list: async () =>
			[...kept].map(
				([id, each]): KeptSource =>
					'getFile' in each ? { id, size: 0, handle: each } : { id, size: each.size, handle: undefined },
			),
		load: async (id) => kept.get(id),
		async put(id, each) {
			kept.set(id, each);
			return true;
		},
		delete: async (id) => void kept.delete(id),
		removeOrphans: async () => 0,
		...script,
	};
	return { kept, store };
}

const optionsOf = (store: SourceStore, whenIdle = () => new Promise<void>(() => {})) => ({
	checkpoints: { sources: async () => store },
	clock,
	lifetime: new AbortController().signal,
	warn: (warning: UploadWarning) => warnings.push(warning),
	onKept: () => keptTimes++,
	whenIdle,
});
const keeperOf = (...args: Parameters<typeof optionsOf>) => new FileKeeper(optionsOf(...args));

/** A task that shows what it is told to. */
function taskOf(id = 'id') {
	const listeners = new Set<() => void>();
	const shown = {
		state: 'waiting' as TaskState,
		checkpointId: undefined as string | undefined,
		progress: { partsTotal: 0, remainingMs: undefined as number | undefined },
	};
	const task = Object.assign(shown, {
		on(_: string, listener: () => void) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
	}) as unknown as UploadTask;
	const show = async (state: TaskState, remainingMs?: number, partsTotal = 3) => {
		Object.assign(shown, { state, checkpointId: id, progress: { partsTotal, remainingMs } });
		for (const listener of [...listeners]) listener();
		await settle();
	};
	return { task, show, listeners };
}

const handleOf = (extra: Partial<FileHandle> = {}): FileHandle => ({
	name: 'film.mp4',
	getFile: async () => file,
	...extra,
});

const source = blobSource(file);
const keepCopy = (keeper: FileKeeper, task: UploadTask, maxCopy = MiB) =>
	keeper.keep(task, source, file, maxCopy);
/** As `resume(id)` does. */
const keepOpened = (keeper: FileKeeper, task: UploadTask) => keeper.keep(task, source, undefined, 0);
const keepHandle = (keeper: FileKeeper, task: UploadTask, handle = handleOf(), maxCopy = 0) =>
	keeper.keep(task, source, handle, maxCopy);

describe('a handle', () => {
	test('is kept as soon as the upload is recorded, and not before', async () => {
		const { store, kept } = storeOf();
		const { task, show } = taskOf();
		const handle = handleOf();
		const keeper = keeperOf(store);
		keepHandle(keeper, task, handle);
		await show('preparing', undefined, 0);
		expect(kept.size).toBe(0);
		await show('uploading');
		expect([...kept]).toEqual([['id', handle]]);
		expect(keeper.holds(task)).toBe(true);
		expect(keptTimes).toBe(1);
	});

	test('of a file of one part is not: there is nothing to go on with', async () => {
		const { store, kept } = storeOf();
		const { task, show } = taskOf();
		keepHandle(keeperOf(store), task);
		await show('uploading', undefined, 1);
		expect(kept.size).toBe(0);
	});

	const refusing: Partial<SourceStore> = {
		async put(_, each) {
			if ('getFile' in each) throw new DOMException('no', 'DataCloneError');
			return true;
		},
	};

	test('that the store refuses is one warning', async () => {
		const { task, show } = taskOf();
		const keeper = keeperOf(storeOf(refusing).store);
		keepHandle(keeper, task);
		await show('uploading');
		await show('uploading', 20_000);
		expect(warnings).toMatchObject([{ code: 'Storage', cause: { name: 'DataCloneError' } }]);
		expect(keeper.holds(task)).toBe(false);
	});

	test('that the store refuses gives way to a copy, where that was asked for', async () => {
		const { task, show } = taskOf();
		const { store } = storeOf(refusing);
		const put = vi.spyOn(store, 'put');
		const keeper = keeperOf(store);
		keepHandle(keeper, task, handleOf(), MiB);
		await show('uploading');
		await show('uploading', 20_000);
		expect(put.mock.calls.map(([, each]) => each)).toEqual([expect.anything(), file]);
		expect(keeper.holds(task)).toBe(true);
		expect(warnings).toEqual([]);
	});
});

describe('a copy', () => {
	test('is made once more than ten seconds remain, and only then', async () => {
		const { store, kept } = storeOf();
		const { task, show } = taskOf();
		const keeper = keeperOf(store);
		keepCopy(keeper, task);
		await show('uploading');
		await show('uploading', 10_000);
		expect(kept.size).toBe(0);
		// The line has become slow.
		await show('uploading', 10_001);
		expect([...kept]).toEqual([['id', file]]);
		expect(keeper.holds(task)).toBe(true);
	});

	test('is made of one file at a time', async () => {
		let end = (_: boolean): void => {};
		const putting: string[] = [];
		const { store } = storeOf({
			put: (id) => {
				putting.push(id);
				return new Promise((resolve) => {
					end = resolve;
				});
			},
		});
		const keeper = keeperOf(store);
		const [one, other] = [taskOf('one'), taskOf('other')];
		for (const { task } of [one, other]) keepCopy(keeper, task);
		await one.show('uploading', 20_000);
		await other.show('uploading', 20_000);
		expect(putting).toEqual(['one']);
		end(true);
		await settle();
		await other.show('uploading', 20_000);
		expect(putting).toEqual(['one', 'other']);
	});

	test('of a file that is too large for it is not made, and nothing is said', async () => {
		const { store, kept } = storeOf();
		const { task, show } = taskOf();
		keepCopy(keeperOf(store), task, file.size - 1);
		await show('uploading', 20_000);
		expect(kept.size).toBe(0);
		expect(warnings).toEqual([]);
	});

	const { size, lastModified } = file;
	const copy = new File([file], 'renamed.mp4', { lastModified });

	test('of the file that is there already stays, and counts also where little remains', async () => {
		const { store, kept } = storeOf();
		kept.set('id', copy);
		const put = vi.spyOn(store, 'put');
		const { task, show } = taskOf();
		const keeper = keeperOf(store);
		keepCopy(keeper, task);
		await show('uploading', 5000);
		expect(keeper.holds(task)).toBe(true);
		await show('uploading', 20_000);
		expect(put).not.toHaveBeenCalled();
	});

	test('of a recording, which has no time, is of the same while its size is', async () => {
		const { store, kept } = storeOf();
		const recording = new Blob(['recorded']);
		kept.set('id', new File([recording], '', { lastModified: 0 }));
		const { task, show } = taskOf();
		const keeper = keeperOf(store);
		keeper.keep(task, blobSource(recording), recording, MiB);
		await show('uploading', 5000);
		expect(keeper.holds(task)).toBe(true);
	});

	test.each([
		['time', new File([file], file.name, { lastModified: lastModified - 1 })],
		['size', new File([new Uint8Array(size + 1)], file.name, { lastModified })],
	])(
		'of another %s is of another version: it goes at once, and this one is kept as any is',
		async (_, stale) => {
			const { store, kept } = storeOf();
			kept.set('id', stale);
			const { task, show } = taskOf();
			const keeper = keeperOf(store);
			keepCopy(keeper, task);
			await show('uploading');
			expect(kept.size).toBe(0);
			expect(keeper.holds(task)).toBe(false);
			await show('uploading', 20_000);
			expect(kept.get('id')).toBe(file);
			expect(keeper.holds(task)).toBe(true);
		},
	);

	test('of another version is replaced on resume(id, file) too, as that was asked for once', async () => {
		const { store, kept } = storeOf();
		kept.set('id', new File([file], file.name, { lastModified: lastModified - 1 }));
		const { task, show } = taskOf();
		keepCopy(keeperOf(store), task, 0);
		await show('uploading', 20_000);
		expect(kept.get('id')).toBe(file);
	});

	test('that cannot be looked for is told only where one was to be made', async () => {
		const { store } = storeOf({ load: () => Promise.reject(new Error('broken')) });
		const looked = vi.spyOn(store, 'load');
		const keeper = keeperOf(store);
		for (const maxCopy of [0, MiB]) {
			const { task, show } = taskOf();
			keepCopy(keeper, task, maxCopy);
			await show('uploading', 5000);
			await show('uploading', 4000);
		}
		expect(looked).toHaveBeenCalledTimes(2);
		expect(warnings).toEqual([]);
		const { task, show } = taskOf();
		keepCopy(keeper, task);
		await show('uploading', 20_000);
		expect(warnings).toHaveLength(1);
	});

	test('of another version goes also where a handle that the store refuses was to take its place', async () => {
		const { store, kept } = storeOf({ put: () => Promise.reject(new DOMException('no', 'DataCloneError')) });
		kept.set('id', new File([file], file.name, { lastModified: lastModified - 1 }));
		const { task, show } = taskOf();
		keepHandle(keeperOf(store), task);
		await show('uploading');
		await show('uploading', 5000);
		expect(kept.size).toBe(0);
	});

	test('takes the place of a handle: its file may be gone, so that it does not count', async () => {
		const { store, kept } = storeOf();
		const handle = handleOf();
		kept.set('id', handle);
		const { task, show } = taskOf();
		const keeper = keeperOf(store);
		keepCopy(keeper, task);
		await show('uploading');
		expect(kept.get('id')).toBe(handle);
		expect(keeper.holds(task)).toBe(false);
		await show('uploading', 20_000);
		expect(kept.get('id')).toBe(file);
		expect(keeper.holds(task)).toBe(true);
	});

	test('counts as kept through a pause, and where the upload begins anew', async () => {
		const { store } = storeOf();
		const { task, show } = taskOf();
		const keeper = keeperOf(store);
		keepCopy(keeper, task);
		await show('uploading', 20_000);
		for (const state of ['paused', 'waiting', 'preparing', 'uploading'] as const) {
			await show(state, 5000);
			expect(keeper.holds(task)).toBe(true);
		}
	});

	test('takes the place of a handle that was listed: it is what is opened then', async () => {
		const { store, kept } = storeOf();
		kept.set('id', handleOf({ getFile: () => Promise.reject(new Error('gone')) }));
		const { task, show } = taskOf();
		const keeper = keeperOf(store);
		await keeper.list();
		keepCopy(keeper, task);
		await show('uploading', 20_000);
		expect(await keeper.open('id')).toBe(file);
	});

	test('is given up when its upload is done, without a word; not when it fails', async () => {
		for (const [end, isAborted] of [
			['done', true],
			['aborted', true],
			['failed', false],
			['stopped', false],
		] as const) {
			let writing: AbortSignal | undefined;
			const { store } = storeOf({
				put: (_, __, signal) => {
					writing = signal;
					return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
				},
			});
			const { task, show, listeners } = taskOf();
			const keeper = keeperOf(store);
			keepCopy(keeper, task);
			await show('uploading', 20_000);
			await show(end);
			expect(writing?.aborted).toBe(isAborted);
			expect(warnings).toEqual([]);
			expect(listeners.size).toBe(0);
			expect(keeper.holds(task)).toBe(false);
		}
	});

	test.each([
		['a tenth of the quota', { quota: 10 * file.size - 10 }, 0],
		['what is free', { quota: 100 * file.size, usage: 100 * file.size - 1 }, 0],
		['512 MiB with all others', { quota: 1e12 }, 512 * MiB - file.size + 1],
	])('that needs more than %s is not made, with one warning', async (_, estimate, others) => {
		vi.stubGlobal('navigator', { storage: { estimate: async () => estimate } });
		const { store } = storeOf({ list: async () => [{ id: 'other', size: others, handle: undefined }] });
		const put = vi.spyOn(store, 'put');
		const keeper = keeperOf(store);
		for (const id of ['one', 'two']) {
			const { task, show } = taskOf(id);
			keepCopy(keeper, task);
			await show('uploading', 20_000);
			await show('uploading', 20_000);
		}
		expect(put).not.toHaveBeenCalled();
		expect(warnings).toMatchObject([{ code: 'Storage', message: expect.stringContaining('picked again') }]);
	});

	test('that fits exactly is made', async () => {
		vi.stubGlobal('navigator', { storage: { estimate: async () => ({ quota: 10 * file.size }) } });
		const { store, kept } = storeOf();
		const { task, show } = taskOf();
		keepCopy(keeperOf(store), task);
		await show('uploading', 20_000);
		expect(kept.size).toBe(1);
	});

	test('that the browser refuses is one warning, and no more is tried of that upload', async () => {
		const { store } = storeOf({ put: () => Promise.reject(new DOMException('full', 'QuotaExceededError')) });
		const put = vi.spyOn(store, 'put');
		const { task, show } = taskOf();
		keepCopy(keeperOf(store), task);
		await show('uploading', 20_000);
		await show('uploading', 19_000);
		expect(put).toHaveBeenCalledTimes(1);
		expect(warnings).toMatchObject([{ code: 'Storage', cause: { name: 'QuotaExceededError' } }]);
	});

	test('whose checkpoint is not in the store does not count as kept', async () => {
		const { store } = storeOf({ put: async () => false });
		const { task, show } = taskOf();
		const keeper = keeperOf(store);
		keepCopy(keeper, task);
		await show('uploading', 20_000);
		expect(keeper.holds(task)).toBe(false);
	});
});

describe('what is kept', () => {
	test('is told by its kind', async () => {
		const { store, kept } = storeOf();
		kept.set('a', handleOf());
		kept.set('b', file);
		expect([...(await keeperOf(store).list())]).toEqual([
			['a', 'handle'],
			['b', 'copy'],
		]);
	});

	test('counts as kept of an upload that goes on with it', async () => {
		const { store, kept } = storeOf();
		kept.set('id', handleOf());
		const { task, show } = taskOf();
		const keeper = keeperOf(store);
		keepOpened(keeper, task);
		await show('uploading');
		expect(keeper.holds(task)).toBe(true);
		expect(keeper.holds(taskOf().task)).toBe(false);
		const other = taskOf('other');
		await other.show('uploading');
		expect(keeper.holds(other.task)).toBe(false);
	});

	test.each([
		['hangs', () => new Promise<never>(() => {})],
		['fails', () => Promise.reject(new Error('broken'))],
	])('a store that %s says nothing of it, after ten seconds at the latest', async (_, list) => {
		const listed = keeperOf(storeOf({ list }).store).list();
		await clock.advance(10_000);
		expect(await listed).toEqual(new Map());
	});

	test('is tidied up once, when nothing is sent', async () => {
		let becomeIdle = () => {};
		const { store } = storeOf();
		const removed = vi.spyOn(store, 'removeOrphans');
		const keeper = keeperOf(store, () => new Promise((resolve) => (becomeIdle = resolve)));
		await keeper.list();
		await keeper.list();
		expect(removed).not.toHaveBeenCalled();
		becomeIdle();
		await settle();
		expect(removed).toHaveBeenCalledTimes(1);
	});

	test('is tidied up on a visit that keeps nothing, too', async () => {
		const { store } = storeOf();
		const removed = vi.spyOn(store, 'removeOrphans');
		const { task, show } = taskOf();
		keepCopy(
			keeperOf(store, async () => {}),
			task,
		);
		await show('uploading', 1000);
		await show('done');
		expect(removed).toHaveBeenCalledTimes(1);
	});

	test('is not looked at any more when the uploader is closed', async () => {
		let becomeIdle = () => {};
		const { store } = storeOf();
		const removed = vi.spyOn(store, 'removeOrphans');
		const lifetime = new AbortController();
		const whenIdle = () => new Promise<void>((resolve) => (becomeIdle = resolve));
		await new FileKeeper({ ...optionsOf(store, whenIdle), lifetime: lifetime.signal }).list();
		lifetime.abort();
		becomeIdle();
		await settle();
		expect(removed).not.toHaveBeenCalled();
	});

	test('is opened as it was listed last: another tab may have replaced a handle', async () => {
		const { store, kept } = storeOf();
		kept.set('id', handleOf({ getFile: () => Promise.reject(new Error('gone')) }));
		const keeper = keeperOf(store);
		await keeper.list();
		kept.set('id', file);
		await keeper.list();
		expect(await keeper.open('id')).toBe(file);
	});

	test('in a store that hangs is waited for once, for ten seconds, with one warning; and looked at again when it has answered', async () => {
		let answer = (_: readonly KeptSource[]) => {};
		const hanging = new Promise<readonly KeptSource[]>((resolve) => {
			answer = resolve;
		});
		const list = vi.fn().mockReturnValueOnce(hanging).mockResolvedValue([]);
		const keeper = keeperOf(storeOf({ list }).store);
		const listed = keeper.list();
		await clock.advance(9_999);
		expect(warnings).toEqual([]);
		await clock.advance(1);
		expect(await listed).toEqual(new Map());
		// No time passes any more.
		expect(await keeper.list()).toEqual(new Map());
		await expect(keeper.removeOrphans()).rejects.toMatchObject({ code: 'Storage' });
		await expect(keeper.open('id')).rejects.toMatchObject({ code: 'Storage' });
		expect(list).toHaveBeenCalledTimes(1);
		expect(warnings).toMatchObject([
			{ code: 'Storage', message: expect.stringContaining('have the file picked') },
		]);
		answer([]);
		await settle();
		await keeper.list();
		expect(list).toHaveBeenCalledTimes(2);
		expect(warnings).toHaveLength(1);
	});

	test.each<[string, () => Promise<SourceStore>]>([
		['hangs', () => new Promise(() => {})],
		['hangs when it is looked at', async () => storeOf({ removeOrphans: () => new Promise(() => {}) }).store],
	])('for nothing, in a store that %s, is given up after ten seconds', async (_, sources) => {
		const keeper = new FileKeeper({ ...optionsOf(storeOf().store), checkpoints: { sources } });
		const removed = keeper.removeOrphans().catch((error: unknown) => error);
		await clock.advance(10_000);
		expect(await removed).toMatchObject({ code: 'Storage' });
		expect(warnings).toHaveLength(1);
	});

	test('in a store that hangs when it is opened is not kept, which is said', async () => {
		const checkpoints = { sources: () => new Promise<never>(() => {}) };
		const { task, show } = taskOf();
		keepHandle(new FileKeeper({ ...optionsOf(storeOf().store), checkpoints }), task);
		await show('uploading');
		await clock.advance(10_000);
		expect(warnings).toMatchObject([{ code: 'Storage' }]);
	});

	test('is opened anew where the store failed to load', async () => {
		const { store, kept } = storeOf();
		kept.set('id', file);
		let isBroken = true;
		const keeper = new FileKeeper({
			...optionsOf(store),
			checkpoints: { sources: async () => (isBroken ? Promise.reject(new Error('no')) : store) },
		});
		expect((await keeper.list()).size).toBe(0);
		isBroken = false;
		expect((await keeper.list()).size).toBe(1);
	});
});

describe('opening', () => {
	test('of a handle that was listed asks for the permission before anything is awaited', async () => {
		const { store, kept } = storeOf();
		const requestPermission = vi.fn(async () => 'granted');
		kept.set('id', handleOf({ requestPermission }));
		const keeper = keeperOf(store);
		await keeper.list();
		const opening = keeper.open('id');
		expect(requestPermission.mock.calls).toEqual([[{ mode: 'read' }]]);
		expect(await opening).toBe(file);
		expect(keeper.nameOf('id')).toBe('film.mp4');
	});

	test('of a handle that was not listed asks too', async () => {
		const { store, kept } = storeOf();
		const requestPermission = vi.fn(async () => 'granted');
		kept.set('id', handleOf({ requestPermission }));
		expect(await keeperOf(store).open('id')).toBe(file);
		expect(requestPermission).toHaveBeenCalledTimes(1);
	});

	test('of a handle of a browser that asks nobody', async () => {
		const { store, kept } = storeOf();
		kept.set('id', handleOf());
		expect(await keeperOf(store).open('id')).toBe(file);
	});

	test.each([
		['refused', async () => 'denied'],
		['not answered', async () => 'prompt'],
		['asked for outside of a click', () => Promise.reject(new DOMException('no', 'SecurityError'))],
	])(
		'without a permission, since it was %s, is FileUnreadable, and reads nothing',
		async (_, requestPermission) => {
			const { store, kept } = storeOf();
			const getFile = vi.fn(async () => file);
			kept.set('id', handleOf({ requestPermission, getFile }));
			await expect(keeperOf(store).open('id')).rejects.toMatchObject({
				code: 'FileUnreadable',
				message: expect.stringContaining('inside of a click'),
			});
			expect(getFile).not.toHaveBeenCalled();
		},
	);

	test('of a handle that was picked just now needs no store', async () => {
		const { store } = storeOf({ load: () => Promise.reject(new Error('not asked')) });
		expect(await keeperOf(store).open(handleOf())).toBe(file);
	});

	test('once more gives the file as it is now, as long as it is the same version', async () => {
		const handle = handleOf();
		const keeper = keeperOf(storeOf().store);
		expect(await keeper.open(handle, file)).toBe(file);
		for (const [size, lastModified] of [
			[file.size + 1, file.lastModified],
			[file.size, file.lastModified + 1],
		] as const) {
			const before = new File([new Uint8Array(size)], 'film.mp4', { lastModified });
			await expect(keeper.open(handle, before)).rejects.toMatchObject({ code: 'FileChanged' });
		}
	});

	test('once more needs the copy no more: it is at hand', async () => {
		const { store, kept } = storeOf();
		kept.set('id', file);
		const keeper = keeperOf(store);
		const opened = await keeper.open('id');
		kept.clear();
		expect(await keeper.open('id', opened)).toBe(file);
	});

	test('once more by a handle that was not listed looks at its file again', async () => {
		const { store, kept } = storeOf();
		let now = file;
		kept.set('id', handleOf({ getFile: async () => now }));
		const keeper = keeperOf(store);
		const opened = await keeper.open('id');
		now = new File(['edited'], file.name);
		await expect(keeper.open('id', opened)).rejects.toMatchObject({ code: 'FileChanged' });
	});

	test('of a file that is gone is FileUnreadable, with the browser’s reason', async () => {
		const cause = new DOMException('gone', 'NotFoundError');
		const handle = handleOf({ getFile: () => Promise.reject(cause) });
		await expect(keeperOf(storeOf().store).open(handle)).rejects.toMatchObject({
			code: 'FileUnreadable',
			cause,
		});
	});

	test('from a store that hangs is given up after ten seconds, with what to do', async () => {
		const keeper = keeperOf(storeOf({ load: () => new Promise(() => {}) }).store);
		const opened = keeper.open('id').catch((error: unknown) => error);
		await clock.advance(10_000);
		expect(await opened).toMatchObject({
			code: 'Storage',
			message: expect.stringContaining('resume(id, file)'),
		});
	});

	test('of a copy gives the copy, and of nothing is a TypeError that says what to pass', async () => {
		const { store, kept } = storeOf();
		kept.set('id', file);
		const keeper = keeperOf(store);
		expect(await keeper.open('id')).toBe(file);
		await expect(keeper.open('other')).rejects.toThrow(TypeError);
		await expect(keeper.open('other')).rejects.toThrow('resume(id, file)');
	});
});

import { describe, expect, test, vi } from 'vitest';
import type { CheckpointStore, PendingUpload, Uploader, UploadTask } from '../../src/index.js';
import { bucket, fileOf, interrupted, KiB, openWorld, PART, type World, whenStored } from '../page.js';

type Shown = ReturnType<Uploader['snapshot']>;

/** Resolves with the first value that is as wanted. */
function whenShown(page: Uploader, isWanted: (shown: Shown) => boolean): Promise<Shown> {
	return new Promise((resolve) => {
		const look = () => {
			const shown = page.snapshot();
			if (!isWanted(shown)) return;
			stop();
			resolve(shown);
		};
		const stop = page.subscribe(look);
		queueMicrotask(look);
	});
}

/** A task whose second part hangs. */
async function hangingTask(world: World, page: Uploader, options: object = {}): Promise<UploadTask> {
	world.fault({ operation: 'UploadPart', partNumber: 2, times: 'always', action: { type: 'hang' } });
	const task = page.upload(fileOf(3 * PART), { key: 'k', partSize: PART, ...options });
	await Promise.all([
		whenStored(task, 1),
		world.oss.whenArrived(({ operation, partNumber }) => operation === 'UploadPart' && partNumber === 2),
	]);
	return task;
}

describe('tasks', () => {
	test('are those that have not ended, oldest first', async () => {
		const world = await openWorld();
		const page = world.page({ parallel: 1 });
		expect(page.tasks).toEqual([]);
		const tasks = ['a', 'b', 'c', 'd'].map((key) => page.upload(fileOf(KiB), { key }));
		expect(page.tasks).toEqual(tasks);
		await tasks[1]?.abort();
		expect(page.tasks).toEqual([tasks[0], tasks[2], tasks[3]]);
		tasks[2]?.pause();
		await Promise.all([tasks[0]?.result, tasks[3]?.result]);
		expect(page.tasks).toEqual([tasks[2]]);
		tasks[2]?.resume();
		await tasks[2]?.result;
		expect(page.tasks).toEqual([]);
	});
});

describe('the snapshot of an uploader', () => {
	test('is one frozen value until it changes, and of something that has just begun', async () => {
		const world = await openWorld();
		const page = world.page();
		const idle = page.snapshot();
		expect(idle).toEqual({
			tasks: [],
			pending: [],
			totals: { loaded: 0, total: 0, bytesPerSecond: 0, remainingMs: 0, running: 0 },
		});
		expect(page.snapshot()).toBe(idle);
		expect(Object.isFrozen(idle) && Object.isFrozen(idle.totals)).toBe(true);
		let told = 0;
		page.subscribe(() => told++);
		const task = page.upload(fileOf(KiB), { key: 'k' });
		expect(told).toBe(1);
		const begun = page.snapshot();
		expect(begun).not.toBe(idle);
		expect(begun).toMatchObject({ tasks: [task], totals: { total: KiB, running: 0 } });
		expect(page.snapshot()).toBe(begun);
		await task.result;
		expect(begun.tasks).toEqual([task]);
	});

	test('and `subscribe` can be handed on by themselves, as `useSyncExternalStore` takes them', async () => {
		const world = await openWorld();
		const page = world.page();
		const { snapshot, subscribe } = page;
		const counts: number[] = [];
		subscribe(() => counts.push(snapshot().tasks.length));
		await page.upload(fileOf(KiB), { key: 'k' }).result;
		await page.close();
		expect(counts).toContain(1);
		expect(counts.at(-1)).toBe(0);
	});

	test('its totals over several files reach exactly the sum, never run back, and count those that run', async () => {
		const world = await openWorld();
		const page = world.page({ parallel: 2 });
		const seen: Shown[] = [];
		page.subscribe(() => seen.push(page.snapshot()));
		const sizes = [3 * PART, 7, 2 * PART + 1, 40 * KiB, 0, 5 * KiB];
		const sum = sizes.reduce((total, size) => total + size, 0);
		const tasks = sizes.map((size, index) => page.upload(fileOf(size), { key: `k${index}`, partSize: PART }));
		await Promise.all(tasks.map(({ result }) => result));
		const last = await whenShown(page, ({ tasks: left }) => left.length === 0);
		expect(last.totals).toMatchObject({ loaded: sum, total: sum, remainingMs: 0, running: 0 });
		const loaded = seen.map(({ totals }) => totals.loaded);
		expect(loaded).toEqual(loaded.toSorted((a, b) => a - b));
		expect(new Set(seen).size).toBe(seen.length);
		expect(Math.max(...seen.map(({ totals }) => totals.running))).toBeGreaterThan(0);
		page.upload(fileOf(9), { key: 'next' });
		const anew = await whenShown(page, ({ totals }) => totals.total === 9);
		expect(anew.totals.loaded).toBeLessThanOrEqual(9);
	});

	test('waiting and paused tasks do not count as running', async () => {
		const world = await openWorld();
		const page = world.page({ parallel: 1 });
		const one = await hangingTask(world, page);
		const two = page.upload(fileOf(3 * PART), { key: 'two', partSize: PART });
		expect(two.state).toBe('waiting');
		await whenShown(page, ({ tasks, totals }) => tasks.length === 2 && totals.running === 1);
		two.pause();
		one.pause();
		const shown = await whenShown(page, ({ totals }) => totals.running === 0);
		expect(shown.tasks).toEqual([one, two]);
	});

	test('a subscriber that begins uploads is told again, some time later', async () => {
		const world = await openWorld();
		const page = world.page();
		let begun = 0;
		let depth = 0;
		let deepest = 0;
		page.subscribe(() => {
			deepest = Math.max(deepest, ++depth);
			if (begun < 3) page.upload(fileOf(5), { key: `k${begun++}` });
			depth--;
		});
		await page.upload(fileOf(5), { key: 'first' }).result;
		await vi.waitFor(() => expect(begun).toBe(3));
		expect(deepest).toBe(1);
	});
});

describe('pending in the snapshot', () => {
	test('is filled once somebody looks, and not asked for before', async () => {
		const world = await openWorld();
		await interrupted(world, fileOf(3 * PART), { key: 'k', data: { album: 7 } });
		let finds = 0;
		const checkpoints: CheckpointStore = {
			...world.checkpoints,
			find: (query) => {
				finds++;
				return world.checkpoints.find(query);
			},
		};
		const page = world.page({ checkpoints });
		await page.upload(fileOf(5), { key: 'small' }).result;
		expect(finds).toBe(0);
		expect(page.snapshot().pending).toEqual([]);
		const { pending } = await whenShown(page, ({ pending }) => pending.length > 0);
		expect(pending).toEqual(await page.pending());
		expect(pending).toMatchObject([{ key: 'k', loaded: 2 * PART, running: false, data: { album: 7 } }]);
	});

	test('tells of an upload that begins, stops, and ends', async () => {
		const world = await openWorld();
		const page = world.page({ parallel: 1 });
		page.subscribe(() => {});
		const leaving = new AbortController();
		const task = await hangingTask(world, page, { signal: leaving.signal });
		const id = task.checkpointId;
		await whenShown(page, ({ pending }) => pending[0]?.running === true);
		leaving.abort();
		const { pending } = await whenShown(page, ({ pending }) => pending[0]?.running === false);
		expect(pending).toMatchObject([{ id, key: 'k' }]);
		world.oss.clearFaults();
		const again = page.resume(String(id), fileOf(5));
		await again.result.catch(() => {});
		await page.discard(String(id));
		await whenShown(page, ({ pending }) => pending.length === 0);
	});

	test.each<[string, (other: Uploader, id: string) => Promise<unknown>]>([
		['discards', (other, id) => other.discard(id)],
		['sweeps, since it has expired', (other) => other.sweep()],
	])('what another uploader %s is in it no more', async (how, drop) => {
		const world = await openWorld();
		const checkpointTtlMs = how.includes('expired') ? 1 : undefined;
		await interrupted(world, fileOf(3 * PART), { key: 'k' }, { checkpointTtlMs });
		const page = world.page();
		page.snapshot();
		const { pending } = await whenShown(page, (shown) => shown.pending.length === 1);
		await drop(world.page(), String(pending[0]?.id));
		await whenShown(page, (shown) => shown.pending.length === 0);
	});

	test.each<[string, (page: Uploader, id: string) => Promise<unknown>]>([
		['discard()', (page, id) => page.discard(id)],
		['sweep()', (page) => page.sweep()],
	])('an upload that went without a word is in it no more after %s', async (_, drop) => {
		const world = await openWorld();
		await interrupted(world, fileOf(3 * PART), { key: 'k' });
		const page = world.page();
		page.snapshot();
		const { pending } = await whenShown(page, (shown) => shown.pending.length === 1);
		const id = String(pending[0]?.id);
		// As another device does, or who clears the site's data.
		await world.checkpoints.delete(id);
		await drop(page, id);
		await whenShown(page, (shown) => shown.pending.length === 0);
	});

	test('an upload whose task had failed, and is aborted then, is in it no more', async () => {
		const world = await openWorld();
		const page = world.page({ parallel: 1 });
		page.snapshot();
		const [status, code] = [403, 'AccessDenied'];
		world.fault({
			operation: 'UploadPart',
			partNumber: 2,
			times: 'always',
			action: { type: 'status', status, code },
		});
		const task = page.upload(fileOf(3 * PART), { key: 'k', partSize: PART });
		await task.result.catch(() => {});
		await whenShown(page, ({ pending }) => pending[0]?.running === false);
		await task.abort();
		await whenShown(page, ({ pending }) => pending.length === 0);
	});

	test('an upload that ends while it is being listed is not shown for ever', async () => {
		const world = await openWorld();
		const held: (() => void)[] = [];
		let isHolding = false;
		const checkpoints: CheckpointStore = {
			...world.checkpoints,
			find: async (query) => {
				const found = await world.checkpoints.find(query);
				if (isHolding) await new Promise<void>((resolve) => held.push(resolve));
				return found;
			},
		};
		const page = world.page({ checkpoints, parallel: 1 });
		const task = await hangingTask(world, page);
		isHolding = true;
		page.snapshot();
		await vi.waitFor(() => expect(held).toHaveLength(1));
		isHolding = false;
		await task.abort();
		for (const letGo of held) letGo();
		await vi.waitFor(() => expect(page.snapshot().pending).toEqual([]));
		await new Promise((resolve) => setImmediate(resolve));
		const shown = await whenShown(page, ({ tasks }) => tasks.length === 0);
		expect(shown.pending).toEqual([]);
	});
});

describe('find', () => {
	test('lists the unfinished uploads of this content, whatever the name, newest first', async () => {
		const world = await openWorld();
		const file = fileOf(5 * PART);
		await interrupted(world, file, { key: 'one' });
		await interrupted(world, file, { key: 'two' }, { parts: 3 });
		const page = world.page();
		const renamed = new File([file], 'other.bin', { type: 'x/y', lastModified: 1 });
		const found = await page.find(renamed);
		expect(new Set(found.map(({ key }) => key))).toEqual(new Set(['one', 'two']));
		expect(found).toEqual(await page.pending());
		const [newest, oldest] = found.map(({ createdAt }) => createdAt);
		expect(newest).toBeGreaterThanOrEqual(Number(oldest));
	});

	test('finds none for another file, and none of another scope', async () => {
		const world = await openWorld();
		const file = fileOf(3 * PART);
		await interrupted(world, file, { key: 'k' });
		const page = world.page();
		expect(await page.find(fileOf(3 * PART, file.name, file.lastModified))).toEqual([]);
		expect(await page.find(file.slice(1))).toEqual([]);
		expect(await world.page({ scope: 'other' }).find(file)).toEqual([]);
		expect(await page.find(file)).toHaveLength(1);
	});

	test('not those of another size with the same fingerprint, as one of the app’s own may have', async () => {
		const world = await openWorld();
		const fingerprint = async () => 'same';
		await interrupted(world, fileOf(3 * PART), { key: 'k' }, { fingerprint });
		expect(await world.page({ fingerprint }).find(fileOf(2 * PART))).toEqual([]);
	});

	test('tells of one that runs, and refuses what is no file', async () => {
		const world = await openWorld();
		const page = world.page({ parallel: 1 });
		const task = await hangingTask(world, page);
		const [pending] = await page.pending();
		expect(pending).toMatchObject({ id: task.checkpointId, running: true });
		await expect(page.find('film.mp4' as never)).rejects.toThrow(TypeError);
	});

	test('a fingerprint that fails rejects it; one that hangs does not outlive close()', async () => {
		const world = await openWorld();
		const failing = world.page({ fingerprint: () => Promise.reject(new Error('unreadable')) });
		await expect(failing.find(fileOf(5))).rejects.toThrow('unreadable');
		const page = world.page({ fingerprint: () => new Promise(() => {}) });
		const finding = page.find(fileOf(5));
		await page.close();
		await expect(finding).rejects.toMatchObject({ name: 'AbortError' });
	});
});

describe('data', () => {
	const data = { album: 7, path: ['a', 'b/c'], draft: null, isNew: true, note: 'ü\u0000\ud800' };

	test('is given back by pending(), by find() and to the key function, as it was given', async () => {
		const world = await openWorld();
		const file = fileOf(3 * PART);
		await interrupted(world, file, { key: 'k', data });
		const page = world.page();
		expect((await page.pending()).map((each) => each.data)).toEqual([data]);
		expect((await page.find(file)).map((each) => each.data)).toEqual([data]);
		const unfinished: (PendingUpload | undefined)[] = [];
		const task = page.upload(file, {
			key: (_, found) => {
				unfinished.push(found);
				return found?.key ?? 'new';
			},
			partSize: PART,
		});
		expect((await task.result).key).toBe('k');
		expect(unfinished).toMatchObject([{ key: 'k', data, running: false }]);
	});

	test('a later change of the app’s object changes nothing, nor does one of what was given back', async () => {
		const world = await openWorld();
		const page = world.page({ parallel: 1 });
		const own = { album: { id: 7 } };
		world.fault({ operation: 'UploadPart', partNumber: 2, action: { type: 'hang' } });
		const task = page.upload(fileOf(3 * PART), { key: 'k', partSize: PART, data: own });
		own.album.id = 8;
		await whenStored(task, 1);
		const [given] = await page.pending();
		expect(given?.data).toEqual({ album: { id: 7 } });
		Object.assign(Object(given?.data).album, { id: 9 });
		expect((await page.pending())[0]?.data).toEqual({ album: { id: 7 } });
	});

	test('a resumed upload keeps its own; without any it is undefined', async () => {
		const world = await openWorld();
		const file = fileOf(4 * PART);
		await interrupted(world, file, { key: 'k', data: 'first' });
		await interrupted(world, file, { key: 'k', data: 'second' }, { parts: 3 });
		const page = world.page();
		expect(await page.pending()).toMatchObject([{ data: 'first', loaded: 3 * PART }]);
		await interrupted(world, fileOf(3 * PART), { key: 'bare' });
		expect((await page.pending()).find(({ key }) => key === 'bare')?.data).toBeUndefined();
	});

	test('an upload that is resumed by its id and begins anew, since OSS has none such, keeps it', async () => {
		const world = await openWorld();
		const file = fileOf(4 * PART);
		await interrupted(world, file, { key: 'k', data });
		for (const { uploadId } of world.oss.uploads(bucket)) await world.oss.forgetUpload(uploadId);
		const page = world.page({ parallel: 1 });
		const [pending] = await page.pending();
		world.fault({ operation: 'UploadPart', partNumber: 3, action: { type: 'hang' } });
		const task = page.resume(String(pending?.id), file);
		task.on('warning', () => {});
		await whenStored(task, 2);
		expect(await page.pending()).toMatchObject([{ id: pending?.id, data, running: true }]);
	});

	const cycle: unknown[] = [];
	cycle.push(cycle);
	test.each<[string, unknown]>([
		['a function', () => {}],
		['a function in it', { render() {} }],
		['a bigint', 1n],
		['a cycle', cycle],
		['NaN', Number.NaN],
		['Infinity in it', [Number.POSITIVE_INFINITY]],
		['a Date', new Date(0)],
		['a Map', new Map()],
		['a symbol', Symbol('x')],
		['nothing in a list', [undefined]],
		['a hole in a list', new Array(1)],
		['a text of more than 16 KiB', 'x'.repeat(16 * KiB - 1)],
		['characters of more than 16 KiB as UTF-8', 'ü'.repeat(8 * KiB)],
	])('%s is refused at once', async (_, wrong) => {
		const world = await openWorld();
		const page = world.page();
		expect(() => page.upload(fileOf(5), { key: 'k', data: wrong })).toThrow(
			/^Expected `data` to be JSON of at most 16 KiB, got /,
		);
		expect(page.tasks).toEqual([]);
	});

	test.each<[string, unknown]>([
		['null', null],
		['0', 0],
		['an empty text', ''],
		['false', false],
		['a name without a value', { album: undefined }],
		['16 KiB', 'x'.repeat(16 * KiB - 2)],
	])('%s is taken', async (_, right) => {
		const world = await openWorld();
		await world.page().upload(fileOf(5), { key: 'k', data: right }).result;
	});
});

describe('pauseAll and resumeAll', () => {
	test('pause every task at once, and go on with them', async () => {
		const world = await openWorld();
		const page = world.page({ parallel: 2 });
		const files = [3 * PART, 4 * PART, 5 * PART, KiB].map((size) => fileOf(size));
		const tasks = files.map((file, index) => page.upload(file, { key: `k${index}`, partSize: PART }));
		await whenStored(tasks[0] as UploadTask, 1);
		page.pauseAll();
		const running = tasks.filter(({ state }) => state !== 'paused' && state !== 'done');
		expect(running.filter(({ state }) => state !== 'completing')).toEqual([]);
		const sent = world.oss.requests.length;
		await whenShown(page, ({ totals }) => totals.running === 0);
		page.pauseAll();
		expect(
			world.oss.requests.filter(({ operation }) => operation === 'UploadPart').length,
		).toBeLessThanOrEqual(sent + 2);
		page.resumeAll();
		expect(tasks.every(({ state }) => state !== 'paused')).toBe(true);
		await Promise.all(tasks.map(({ result }) => result));
		expect(page.tasks).toEqual([]);
	});
});

describe('after close()', () => {
	test('what would begin something is a TypeError that says so', async () => {
		const world = await openWorld();
		const page = world.page();
		await page.close();
		const file = fileOf(5);
		expect(() => page.upload(file, { key: 'k' })).toThrow(/closed: make another one/);
		expect(() => page.resume('id', file)).toThrow(TypeError);
		await expect(page.pending()).rejects.toThrow(TypeError);
		await expect(page.find(file)).rejects.toThrow(TypeError);
		await expect(page.discard('id')).rejects.toThrow(TypeError);
	});

	test('the snapshot shows that nothing runs, subscribers are told of it once, and nothing else changes', async () => {
		const world = await openWorld();
		const page = world.page({ parallel: 1 });
		const task = await hangingTask(world, page);
		for (let more = 0; more < 20; more++) page.upload(fileOf(KiB), { key: `k${more}` });
		const before = await whenShown(page, ({ tasks }) => tasks.length === 21);
		expect(before.tasks[0]).toBe(task);
		let told = 0;
		page.subscribe(() => told++);
		await page.close();
		expect(told).toBe(1);
		const after = page.snapshot();
		expect(after).toMatchObject({ tasks: [], totals: { running: 0 } });
		expect(page.tasks).toEqual([]);
		page.pauseAll();
		page.resumeAll();
		page.subscribe(() => {})();
		expect(page.snapshot()).toBe(after);
		expect(told).toBe(1);
		expect(task.state).toBe('stopped');
		await task.abort();
		await page.close();
	});
});

test('no proxy of Vue is made of an uploader', async () => {
	const world = await openWorld();
	expect(Reflect.get(world.page(), '__v_skip')).toBe(true);
});

test('looked at for the first time after close() it opens no channel, which nobody would close', async () => {
	const opened = vi.fn();
	vi.stubGlobal('BroadcastChannel', function Opened() {
		opened();
		return { close() {}, postMessage() {} };
	});
	try {
		const world = await openWorld();
		const [open, closed] = [world.page(), world.page()];
		await closed.close();
		expect(closed.snapshot()).toMatchObject({ tasks: [], pending: [] });
		closed.subscribe(() => {});
		expect(opened).not.toHaveBeenCalled();
		open.snapshot();
		expect(opened).toHaveBeenCalledTimes(1);
		await open.close();
	} finally {
		vi.unstubAllGlobals();
	}
});

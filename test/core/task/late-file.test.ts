import { expect, test } from 'vitest';
import { UploadError } from '../../../src/base/errors.js';
import { Latch } from '../../../src/base/latch.js';
import { blobSource } from '../../../src/browser/source.js';
import type { Source, SourceRef } from '../../../src/core/ports.js';
import { Arrivals } from '../../../src/core/schedule/arrivals.js';
import { Task } from '../../../src/core/task/task.js';
import { TotalsMeter } from '../../../src/core/task/totals.js';
import { settle } from '../../manual-clock.js';
import { scriptedPlan } from '../scripted-world.js';

/** A task whose file is opened when it is told to, of one part, or of several. */
function late(size = 7) {
	const blob = new Blob([new Uint8Array(size)]);
	const { plan, clock, lifetime } = scriptedPlan(blob, {});
	let opened: Source | undefined;
	let isOpened = (_: Source | PromiseLike<Source>): void => {};
	const opening = new Promise<Source>((resolve) => {
		isOpened = resolve;
	});
	const source: SourceRef = {
		get size() {
			return opened?.size;
		},
		name: 'a.bin',
		type: '',
		open: () => opening,
	};
	const totals = new TotalsMeter(clock);
	const settled: Task[] = [];
	const task: Task = new Task({
		...{ ...plan, source, totals, arrivals: new Arrivals(clock, lifetime.signal) },
		onChange: () => {},
		onSettled: () => settled.push(task),
		signal: undefined,
		onProgress: undefined,
	});
	const open = async () => {
		opened = blobSource(blob);
		isOpened(opened);
		await settle();
	};
	const refuse = async (error: unknown) => {
		isOpened(Promise.reject(error));
		await settle();
	};
	return { task, totals, open, refuse, settled };
}

test.each([7, 250_000])(
	'a file that opens late has no size before, and is then sent as any other (%i)',
	async (size) => {
		const { task, totals, open } = late(size);
		const before = task.snapshot();
		await settle();
		expect(before.progress.total).toBe(0);
		expect(task.file).toEqual({ name: 'a.bin', size: 0, type: '' });
		expect({ state: task.state, total: totals.look().total }).toEqual({ state: 'waiting', total: 0 });
		let changes = 0;
		task.subscribe(() => changes++);
		await open();
		expect(await task.result).toMatchObject({ size });
		expect(changes).toBeGreaterThan(0);
		expect(task.file.size).toBe(size);
		expect(task.progress).toMatchObject({ total: size, loaded: size });
		expect(totals.look()).toMatchObject({ total: size, loaded: size });
	},
);

test('paused before its file is open it waits, and runs once it is resumed', async () => {
	for (const isLate of [true, false]) {
		const { task, open } = late();
		task.pause();
		if (!isLate) await open();
		expect(task.state).toBe('paused');
		task.resume();
		expect(task.state).toBe('waiting');
		if (isLate) await open();
		expect(await task.result).toMatchObject({ size: 7 });
	}
});

test('its size is shown as soon as its file is open', async () => {
	const { task, open } = late();
	task.pause();
	expect(task.snapshot().progress.total).toBe(0);
	let changes = 0;
	task.subscribe(() => changes++);
	await open();
	expect(changes).toBe(1);
	expect(task.snapshot()).toMatchObject({ state: 'paused', progress: { total: 7 } });
});

test('ended before its file is open it counts nowhere, and asks for nothing', async () => {
	const { task, totals, open, settled } = late();
	await task.abort();
	await open();
	expect({ state: task.state, ...totals.look() }).toMatchObject({ state: 'aborted', loaded: 0, total: 0 });
	expect(settled).toEqual([task]);
});

test('a file that cannot be opened fails its task, which lets go of everything', async () => {
	for (const isPaused of [true, false]) {
		const { task, totals, refuse, settled } = late();
		if (isPaused) task.pause();
		const error = new Error('gone');
		await refuse(error);
		await expect(task.result).rejects.toBe(error);
		expect(task.snapshot()).toMatchObject({ state: 'failed', error });
		expect(totals.look()).toMatchObject({ loaded: 0, total: 0 });
		expect(settled).toEqual([task]);
		await task.abort();
		expect(task.state).toBe('aborted');
	}
});

test('a file that the network keeps from being opened is waited for, as any request', async () => {
	const { plan, clock, lifetime } = scriptedPlan(new Blob([new Uint8Array(7)]), {});
	let isOnline = false;
	const online = new Latch();
	let opened: Source | undefined;
	const source: SourceRef = {
		get size() {
			return opened?.size;
		},
		name: 'a.bin',
		type: '',
		isLate: true,
		async open() {
			if (!isOnline) throw new UploadError('Network', 'A file of the library', { retryable: true });
			opened = blobSource(new Blob([new Uint8Array(7)]));
			return opened;
		},
	};
	const connectivity = { isOnline: () => isOnline, whenOnline: () => online.wait() };
	const { run } = plan;
	for (const isPaused of [false, true]) {
		isOnline = false;
		opened = undefined;
		const task = new Task({
			...{ ...plan, run: { ...run, world: { ...run.world, connectivity } }, source },
			...{ totals: new TotalsMeter(clock), arrivals: new Arrivals(clock, lifetime.signal) },
			...{ onChange: () => {}, onSettled: () => {}, signal: undefined, onProgress: undefined },
		});
		await settle();
		expect(task.state).toBe('offline');
		if (isPaused) task.pause();
		isOnline = true;
		await clock.advance(30_000);
		if (isPaused) {
			expect(task.state).toBe('paused');
			task.resume();
		}
		expect(await task.result).toMatchObject({ size: 7 });
	}
});

test('ended while the network keeps its file from being opened it opens nothing any more', async () => {
	let opens = 0;
	const { plan, clock, lifetime } = scriptedPlan(new Blob([]), {});
	const source: SourceRef = {
		...{ size: undefined, name: 'a.bin', type: '' },
		async open() {
			opens++;
			throw new UploadError('Network', 'A file of the library', { retryable: true });
		},
	};
	const task = new Task({
		...{ ...plan, source, totals: new TotalsMeter(clock), arrivals: new Arrivals(clock, lifetime.signal) },
		...{ onChange: () => {}, onSettled: () => {}, signal: undefined, onProgress: undefined },
	});
	await settle();
	const before = opens;
	await task.abort();
	await clock.advance(600_000);
	expect({ before, opens, state: task.state }).toEqual({ before: 1, opens: 1, state: 'aborted' });
});

test('paused while the network keeps its file from being opened it tries no more, and does not fail, until it is resumed', async () => {
	let opens = 0;
	let isReachable = false;
	let opened: Source | undefined;
	const { plan, clock, lifetime } = scriptedPlan(new Blob([]), {});
	const source: SourceRef = {
		get size() {
			return opened?.size;
		},
		...{ name: 'a.bin', type: '', isLate: true },
		async open() {
			opens++;
			if (!isReachable) throw new UploadError('Network', 'A file of the library', { retryable: true });
			opened = blobSource(new Blob([new Uint8Array(7)]));
			return opened;
		},
	};
	const task = new Task({
		...{ ...plan, source, totals: new TotalsMeter(clock), arrivals: new Arrivals(clock, lifetime.signal) },
		...{ onChange: () => {}, onSettled: () => {}, signal: undefined, onProgress: undefined },
	});
	task.pause();
	await clock.advance(600_000);
	expect({ state: task.state, opens }).toEqual({ state: 'paused', opens: 1 });
	task.resume();
	await settle();
	expect({ state: task.state, opens }).toEqual({ state: 'waiting', opens: 2 });
	isReachable = true;
	await clock.advance(60_000);
	expect(await task.result).toMatchObject({ size: 7 });
});

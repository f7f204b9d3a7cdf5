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

type Plan = ReturnType<typeof scriptedPlan>;

/** A task of that file, and what it counts in. */
function taskOf(source: SourceRef, { plan, clock, lifetime }: Plan) {
	const totals = new TotalsMeter(clock);
	const settled: Task[] = [];
	const task: Task = new Task({
		...{ ...plan, source, totals, arrivals: new Arrivals(clock, lifetime.signal) },
		onChange: () => {},
		onSettled: () => settled.push(task),
		signal: undefined,
		onProgress: undefined,
	});
	return { task, totals, settled };
}

/** A task whose file is opened when it is told to, of one part, or of several. */
function late(size = 7) {
	const blob = new Blob([new Uint8Array(size)]);
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
	const made = taskOf(source, scriptedPlan(blob, {}));
	const open = async () => {
		opened = blobSource(blob);
		isOpened(opened);
		await settle();
	};
	const refuse = async (error: unknown) => {
		isOpened(Promise.reject(error));
		await settle();
	};
	return { ...made, open, refuse };
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

/** A task whose file cannot be opened before `reach`; the browser believes that it is online, or knows that it is not. */
function unreachable(isOnline: boolean) {
	const scripted = scriptedPlan(new Blob([]), {});
	const { plan } = scripted;
	let isReachable = false;
	let opens = 0;
	let opened: Source | undefined;
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
	const online = new Latch();
	const connectivity = { isOnline: () => isOnline || isReachable, whenOnline: () => online.wait() };
	const world = { ...plan.run.world, connectivity };
	const { task } = taskOf(source, { ...scripted, plan: { ...plan, run: { ...plan.run, world } } });
	const reach = () => {
		isReachable = true;
	};
	return { task, clock: scripted.clock, opens: () => opens, reach };
}

test('a file that the network keeps from being opened is waited for, as any request', async () => {
	for (const isPaused of [false, true]) {
		const { task, clock, reach } = unreachable(false);
		await settle();
		expect(task.state).toBe('offline');
		if (isPaused) task.pause();
		reach();
		await clock.advance(30_000);
		if (isPaused) {
			expect(task.state).toBe('paused');
			task.resume();
		}
		expect(await task.result).toMatchObject({ size: 7 });
	}
});

test('ended while the network keeps its file from being opened it opens nothing any more', async () => {
	const { task, clock, opens } = unreachable(true);
	await settle();
	const before = opens();
	await task.abort();
	await clock.advance(600_000);
	expect({ before, opens: opens(), state: task.state }).toEqual({ before: 1, opens: 1, state: 'aborted' });
});

test('paused while the network keeps its file from being opened it tries no more, and does not fail, until it is resumed', async () => {
	const { task, clock, opens, reach } = unreachable(true);
	task.pause();
	await clock.advance(600_000);
	expect({ state: task.state, opens: opens() }).toEqual({ state: 'paused', opens: 1 });
	task.resume();
	await settle();
	expect({ state: task.state, opens: opens() }).toEqual({ state: 'waiting', opens: 2 });
	reach();
	await clock.advance(60_000);
	expect(await task.result).toMatchObject({ size: 7 });
});

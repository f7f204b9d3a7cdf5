import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test, vi } from 'vitest';
import type { Remote, SourceRef } from '../../../src/core/ports.js';
import { Scheduler } from '../../../src/core/schedule/scheduler.js';
import type { TaskPlan } from '../../../src/core/task/task-plan.js';
import { Tasks } from '../../../src/core/task/tasks.js';
import { ManualClock, settle } from '../../manual-clock.js';
import { hanging, scriptedPlan } from '../scripted-world.js';

const small = (): Blob => new Blob([new Uint8Array(10).fill(7)]);

function opened() {
	const clock = new ManualClock();
	const heard = { changes: 0, settled: 0 };
	const tasks = new Tasks({
		clock,
		lifetime: new AbortController().signal,
		onChange: () => heard.changes++,
		onSettled: () => heard.settled++,
	});
	const begin = (plan: Pick<TaskPlan, 'run' | 'source'>) =>
		tasks.begin({ ...plan, signal: undefined, onProgress: undefined });
	return { clock, tasks, heard, begin };
}

test('a task is listed until it has ended, and known until nothing of it runs', async () => {
	const { tasks, heard, begin, clock } = opened();
	const { plan } = scriptedPlan(small(), { put: (_, __, ___, signal) => hanging(signal) }, { clock });
	const task = begin(plan);
	expect(heard).toEqual({ changes: 1, settled: 0 });
	await settle();
	expect(tasks.list()).toEqual([task]);
	expect(tasks.totals()).toMatchObject({ total: 10, running: 1 });
	expect(tasks.isOf('k')).toBe(true);
	tasks.stop(new Error('left'));
	expect(tasks.list()).toEqual([]);
	expect(tasks.isOf('k')).toBe(true);
	expect(heard.settled).toBe(0);
	await tasks.settled();
	await settle();
	expect(tasks.isOf('k')).toBe(false);
	expect(heard.settled).toBe(1);
});

test('how many are recorded is told without looking at the files of those that wait', async () => {
	const { tasks, begin, clock } = opened();
	const scheduler = new Scheduler(1, clock);
	const hangs = { put: (...[, , , signal]: Parameters<Remote['put']>) => hanging(signal) };
	let looks = 0;
	for (let count = 0; count < 2; count++) {
		const { plan } = scriptedPlan(small(), hangs, { clock, scheduler });
		const { source } = plan;
		const counted: SourceRef = {
			get size() {
				looks++;
				return source.size;
			},
			...{ name: '', type: '', open: (signal) => source.open(signal) },
		};
		begin({ ...plan, source: counted });
	}
	await settle();
	expect(tasks.list().map(({ state }) => state)).toEqual(['uploading', 'waiting']);
	const before = looks;
	expect(tasks.recorded).toBe(0);
	expect(looks).toBe(before);
	tasks.stop(new Error('left'));
	await tasks.settled();
});

test('nothing is kept of a task that has ended', async () => {
	setFlagsFromString('--expose-gc');
	const collect: () => void = runInNewContext('gc');
	const { tasks, begin, clock } = opened();
	const ended: WeakRef<object>[] = [];
	for (let count = 0; count < 20; count++) {
		const { plan } = scriptedPlan(small(), {}, { clock });
		const task = begin(plan);
		ended.push(new WeakRef(task));
		await task.result;
	}
	await clock.advance(1000);
	await settle();
	collect();
	// The engine may still hold what was touched last.
	expect(ended.filter((task) => task.deref() !== undefined).length).toBeLessThan(3);
	expect(tasks.totals()).toMatchObject({ loaded: 10, total: 10 });
});

test('a warning that no task was there to tell is said on the console at once, and to the next one, once its listeners are there', async () => {
	const { tasks, begin, clock } = opened();
	const said = vi.spyOn(console, 'warn').mockImplementation(() => {});
	tasks.warn({ code: 'Storage', message: 'full' });
	expect(said.mock.calls).toEqual([[expect.stringMatching(/Storage: full/)]]);
	said.mockRestore();
	const heard: string[] = [];
	for (const name of ['one', 'two']) {
		const task = begin(scriptedPlan(small(), {}, { clock }).plan);
		task.on('warning', ({ message }) => heard.push(`${name}: ${message}`));
		await task.result;
	}
	expect(heard).toEqual(['one: full']);
});

import { expect, test } from 'vitest';
import type { SourceRef } from '../../../src/core/ports.js';
import type { Arrivals } from '../../../src/core/schedule/arrivals.js';
import { Task } from '../../../src/core/task/task.js';
import { TotalsMeter } from '../../../src/core/task/totals.js';
import { settle } from '../../manual-clock.js';
import { scriptedPlan } from '../scripted-world.js';

/** A task that arrives when it is told to, and counts how often its file is looked at. */
function late() {
	const { plan, clock } = scriptedPlan(new Blob(['content']), {});
	let looks = 0;
	const { source } = plan;
	const counted: SourceRef = {
		get size() {
			looks++;
			return source.size;
		},
		name: '',
		type: '',
		open: (signal) => source.open(signal),
	};
	const totals = new TotalsMeter(clock);
	let arrive = () => {};
	const arrivals = {
		add: (each: () => void) => {
			arrive = each;
		},
	} as Arrivals;
	const task = new Task({
		...{ ...plan, source: counted, totals, arrivals },
		onChange: () => {},
		onSettled: () => {},
		signal: undefined,
		onProgress: undefined,
	});
	return { task, totals, arrive: () => arrive(), looks: () => looks };
}

test('a file is not looked at before its task arrives, unless somebody asks for it', async () => {
	const { task, totals, arrive, looks } = late();
	await settle();
	expect({ state: task.state, looks: looks(), total: totals.look().total }).toEqual({
		state: 'waiting',
		looks: 0,
		total: 0,
	});
	expect(task.progress.total).toBe(7);
	arrive();
	expect(totals.look().total).toBe(7);
	expect(await task.result).toMatchObject({ size: 7 });
});

test('one that was paused before it arrived waits, and runs once it is resumed', async () => {
	for (const isLate of [true, false]) {
		const { task, arrive } = late();
		task.pause();
		if (!isLate) arrive();
		await settle();
		expect(task.state).toBe('paused');
		task.resume();
		expect(task.state).toBe('waiting');
		if (isLate) arrive();
		expect(await task.result).toMatchObject({ size: 7 });
	}
});

test('one that was ended before it arrived counts nowhere, and asks for nothing', async () => {
	const { task, totals, arrive } = late();
	await task.abort();
	arrive();
	await settle();
	expect({ state: task.state, ...totals.look() }).toMatchObject({
		state: 'aborted',
		loaded: 0,
		total: 0,
	});
});

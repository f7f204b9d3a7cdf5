import { expect, test } from 'vitest';
import { ticks } from '../../../src/browser/storage/ticks.js';
import { ManualClock, settle } from '../../manual-clock.js';

test('so many seconds pass one after another [B1]', async () => {
	const clock = new ManualClock();
	let isOver = false;
	void ticks(3, clock, new AbortController().signal).then(() => {
		isOver = true;
	});
	await clock.advance(2999);
	expect(isOver).toBe(false);
	await clock.advance(1);
	expect(isOver).toBe(true);
	expect(clock.slept).toEqual([1000, 1000, 1000]);
});

test('a timer that is long overdue counts for one: a machine that wakes gives everybody time to answer [B1]', async () => {
	let wake = () => {};
	const asleep = { sleep: () => new Promise<void>((resolve) => (wake = resolve)) };
	let isOver = false;
	void ticks(3, asleep, new AbortController().signal).then(() => {
		isOver = true;
	});
	for (const expected of [false, false, true]) {
		wake();
		await settle();
		expect(isOver).toBe(expected);
	}
});

test('an abort ends them, and leaves no timer', async () => {
	const clock = new ManualClock();
	const scope = new AbortController();
	const over = ticks(3, clock, scope.signal);
	await clock.advance(1500);
	scope.abort('answered');
	await expect(over).rejects.toBe('answered');
	expect(clock.sleeping).toBe(0);
});

import { expect, test } from 'vitest';
import { Arrivals } from '../../../src/core/schedule/arrivals.js';
import { settle } from '../../manual-clock.js';

/** A clock that moves when somebody works; the next turn comes when it is told to. */
function opened() {
	let now = 0;
	let wake = () => {};
	const lifetime = new AbortController();
	const clock = {
		monotonic: () => now,
		turn: () =>
			new Promise<void>((resolve) => {
				wake = resolve;
			}),
	};
	const arrived: number[] = [];
	const arrivals = new Arrivals(clock, lifetime.signal);
	return {
		arrived,
		lifetime,
		/** A file that takes so many milliseconds to be looked at. */
		add: (number: number, costMs: number) =>
			arrivals.add(() => {
				now += costMs;
				arrived.push(number);
			}),
		pass: (ms: number) => {
			now += ms;
		},
		nextTurn: async () => {
			wake();
			await settle();
		},
	};
}

test('who comes alone arrives at once', () => {
	const { add, arrived } = opened();
	add(1, 100);
	expect(arrived).toEqual([1]);
});

test('of many at once none holds up the page for longer than some milliseconds, and all arrive in their order', async () => {
	const { add, arrived, nextTurn } = opened();
	for (let number = 1; number <= 20; number++) add(number, 2);
	expect(arrived).toEqual([1]);
	await nextTurn();
	expect(arrived).toEqual([1, 2, 3, 4, 5]);
	await nextTurn();
	expect(arrived).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
	for (let turn = 0; turn < 3; turn++) await nextTurn();
	expect(arrived).toEqual(Array.from({ length: 20 }, (_, at) => at + 1));
});

test('who comes later waits behind those who wait, however long ago they came', async () => {
	const { add, arrived, nextTurn, pass } = opened();
	for (let number = 1; number <= 3; number++) add(number, 10);
	pass(1000);
	add(4, 1);
	expect(arrived).toEqual([1]);
	for (let turn = 0; turn < 3; turn++) await nextTurn();
	expect(arrived).toEqual([1, 2, 3, 4]);
});

test('after a pause it is another go', () => {
	const { add, arrived, pass } = opened();
	add(1, 10);
	pass(60);
	add(2, 10);
	expect(arrived).toEqual([1, 2]);
});

test('after the uploader was closed nobody arrives', async () => {
	const { add, arrived, nextTurn, lifetime } = opened();
	for (let number = 1; number <= 3; number++) add(number, 10);
	lifetime.abort(new Error('closed'));
	await nextTurn();
	expect(arrived).toEqual([1]);
});

import { describe, expect, test } from 'vitest';
import { Pace, Snapshot } from '../../../src/core/task/snapshot.js';
import { ManualClock, settle } from '../../manual-clock.js';
import { uncaughtIn } from './uncaught.js';

describe('Snapshot', () => {
	const counting = () => {
		const made = { count: 0 };
		return { made, snapshot: new Snapshot(() => ({ number: ++made.count })) };
	};

	test('is one frozen value until a change', () => {
		const { snapshot } = counting();
		const before = snapshot.get();
		expect(snapshot.get()).toBe(before);
		expect(Object.isFrozen(before)).toBe(true);
		snapshot.change();
		expect(snapshot.get()).not.toBe(before);
		expect(before).toEqual({ number: 1 });
	});

	test('is made only when it is asked for', () => {
		const { snapshot, made } = counting();
		snapshot.change();
		snapshot.subscribe(() => {});
		snapshot.change();
		expect(made.count).toBe(0);
		snapshot.get();
		snapshot.get();
		expect(made.count).toBe(1);
	});

	test('tells its subscribers of each change, who find the new value there', () => {
		const { snapshot } = counting();
		const seen: number[] = [];
		const before = snapshot.get();
		const stop = snapshot.subscribe(() => seen.push(snapshot.get().number));
		expect(seen).toEqual([]);
		snapshot.change();
		snapshot.change();
		stop();
		snapshot.change();
		expect(before.number).toBe(1);
		expect(seen).toEqual([2, 3]);
	});

	test('a function that subscribes twice is called twice, and each ends by itself', () => {
		const { snapshot } = counting();
		let calls = 0;
		const listener = () => calls++;
		const stop = snapshot.subscribe(listener);
		snapshot.subscribe(listener);
		snapshot.change();
		expect(calls).toBe(2);
		stop();
		stop();
		snapshot.change();
		expect(calls).toBe(3);
	});

	test.each([undefined, null, 'render'])('what is no function is refused at once: %s', (listener) => {
		const { snapshot } = counting();
		expect(() => snapshot.subscribe(listener as never)).toThrow(
			/^Expected `listener` to be a function, got .*: write it like/,
		);
	});

	test('a subscriber that throws surfaces as an uncaught error, and the others are told', async () => {
		const { snapshot } = counting();
		const told: string[] = [];
		snapshot.subscribe(() => told.push('before'));
		snapshot.subscribe(() => {
			throw new Error('in the subscriber');
		});
		snapshot.subscribe(() => told.push('after'));
		expect(await uncaughtIn(() => snapshot.change())).toEqual([new Error('in the subscriber')]);
		expect(told).toEqual(['before', 'after']);
	});

	test('one that is taken off by another in the same telling is not told, nor is one that comes in it', () => {
		const { snapshot } = counting();
		const told: string[] = [];
		const stopFirst = snapshot.subscribe(() => {
			told.push('first');
			stopFirst();
			stopSecond();
			snapshot.subscribe(() => told.push('late'));
		});
		const stopSecond = snapshot.subscribe(() => told.push('second'));
		snapshot.change();
		expect(told).toEqual(['first']);
		snapshot.change();
		expect(told).toEqual(['first', 'late']);
	});
});

describe('Pace', () => {
	const pacing = (onTell = (_pace: Pace) => {}) => {
		const clock = new ManualClock(0);
		const lifetime = new AbortController();
		/** When it was told. */
		const told: number[] = [];
		const pace: Pace = new Pace(clock, lifetime.signal, () => {
			told.push(clock.now());
			onTell(pace);
		});
		return { clock, lifetime, told, pace };
	};

	test('the first change is told at once, the last one always, and never more than one in 100 ms', async () => {
		const { clock, told, pace } = pacing();
		for (let at = 0; at < 1000; at += 7) {
			pace.touch();
			await clock.advance(7);
		}
		expect(told[0]).toBe(0);
		await clock.advance(1000);
		expect(told).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000]);
		expect(clock.sleeping).toBe(0);
	});

	test('after a rest in which nothing changed, the next change is told at once again', async () => {
		const { clock, told, pace } = pacing();
		pace.touch();
		await clock.advance(150);
		pace.touch();
		expect(told).toEqual([0, 150]);
	});

	test('a single change needs no timer', () => {
		const { clock, told, pace } = pacing();
		pace.touch();
		expect(told).toEqual([0]);
		expect(clock.sleeping).toBe(0);
	});

	test('what was flushed counts as told: the next one waits for its 100 ms', async () => {
		const { clock, told, pace } = pacing();
		pace.touch();
		await clock.advance(60);
		pace.touch();
		pace.flush();
		await clock.advance(50);
		pace.touch();
		await clock.advance(200);
		expect(told).toEqual([0, 60, 160]);
	});

	test('flush tells what is due now, and nothing where nothing is', async () => {
		const { clock, told, pace } = pacing();
		pace.flush();
		expect(told).toEqual([]);
		pace.touch();
		await clock.advance(30);
		pace.touch();
		pace.flush();
		pace.flush();
		expect(told).toEqual([0, 30]);
		await clock.advance(1000);
		expect(told).toEqual([0, 30]);
	});

	test('what changes while it is told is told once more, after the rest', async () => {
		let changes = 3;
		const { clock, told, pace } = pacing((pace) => {
			if (changes-- > 0) pace.touch();
		});
		pace.touch();
		expect(told).toEqual([0]);
		expect(clock.sleeping).toBe(1);
		await clock.advance(1000);
		expect(told).toEqual([0, 100, 200, 300]);
	});

	test('after the end of its lifetime it tells nothing by itself, and leaves no sleeper', async () => {
		const { clock, lifetime, told, pace } = pacing();
		pace.touch();
		pace.touch();
		lifetime.abort(new Error('closed'));
		await clock.advance(1000);
		pace.touch();
		await clock.advance(1000);
		expect(told).toEqual([0]);
		expect(clock.sleeping).toBe(0);
	});

	test('nor when it did not rest as its lifetime ended; what is due is told by flush alone', async () => {
		const { clock, lifetime, told, pace } = pacing();
		lifetime.abort(new Error('closed'));
		pace.touch();
		await settle();
		expect(told).toEqual([]);
		expect(clock.slept).toEqual([]);
		pace.flush();
		expect(told).toEqual([0]);
	});
});

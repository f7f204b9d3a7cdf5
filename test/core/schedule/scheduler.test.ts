import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Load, Scheduler } from '../../../src/core/schedule/scheduler.js';
import { ManualClock, settle } from '../../manual-clock.js';

const never = new AbortController().signal;

/** Work that ends when it is told to. */
function gate() {
	let open = () => {};
	const closed = new Promise<void>((resolve) => {
		open = resolve;
	});
	return { closed, open };
}

/** A scheduler whose slots are watched: `given` names the work that got one, in order. */
function watched(parallel: number) {
	const scheduler = new Scheduler(parallel, new ManualClock());
	const given: string[] = [];
	const running = new Map<string, () => void>();
	const ask = (name: string, load: Load) => {
		const { closed, open } = gate();
		void scheduler.use(load, never, () => {
			given.push(name);
			running.set(name, open);
			return closed;
		});
	};
	const end = async (name: string) => {
		running.get(name)?.();
		running.delete(name);
		await settle();
	};
	const held = (initial: string) => [...running.keys()].filter((name) => name.startsWith(initial)).length;
	return { ask, end, held, given, running };
}

/** A number ends one of those that run. */
async function playSteps(parallel: number, steps: readonly (Load | number)[]): Promise<void> {
	const { ask, end, held, given, running } = watched(parallel);
	const asked: string[] = [];
	const expectPromises = (given0: number, large0: number) => {
		// No slot is free while somebody waits, and none is given twice.
		expect(running.size).toBe(Math.min(parallel, asked.length - (given.length - running.size)));
		const isLarge = given.slice(given0).some((name) => name.startsWith('L'));
		const doSmallWait = asked.some((name) => name.startsWith('S') && !given.includes(name));
		if (isLarge && doSmallWait && parallel > 1) expect(Math.max(held('L'), large0)).toBeLessThan(parallel);
	};
	const take = async (each: Load | number) => {
		if (typeof each === 'number') return end([...running.keys()][each % (running.size || 1)] ?? '');
		asked.push(`${each === 'small' ? 'S' : 'L'}${asked.length}`);
		ask(asked.at(-1) ?? '', each);
		await settle();
	};
	for (const each of steps) {
		const before = [given.length, held('L')] as const;
		await take(each);
		expectPromises(...before);
	}
	while (running.size > 0) await end([...running.keys()][0] ?? '');
	expect(given).toHaveLength(asked.length);
}

describe('slots', () => {
	test('at most so many run at a time, in the order in which they asked', async () => {
		const { ask, end, given } = watched(2);
		for (const name of ['a', 'b', 'c', 'd']) ask(name, 'large');
		await settle();
		expect(given).toEqual(['a', 'b']);
		await end('b');
		expect(given).toEqual(['a', 'b', 'c']);
		await end('a');
		expect(given).toEqual(['a', 'b', 'c', 'd']);
	});

	test('a failing work gives its slot back', async () => {
		const scheduler = new Scheduler(1, new ManualClock());
		await expect(scheduler.use('large', never, () => Promise.reject(new Error('x')))).rejects.toThrow('x');
		await expect(scheduler.use('small', never, async () => 'next')).resolves.toBe('next');
	});

	test('one that is given back before its work ends is given back once', async () => {
		const scheduler = new Scheduler(1, new ManualClock());
		const { closed, open } = gate();
		const first = scheduler.use('large', never, async (release) => {
			release();
			release();
			await closed;
		});
		await scheduler.use('large', never, async () => 'meanwhile');
		open();
		await first;
		const others = [gate(), gate()];
		let running = 0;
		for (const { closed: end } of others) {
			void scheduler.use('large', never, () => {
				running++;
				return end;
			});
		}
		await settle();
		expect(running).toBe(1);
	});

	test('who waits and is aborted rejects with the reason and takes no slot', async () => {
		const scheduler = new Scheduler(1, new ManualClock());
		const { closed, open } = gate();
		const first = scheduler.use('large', never, () => closed);
		const controller = new AbortController();
		const second = scheduler.use('large', controller.signal, async () => 'second');
		const third = scheduler.use('large', never, async () => 'third');
		const reason = new Error('mine');
		controller.abort(reason);
		await expect(second).rejects.toBe(reason);
		open();
		await first;
		await expect(third).resolves.toBe('third');
		await expect(scheduler.use('small', never, async () => 'fourth')).resolves.toBe('fourth');
	});

	test('who is aborted in the moment in which it is given a slot hands it on', async () => {
		const scheduler = new Scheduler(1, new ManualClock());
		const { closed, open } = gate();
		const controller = new AbortController();
		const first = scheduler.use('large', never, () => closed);
		const second = scheduler.use('small', controller.signal, async () => 'second');
		const third = scheduler.use('large', never, async () => 'third');
		open();
		await first;
		controller.abort(new Error('too late'));
		await second.catch(() => {});
		await expect(third).resolves.toBe('third');
	});

	test('[case 57] a small task is given the next slot, though many large requests have waited longer', async () => {
		const { ask, end, given } = watched(5);
		for (let at = 1; at <= 9; at++) ask(`L${at}`, 'large');
		ask('S', 'small');
		await settle();
		await end('L3');
		expect(given).toEqual(['L1', 'L2', 'L3', 'L4', 'L5', 'S']);
	});

	test('while small ones wait, one slot of five goes to the large request that has waited longest', async () => {
		const { ask, end, given } = watched(2);
		ask('S0', 'small');
		ask('S1', 'small');
		for (const name of ['L1', 'L2']) ask(name, 'large');
		for (let at = 2; at < 12; at++) ask(`S${at}`, 'small');
		await settle();
		for (let at = 0; at < 9; at++) await end(given[at] ?? '');
		expect(given.slice(0, 11).join(' ')).toBe('S0 S1 S2 S3 L1 S4 S5 S6 S7 L2 S8');
	});

	test('with one slot small and large take turns', async () => {
		const { ask, end, given } = watched(1);
		for (const at of [1, 2, 3]) {
			ask(`L${at}`, 'large');
			ask(`S${at}`, 'small');
		}
		await settle();
		for (let at = 0; at < 5; at++) await end(given[at] ?? '');
		expect(given.join(' ')).toBe('L1 S1 L2 S2 L3 S3');
	});

	test('with 1,024 slots as many run', async () => {
		const { ask, running } = watched(1024);
		for (let at = 0; at < 2000; at++) ask(`L${at}`, 'large');
		await settle();
		expect(running.size).toBe(1024);
	});

	test('whatever is asked and ends in whatever order: the promises hold, and nobody is forgotten', async () => {
		const load = fc.constantFrom<Load>('small', 'large');
		const step = fc.oneof(load, fc.nat());
		const world = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.array(step, { maxLength: 60 }));
		await fc.assert(
			fc.asyncProperty(world, ([parallel, steps]) => playSteps(parallel, steps)),
			{ numRuns: 60, seed: 1 },
		);
	});
});

describe('places', () => {
	test('who finds one at once begins in another turn of the page; who waited for one, as soon as it is given back', async () => {
		const { closed: turn, open } = gate();
		const scheduler = new Scheduler(1, { turn: () => turn });
		const begun: string[] = [];
		const leave = scheduler.enter('large', () => begun.push('first'));
		scheduler.enter('large', () => begun.push('second'));
		await settle();
		expect(begun).toEqual([]);
		open();
		await settle();
		expect(begun).toEqual(['first']);
		leave();
		await settle();
		expect(begun).toEqual(['first', 'second']);
	});

	/** Begins tasks; `begun` names those that run. */
	function tasks(parallel: number) {
		const scheduler = new Scheduler(parallel, new ManualClock());
		const begun: string[] = [];
		const enter = (name: string, load: Load) => scheduler.enter(load, () => begun.push(name));
		return { enter, begun };
	}

	test('so many tasks of each kind run, in the order in which they came; none begins before `enter` returns', async () => {
		const { enter, begun } = tasks(2);
		const leave = ['a', 'b', 'c', 'd'].map((name) => enter(name, 'large'));
		enter('small', 'small');
		expect(begun).toEqual([]);
		await settle();
		expect(begun).toEqual(['a', 'b', 'small']);
		leave[0]?.();
		leave[0]?.();
		await settle();
		expect(begun).toEqual(['a', 'b', 'small', 'c']);
	});

	test('who leaves before it has begun never begins, and its place goes on', async () => {
		const { enter, begun } = tasks(1);
		const leaveFirst = enter('a', 'large');
		const leaveSecond = enter('b', 'large');
		enter('c', 'large');
		leaveSecond();
		leaveFirst();
		await settle();
		expect(begun).toEqual(['c']);
	});
});

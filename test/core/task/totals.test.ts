import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Audience } from '../../../src/core/task/audience.js';
import type { Progress } from '../../../src/core/task/events.js';
import { ProgressMeter } from '../../../src/core/task/progress.js';
import { TotalsMeter } from '../../../src/core/task/totals.js';
import { planOf } from '../../../src/core/upload/plan.js';
import { ManualClock, settle } from '../../manual-clock.js';

const PART = 100;

/** A task's numbers as the uploader hears of them, moved by hand. */
class Moving {
	readonly meter: ProgressMeter;
	readonly told: Progress[] = [];
	readonly #audience: Audience<object>;
	readonly #totals: TotalsMeter;
	readonly #parts: number;
	readonly #stored = new Map<number, boolean>();
	#hasEnded = false;
	#isWorking = false;

	constructor(totals: TotalsMeter, clock: ManualClock, parts: number, lifetime: AbortSignal) {
		this.#totals = totals;
		this.#parts = parts;
		this.meter = new ProgressMeter(parts * PART, clock);
		const look = () => ({});
		this.#audience = new Audience({
			...{ meter: () => this.meter, totals, clock, lifetime, look },
			onChange: () => {},
		});
		this.#audience.on('progress', (progress) => this.told.push(progress));
		totals.begin();
		totals.expect(parts * PART);
	}

	/** A round begins, with what OSS holds. */
	begin(): void {
		if (this.#hasEnded) return;
		this.#rest();
		this.#totals.work();
		this.#isWorking = true;
		const partNumbers = [...this.#stored.keys()];
		this.meter.begin(planOf(this.#parts * PART, PART), { bytes: partNumbers.length * PART, partNumbers });
		this.#audience.move();
	}

	/** OSS held the part on an earlier visit. */
	held(partNumber: number): void {
		this.#stored.set(partNumber, true);
	}

	sending(partNumber: number, bytes: number): void {
		if (this.#hasEnded || this.#stored.has(partNumber) || partNumber > this.#parts) return;
		this.meter.sending(partNumber, bytes);
		this.#audience.move();
	}

	stored(partNumber: number, resumed = false): void {
		if (this.#hasEnded || this.#stored.has(partNumber) || partNumber > this.#parts) return;
		this.#stored.set(partNumber, resumed);
		this.meter.stored(partNumber, PART, resumed);
		this.#audience.move();
	}

	failed(partNumber: number): void {
		if (!this.#hasEnded) this.meter.failed(partNumber);
	}

	lost(partNumber: number): void {
		if (this.#hasEnded || !this.#stored.delete(partNumber)) return;
		this.meter.lost(partNumber, PART);
		this.#audience.move();
	}

	pause(): void {
		if (this.#hasEnded) return;
		this.meter.pause();
		this.#audience.catchUp();
		this.#rest();
	}

	end(isDone: boolean): void {
		if (this.#hasEnded) return;
		this.#hasEnded = true;
		if (isDone) this.meter.finish();
		this.#audience.move();
		this.#audience.catchUp();
		this.#audience.leave(this.#parts * PART);
		this.#rest();
	}

	#rest(): void {
		if (this.#isWorking) this.#totals.rest();
		this.#isWorking = false;
	}
}

const opened = () => {
	const clock = new ManualClock(0);
	const lifetime = new AbortController();
	const totals = new TotalsMeter(clock);
	return {
		...{ clock, lifetime, totals },
		task: (parts: number) => new Moving(totals, clock, parts, lifetime.signal),
	};
};

describe('TotalsMeter', () => {
	test('reaches exactly the sum of all files, and stays there until another one begins', () => {
		const { totals, task } = opened();
		const [one, two] = [task(2), task(3)];
		expect(totals.look()).toMatchObject({ loaded: 0, total: 5 * PART });
		for (const each of [one, two]) each.begin();
		one.stored(1);
		one.stored(2);
		one.end(true);
		expect(totals.look()).toMatchObject({ loaded: 2 * PART, total: 5 * PART, running: 1 });
		for (const part of [1, 2, 3]) two.stored(part);
		two.end(true);
		expect(totals.look()).toMatchObject({ loaded: 5 * PART, total: 5 * PART, remainingMs: 0 });
		task(1);
		expect(totals.look()).toMatchObject({ loaded: 0, total: PART });
	});

	test('what is left of a task that ends otherwise is no longer waited for; what was loaded of it stays', () => {
		const { totals, task } = opened();
		const [one, two] = [task(4), task(1)];
		one.begin();
		one.stored(1);
		one.end(false);
		expect(totals.look()).toMatchObject({ loaded: PART, total: 2 * PART });
		two.begin();
		two.end(true);
		expect(totals.look()).toMatchObject({ loaded: 2 * PART, total: 2 * PART });
	});

	test('a pause and a lost part take nothing back, and what is sent again is not counted twice', async () => {
		const { totals, task, clock } = opened();
		const one = task(4);
		one.begin();
		one.sending(1, 80);
		await clock.advance(100);
		one.pause();
		expect(totals.look().loaded).toBe(80);
		one.begin();
		one.stored(1);
		one.lost(1);
		one.stored(1);
		await clock.advance(1000);
		expect(totals.look().loaded).toBe(PART);
	});

	test('resumed bytes are loaded at once, and count in no speed', async () => {
		const { totals, task, clock } = opened();
		const one = task(10);
		for (const part of [1, 2, 3, 4, 5]) one.held(part);
		one.begin();
		expect(totals.look()).toMatchObject({ loaded: 5 * PART, bytesPerSecond: 0, remainingMs: undefined });
		await clock.advance(1000);
		one.stored(6, true);
		expect(totals.look()).toMatchObject({ loaded: 6 * PART, bytesPerSecond: 0 });
		await clock.advance(1000);
		one.stored(7);
		await clock.advance(1000);
		const { bytesPerSecond, remainingMs } = totals.look();
		expect(bytesPerSecond).toBeGreaterThan(40);
		expect(bytesPerSecond).toBeLessThan(60);
		expect(remainingMs).toBeCloseTo((3 * PART * 1000) / bytesPerSecond);
	});

	test('what nobody had to send counts in no speed', async () => {
		const { totals, task, clock } = opened();
		const [one, two] = [task(10), task(10)];
		two.begin();
		one.begin();
		await clock.advance(1000);
		one.end(true);
		expect(totals.look()).toMatchObject({ loaded: 10 * PART, bytesPerSecond: 0, remainingMs: undefined });
		two.stored(1);
		expect(totals.look().bytesPerSecond).toBeCloseTo(PART);
	});

	test('while no task is at work there is no speed, and nothing is known of the end', async () => {
		const { totals, task, clock } = opened();
		const one = task(10);
		one.begin();
		await clock.advance(1000);
		one.stored(1);
		expect(totals.look()).toMatchObject({ bytesPerSecond: PART, remainingMs: 9000, running: 1 });
		one.pause();
		expect(totals.look()).toMatchObject({ bytesPerSecond: 0, remainingMs: undefined, running: 0 });
	});

	test('an hour in which every task was paused is no part of the speed', async () => {
		const { totals, task, clock } = opened();
		const one = task(10);
		one.begin();
		await clock.advance(1000);
		one.stored(1);
		expect(totals.look().bytesPerSecond).toBeCloseTo(PART);
		one.pause();
		await clock.advance(3_600_000);
		one.begin();
		await clock.advance(1000);
		one.stored(2);
		expect(totals.look().bytesPerSecond).toBeCloseTo(PART, 0);
	});

	test('while another task goes on, a pause of one is part of the speed of all', async () => {
		const { totals, task, clock } = opened();
		const [one, two] = [task(10), task(10)];
		one.begin();
		two.begin();
		one.pause();
		await clock.advance(1000);
		one.begin();
		two.stored(1);
		expect(totals.look().bytesPerSecond).toBeCloseTo(PART);
	});
});

type Step =
	| { readonly kind: 'new'; readonly parts: number; readonly held: number }
	| { readonly kind: 'wait'; readonly ms: number }
	| { readonly kind: 'round' | 'pause' | 'done' | 'failed'; readonly task: number }
	| {
			readonly kind: 'sending' | 'stored' | 'resumed' | 'attempt failed' | 'lost';
			readonly task: number;
			readonly part: number;
			readonly bytes: number;
	  };

const someTask = fc.nat({ max: 3 });
const steps: fc.Arbitrary<Step> = fc.oneof(
	fc.record({
		kind: fc.constant('new' as const),
		parts: fc.integer({ min: 0, max: 5 }),
		held: fc.nat({ max: 3 }),
	}),
	fc.record({ kind: fc.constant('wait' as const), ms: fc.nat({ max: 300 }) }),
	fc.record({ kind: fc.constantFrom('round', 'pause', 'done', 'failed'), task: someTask }),
	{
		weight: 4,
		arbitrary: fc.record({
			kind: fc.constantFrom('sending', 'stored', 'resumed', 'attempt failed', 'lost'),
			task: someTask,
			part: fc.integer({ min: 1, max: 5 }),
			bytes: fc.nat({ max: PART }),
		}),
	},
);

/** Tasks that are moved step by step; the latest four. */
class Play {
	readonly world: ReturnType<typeof opened> = opened();
	readonly #tasks: Moving[] = [];
	#live = new Set<Moving>();
	/** Bytes of what was begun since none was live. */
	begun = 0;
	/** All that have ended since then are done. */
	areDone = true;

	get isIdle(): boolean {
		return this.#live.size === 0;
	}

	async step(step: Step): Promise<void> {
		if (step.kind === 'new') this.#begin(step);
		else if (step.kind === 'wait') await this.world.clock.advance(step.ms);
		else {
			const task = this.#tasks.at(-1 - step.task);
			if (task !== undefined) this.#move(task, step);
		}
	}

	#begin({ parts, held }: Step & { readonly kind: 'new' }): void {
		if (this.isIdle) {
			this.begun = 0;
			this.areDone = true;
		}
		const task = this.world.task(parts);
		for (let part = 1; part <= Math.min(held, parts); part++) task.held(part);
		this.#tasks.push(task);
		this.#live.add(task);
		this.begun += parts * PART;
	}

	#move(task: Moving, step: Exclude<Step, { readonly kind: 'new' | 'wait' }>): void {
		if ('part' in step) {
			if (step.kind === 'sending') task.sending(step.part, step.bytes);
			else if (step.kind === 'attempt failed') task.failed(step.part);
			else if (step.kind === 'lost') task.lost(step.part);
			else task.stored(step.part, step.kind === 'resumed');
		} else if (step.kind === 'round') task.begin();
		else if (step.kind === 'pause') task.pause();
		else {
			if (this.#live.delete(task) && step.kind === 'failed') this.areDone = false;
			task.end(step.kind === 'done');
		}
	}
}

test('whatever tasks do, the totals never run back but to begin anew, and never pass their sum', async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(steps, { maxLength: 60 }), async (sequence) => {
			const play = new Play();
			const { totals } = play.world;
			let before = totals.look();
			for (const step of sequence) {
				const wasIdle = play.isIdle;
				await play.step(step);
				const now = totals.look();
				expect(now.loaded).toBeLessThanOrEqual(now.total);
				expect(now.total).toBeLessThanOrEqual(play.begun);
				expect(now.bytesPerSecond).toBeGreaterThanOrEqual(0);
				if (wasIdle && step.kind === 'new') expect(now.loaded).toBe(0);
				else expect(now.loaded).toBeGreaterThanOrEqual(before.loaded);
				if (play.isIdle) expect(now.loaded).toBe(now.total);
				if (play.isIdle && play.areDone) expect(now.total).toBe(play.begun);
				before = now;
			}
			await settle();
		}),
		{ numRuns: 200 },
	);
});

test('what the uploader is at is told when it changes, and not otherwise', () => {
	const told: string[] = [];
	const totals = new TotalsMeter(new ManualClock(), ({ isSending, isBusy }) =>
		told.push(`${isBusy ? 'busy' : 'idle'}${isSending ? ', sending' : ''}`),
	);
	totals.begin();
	totals.begin();
	totals.work();
	totals.work();
	totals.rest();
	totals.rest();
	totals.end(0);
	totals.work();
	totals.rest();
	totals.end(0);
	expect(told).toEqual(['busy', 'busy, sending', 'busy', 'busy, sending', 'busy', 'idle']);
});

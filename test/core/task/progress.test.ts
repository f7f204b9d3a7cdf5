import { describe, expect, test } from 'vitest';
import { ProgressMeter } from '../../../src/core/task/progress.js';
import { planOf } from '../../../src/core/upload/plan.js';
import { ManualClock } from '../../manual-clock.js';

const plan = planOf(1000, 100);
const nothing = { bytes: 0, partNumbers: [] };

const partsUpTo = (last: number) => ({
	bytes: 100 * last,
	partNumbers: Array.from({ length: last }, (_, at) => at + 1),
});

function begun(stored: { bytes: number; partNumbers: readonly number[] } = nothing) {
	const clock = new ManualClock();
	const meter = new ProgressMeter(1000, clock);
	meter.begin(plan, stored);
	return { clock, meter };
}

describe('ProgressMeter', () => {
	test('before the plan is made it knows the size only', () => {
		expect(new ProgressMeter(1000, new ManualClock()).snapshot()).toEqual({
			loaded: 0,
			stored: 0,
			total: 1000,
			resumed: 0,
			partsDone: 0,
			partsTotal: 0,
			bytesPerSecond: 0,
			remainingMs: undefined,
		});
	});

	test('loaded stays below total until OSS has answered Complete', () => {
		const { meter } = begun();
		for (let partNumber = 1; partNumber <= 10; partNumber++) meter.stored(partNumber, 100, false);
		expect(meter.snapshot()).toMatchObject({ loaded: 999, partsDone: 10 });
		meter.finish();
		expect(meter.snapshot()).toMatchObject({ loaded: 1000, remainingMs: 0 });
	});

	test('an attempt that fails takes nothing back from what was shown', () => {
		const { meter } = begun();
		meter.sending(1, 80);
		expect(meter.snapshot().loaded).toBe(80);
		meter.failed(1);
		expect(meter.snapshot().loaded).toBe(80);
		meter.sending(1, 30);
		expect(meter.snapshot().loaded).toBe(80);
		meter.stored(1, 100, false);
		expect(meter.snapshot().loaded).toBe(100);
	});

	test('loaded goes back when a stored part is really lost', () => {
		const { meter } = begun(partsUpTo(3));
		expect(meter.snapshot().loaded).toBe(300);
		meter.lost(3, 100);
		expect(meter.snapshot()).toMatchObject({ loaded: 200, stored: 200, partsDone: 2, resumed: 200 });
	});

	test('[A5] a resumed part that is sent again does not count as resumed; one that was sent here never did', () => {
		const { meter } = begun(partsUpTo(3));
		meter.lost(2, 100);
		meter.stored(2, 100, false);
		expect(meter.snapshot()).toMatchObject({ loaded: 300, resumed: 200 });
		meter.lost(2, 100);
		expect(meter.snapshot()).toMatchObject({ loaded: 200, resumed: 200 });
	});

	test('stored is what OSS holds, loaded also what is on its way; a pause drops the latter', () => {
		const { meter } = begun(partsUpTo(1));
		meter.sending(2, 70);
		expect(meter.snapshot()).toMatchObject({ stored: 100, loaded: 170 });
		meter.pause();
		expect(meter.snapshot()).toMatchObject({ stored: 100, loaded: 100 });
	});

	test('loaded stays below total also when the task pauses with all parts stored', () => {
		const { meter } = begun();
		for (let partNumber = 1; partNumber <= 10; partNumber++) meter.stored(partNumber, 100, false);
		meter.pause();
		expect(meter.snapshot()).toMatchObject({ loaded: 999, stored: 1000 });
		meter.begin(plan, partsUpTo(10));
		expect(meter.snapshot()).toMatchObject({ loaded: 999, stored: 1000 });
		meter.finish();
		expect(meter.snapshot()).toMatchObject({ loaded: 1000, remainingMs: 0 });
	});

	test('[C12] it is one frozen value until something changes', () => {
		const { meter } = begun();
		const before = meter.snapshot();
		expect(meter.snapshot()).toBe(before);
		expect(Object.isFrozen(before)).toBe(true);
		meter.sending(1, 10);
		expect(meter.snapshot()).not.toBe(before);
		expect(before.loaded).toBe(0);
	});

	test('resumed bytes count in no speed', async () => {
		const { clock, meter } = begun(partsUpTo(5));
		expect(meter.snapshot()).toMatchObject({
			loaded: 500,
			resumed: 500,
			bytesPerSecond: 0,
			remainingMs: undefined,
		});
		await clock.advance(1000);
		meter.stored(6, 100, true);
		expect(meter.snapshot()).toMatchObject({ resumed: 600, bytesPerSecond: 0 });
		meter.stored(7, 100, false);
		expect(meter.snapshot().bytesPerSecond).toBeCloseTo(100);
	});

	test('the speed is that of late, and the remaining time follows from it', async () => {
		const { clock, meter } = begun();
		for (let partNumber = 1; partNumber <= 5; partNumber++) {
			await clock.advance(1000);
			meter.stored(partNumber, 100, false);
		}
		expect(meter.snapshot().bytesPerSecond).toBeCloseTo(100);
		expect(meter.snapshot().remainingMs).toBeCloseTo(5000);
		await clock.advance(60_000);
		meter.stored(6, 100, false);
		expect(meter.snapshot().bytesPerSecond).toBeLessThan(5);
	});

	test('a pause is no part of the speed', async () => {
		const { clock, meter } = begun();
		await clock.advance(1000);
		meter.stored(1, 100, false);
		await clock.advance(3_600_000);
		meter.begin(plan, partsUpTo(1));
		await clock.advance(1000);
		meter.stored(2, 100, false);
		expect(meter.snapshot().bytesPerSecond).toBeCloseTo(100, 0);
	});

	test('while it rests there is no speed, and what passes meanwhile is no part of it', async () => {
		const { clock, meter } = begun();
		await clock.advance(1000);
		meter.stored(1, 100, false);
		meter.rest();
		expect(meter.snapshot()).toMatchObject({ bytesPerSecond: 0, remainingMs: undefined, loaded: 100 });
		await clock.advance(600_000);
		meter.work();
		await clock.advance(1000);
		meter.stored(2, 100, false);
		expect(meter.snapshot().bytesPerSecond).toBeCloseTo(100);
	});

	test('of another task that is mirrored only what comes from then on counts in the speed', async () => {
		const clock = new ManualClock();
		const meter = new ProgressMeter(1000, clock);
		const told = { ...meter.snapshot(), partsTotal: 10 };
		meter.mirror({ ...told, loaded: 900, stored: 900, partsDone: 9 });
		expect(meter.snapshot()).toMatchObject({ loaded: 900, bytesPerSecond: 0, remainingMs: undefined });
		await clock.advance(1000);
		meter.mirror({ ...told, loaded: 920, stored: 900, partsDone: 9 });
		expect(meter.snapshot().bytesPerSecond).toBeCloseTo(20);
		expect(meter.measured).toBe(20);
	});

	test.each<[string, (meter: ProgressMeter) => void]>([
		['it was paused', (meter) => meter.pause()],
		['it had nothing to show, since nothing was heard', (meter) => meter.rest()],
		['it was at work, as far as was heard', () => {}],
	])('what the other sent while %s is no part of the speed from then on', async (_, leave) => {
		const clock = new ManualClock();
		const meter = new ProgressMeter(1000, clock);
		const told = { ...meter.snapshot(), partsTotal: 10 };
		meter.work();
		meter.mirror({ ...told, loaded: 100, stored: 100, partsDone: 1 });
		leave(meter);
		await clock.advance(600_000);
		meter.work();
		meter.mirror({ ...told, loaded: 900, stored: 900, partsDone: 9 });
		await clock.advance(1000);
		meter.mirror({ ...told, loaded: 920, stored: 900, partsDone: 9 });
		expect(meter.snapshot().bytesPerSecond).toBeCloseTo(20);
		expect(meter.measured).toBe(20);
	});

	test('of another task that says last that it rests there is no speed', async () => {
		const clock = new ManualClock();
		const meter = new ProgressMeter(1000, clock);
		const told = { ...meter.snapshot(), partsTotal: 10 };
		meter.work();
		meter.mirror({ ...told, loaded: 100, stored: 100, partsDone: 1 });
		await clock.advance(1000);
		meter.rest();
		meter.mirror({ ...told, loaded: 200, stored: 200, partsDone: 2 });
		expect(meter.snapshot()).toMatchObject({ loaded: 200, bytesPerSecond: 0 });
	});

	test('an empty file is done at 0 of 0', () => {
		const meter = new ProgressMeter(0, new ManualClock());
		meter.begin(planOf(0, 1), nothing);
		meter.stored(1, 0, false);
		meter.finish();
		expect(meter.snapshot()).toMatchObject({ loaded: 0, total: 0, partsDone: 1, remainingMs: 0 });
	});
});

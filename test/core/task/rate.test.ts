import { describe, expect, test } from 'vitest';
import { Rate } from '../../../src/core/task/rate.js';
import { ManualClock } from '../../manual-clock.js';

describe('Rate', () => {
	test('is 0, and nothing is known to remain, until bytes were measured over some time', async () => {
		const clock = new ManualClock();
		const rate = new Rate(clock);
		rate.measure(500);
		expect(rate.bytesPerSecond).toBe(0);
		expect(rate.remainingMs(1000)).toBeUndefined();
		await clock.advance(1000);
		rate.measure(500);
		expect(rate.bytesPerSecond).toBeGreaterThan(0);
		expect(rate.remainingMs(1000)).toBeCloseTo((1000 * 1000) / rate.bytesPerSecond);
	});

	test('for nothing that is left no time remains, also while no speed is known', () => {
		expect(new Rate(new ManualClock()).remainingMs(0)).toBe(0);
	});

	test('what was measured half a minute ago hardly counts', async () => {
		const clock = new ManualClock();
		const rate = new Rate(clock);
		rate.restart();
		for (const bytesPerSecond of [1000, 10]) {
			for (let second = 0; second < 30; second++) {
				await clock.advance(1000);
				rate.measure(bytesPerSecond);
			}
		}
		expect(rate.bytesPerSecond).toBeGreaterThan(10);
		expect(rate.bytesPerSecond).toBeLessThan(40);
	});

	test('of an hour in which the machine slept five minutes count: soon it is as if there had been none', async () => {
		const clock = new ManualClock();
		const rate = new Rate(clock);
		rate.restart();
		const measureFor = async (seconds: number) => {
			for (let second = 0; second < seconds; second++) {
				await clock.advance(1000);
				rate.measure(1000);
			}
		};
		await measureFor(10);
		await clock.sleepThrough(3_600_000);
		await measureFor(45);
		expect(rate.bytesPerSecond).toBeGreaterThan(800);
		expect(rate.bytesPerSecond).toBeLessThan(1001);
	});

	test('what was forgotten counts no more: the speed is that of what comes then', async () => {
		const clock = new ManualClock();
		const rate = new Rate(clock);
		rate.restart();
		await clock.advance(1000);
		rate.measure(1000);
		rate.forget();
		expect([rate.bytesPerSecond, rate.remainingMs(1)]).toEqual([0, undefined]);
		await clock.advance(60_000);
		rate.restart();
		await clock.advance(1000);
		rate.measure(70);
		expect(rate.bytesPerSecond).toBe(70);
	});
});

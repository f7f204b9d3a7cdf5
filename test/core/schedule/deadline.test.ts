import { describe, expect, test } from 'vitest';
import { withDeadline } from '../../../src/base/abortable.js';
import { Deadlines } from '../../../src/core/schedule/deadline.js';
import { ManualClock } from '../../manual-clock.js';

const MiB = 1024 * 1024;
const never = new AbortController().signal;

describe('Deadlines', () => {
	test('before anything was measured, a part may take as long as on a bad mobile line', () => {
		expect(new Deadlines().allow(4 * MiB, 0)).toBe(30_000 + 256_000);
	});

	test('a request without a body gets 30 s', () => {
		expect(new Deadlines().allow(0, 0)).toBe(30_000);
	});

	test('the deadline follows the observed rate, with slack, and doubles after each time-out', () => {
		const deadlines = new Deadlines();
		deadlines.observe(MiB, 1000);
		expect(deadlines.allow(4 * MiB, 0)).toBe(30_000 + 16_000);
		expect(deadlines.allow(4 * MiB, 1)).toBe(2 * (30_000 + 16_000));
		expect(deadlines.allow(4 * MiB, 2)).toBe(4 * (30_000 + 16_000));
	});

	test('no deadline exceeds what a timer can count', () => {
		const deadlines = new Deadlines();
		deadlines.observe(100 * 1024, 3_600_000);
		expect(deadlines.allow(5 * 1024 * MiB, 5)).toBe(2e9);
	});

	test('a slower line later on makes it longer', () => {
		const deadlines = new Deadlines();
		deadlines.observe(MiB, 1000);
		const before = deadlines.allow(MiB, 0);
		deadlines.observe(MiB, 10_000);
		expect(deadlines.allow(MiB, 0)).toBeGreaterThan(before);
	});
});

describe('withDeadline', () => {
	test('an answer in time is passed on, and no timer stays behind', async () => {
		const clock = new ManualClock();
		await expect(withDeadline(clock, 1000, never, async () => 'answer')).resolves.toBe('answer');
		expect(clock.sleeping).toBe(0);
	});

	test('after the deadline the work is aborted and a Timeout is thrown, even when the work ignores its signal', async () => {
		const clock = new ManualClock();
		let seen: AbortSignal | undefined;
		const waiting = withDeadline(clock, 1000, never, (signal) => {
			seen = signal;
			return new Promise<never>(() => {});
		});
		const outcome = expect(waiting).rejects.toMatchObject({ code: 'Timeout', retryable: true });
		await clock.advance(1000);
		await outcome;
		expect(seen?.aborted).toBe(true);
	});

	test("the caller's abort comes through with its own reason", async () => {
		const clock = new ManualClock();
		const controller = new AbortController();
		const waiting = withDeadline(clock, 1000, controller.signal, () => new Promise<never>(() => {}));
		const reason = new Error('mine');
		controller.abort(reason);
		await expect(waiting).rejects.toBe(reason);
		expect(clock.sleeping).toBe(0);
	});
});

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/browser/clock.js';

beforeEach(() => {
	vi.useFakeTimers();
});
afterEach(() => {
	vi.useRealTimers();
});

test('now is the machine’s time at the call, not at the import', () => {
	vi.setSystemTime(1234);
	expect(systemClock.now()).toBe(1234);
});

test('monotonic goes on as time passes, whatever the machine’s clock is set to', () => {
	const before = systemClock.monotonic();
	vi.advanceTimersByTime(1000);
	vi.setSystemTime(1234);
	expect(systemClock.monotonic() - before).toBe(1000);
});

test('random lies from 0 to below 1', () => {
	expect(systemClock.random()).toBeGreaterThanOrEqual(0);
	expect(systemClock.random()).toBeLessThan(1);
});

test('a sleep ends after its time, not before, and leaves no listener on the signal', async () => {
	const { signal } = new AbortController();
	const removed = vi.spyOn(signal, 'removeEventListener');
	const woken = vi.fn();
	const sleep = systemClock.sleep(1000, signal).then(woken);
	await vi.advanceTimersByTimeAsync(999);
	expect(woken).not.toHaveBeenCalled();
	await vi.advanceTimersByTimeAsync(1);
	await sleep;
	expect(removed).toHaveBeenCalledTimes(1);
});

test('an aborted sleep rejects with the reason itself and leaves no timer', async () => {
	const controller = new AbortController();
	const sleep = systemClock.sleep(1000, controller.signal);
	const reason = new Error('mine');
	controller.abort(reason);
	await expect(sleep).rejects.toBe(reason);
	expect(vi.getTimerCount()).toBe(0);
});

test('a sleep under an aborted signal never starts', async () => {
	await expect(systemClock.sleep(1000, AbortSignal.abort('mine'))).rejects.toBe('mine');
	expect(vi.getTimerCount()).toBe(0);
});

test('a turn is a task of its own, and needs no timer, which a hidden tab would hold up', async () => {
	const order: string[] = [];
	const turn = systemClock.turn().then(() => order.push('turn'));
	for (let at = 0; at < 100; at++) await undefined;
	order.push('what was there before');
	await turn;
	expect(order).toEqual(['what was there before', 'turn']);
	expect(vi.getTimerCount()).toBe(0);
});

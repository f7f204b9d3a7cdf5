import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { inTime, LIMIT_MS } from '../../bench/time-limit.js';

beforeEach(() => {
	vi.useFakeTimers();
});

afterEach(() => {
	vi.useRealTimers();
});

const never = new Promise<never>(() => {});

test('what takes too long fails, and the error says what it was', async () => {
	const failed = expect(inTime(never, 'an upload')).rejects.toThrow('Not within 10 minutes: an upload');
	await vi.advanceTimersByTimeAsync(LIMIT_MS);
	await failed;
});

test('it may take as long as the limit', async () => {
	let done = (_: string) => {};
	const work = new Promise<string>((resolve) => {
		done = resolve;
	});
	const result = inTime(work, 'an upload');
	await vi.advanceTimersByTimeAsync(LIMIT_MS - 1);
	done('report');
	expect(await result).toBe('report');
});

test('no timer is left that would keep the process', async () => {
	await inTime(Promise.resolve(), 'an upload');
	await expect(inTime(Promise.reject(new Error('refused')), 'an upload')).rejects.toThrow('refused');
	expect(vi.getTimerCount()).toBe(0);
});

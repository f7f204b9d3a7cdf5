import { expect, test } from 'vitest';
import { LockQueue } from '../../../src/browser/tabs/lock-queue.js';
import { settle } from '../../manual-clock.js';

const { signal } = new AbortController();

test('what somebody has is taken by nobody else, and told, until it ends', () => {
	const turns = new LockQueue();
	expect(turns.take('a')).toBe(true);
	expect(turns.take('a')).toBe(false);
	expect(turns.take('b')).toBe(true);
	expect([...turns.ids]).toEqual(['a', 'b']);
	turns.end('a');
	expect([...turns.ids]).toEqual(['b']);
	expect(turns.take('a')).toBe(true);
});

test('a turn that is passed on is free at no moment between', async () => {
	const turns = new LockQueue();
	turns.take('a');
	const next = turns.takeNext('a', signal);
	turns.end('a');
	expect(turns.take('a')).toBe(false);
	await next;
	expect(turns.take('a')).toBe(false);
	turns.end('a');
	expect(turns.take('a')).toBe(true);
});

test.each([
	['just before the abort', (abort: () => void, end: () => void) => [end, abort]],
	['just after the abort', (abort: () => void, end: () => void) => [abort, end]],
])('a turn that comes %s is not lost', async (_, inOrder) => {
	const turns = new LockQueue();
	turns.take('a');
	const gaveUp = new AbortController();
	let hasIt = false;
	const wait = turns.takeNext('a', gaveUp.signal).then(
		() => {
			hasIt = true;
		},
		() => {},
	);
	const steps = inOrder(
		() => gaveUp.abort(),
		() => turns.end('a'),
	);
	for (const step of steps) step();
	await wait;
	await settle();
	if (hasIt) turns.end('a');
	expect(turns.take('a')).toBe(true);
});

import { expect, test } from 'vitest';
import type { Task } from '../../../src/core/task/task.js';
import { settle } from '../../manual-clock.js';
import { hanging, PART, scriptedTask } from '../scripted-world.js';

const blob = new Blob([new Uint8Array(3 * PART).fill(7)]);

/** As WebKit does inside of `abort()`, where a listener of the host calls into the page. */
function runMicrotasks(): void {
	const drain: unknown = Reflect.get(process, '_tickCallback');
	if (typeof drain !== 'function') throw new Error('This Node has no way to run its microtasks at once');
	drain.call(process);
}

/** A task in its first round, all of which plays to its end inside of `abort()`; and how often a round has begun. */
async function playing() {
	let rounds = 0;
	const { task } = scriptedTask(
		blob,
		{},
		{
			fingerprint: (signal) => {
				if (++rounds > 1) return Promise.resolve('f');
				// Last of all listeners, so that whoever waits has heard of it.
				queueMicrotask(() => signal.addEventListener('abort', runMicrotasks));
				return hanging(signal);
			},
		},
	);
	await settle();
	return { task, rounds: () => rounds };
}

const whenSent = (task: Task) =>
	new Promise<void>((resolve) => task.on('part', ({ status }) => status === 'sending' && resolve()));

// From a task of its own: inside of a microtask no other is run.
const later = (work: () => void) => new Promise<void>((resolve) => setTimeout(() => resolve(work())));

test('paused, it stays so until it is told to go on', async () => {
	const { task, rounds } = await playing();
	await later(() => task.pause());
	await settle();
	expect(task.state).toBe('paused');
	expect(rounds()).toBe(1);
	task.resume();
	await task.result;
	expect(task.state).toBe('done');
});

test('paused, and told to go on by the first who hears of it: it begins one round', async () => {
	const { task, rounds } = await playing();
	const off = task.on('state', (state) => {
		if (state !== 'paused') return;
		off();
		task.resume();
	});
	await later(() => task.pause());
	await task.result;
	expect(rounds()).toBeGreaterThan(1);
	expect(task.state).toBe('done');
});

test('stopped, it ends once', async () => {
	let released = 0;
	const { task } = scriptedTask(
		blob,
		{
			uploadPart: (_, signal) => {
				queueMicrotask(() => signal.addEventListener('abort', runMicrotasks));
				return hanging(signal);
			},
		},
		{ lock: { claim: async () => () => released++ } },
	);
	await whenSent(task);
	await later(() => task.stop(new Error('enough')));
	await expect(task.result).rejects.toMatchObject({ message: 'enough' });
	await task.settled;
	await settle();
	expect(released).toBe(1);
});

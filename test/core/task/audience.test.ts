import { describe, expect, test } from 'vitest';
import { UploadError } from '../../../src/base/errors.js';
import type { Remote } from '../../../src/core/ports.js';
import type { TaskState } from '../../../src/core/task/state.js';
import { TotalsMeter } from '../../../src/core/task/totals.js';
import type { UploadTask } from '../../../src/core/task/upload-task.js';
import { ManualClock, settle } from '../../manual-clock.js';
import { hanging, PART, scriptedTask } from '../scripted-world.js';

const PARTS = 3;
const blob = new Blob([new Uint8Array(PARTS * PART).fill(7)]);

/** Milliseconds between two tellings of the transport, and bytes. */
const STEP = 16;

/** Parts of which all movement is told of, a byte in a millisecond. */
function trickling(script: Partial<Remote> = {}) {
	const never = new AbortController().signal;
	const clock = new ManualClock();
	const totals = new TotalsMeter(clock);
	const scripted = scriptedTask(
		blob,
		{
			uploadPart: async ({ bytes, onSent }, signal) => {
				for (let sent = STEP; sent <= PART; sent += STEP) {
					onSent(sent);
					await clock.sleep(STEP, never);
					signal.throwIfAborted();
				}
				const { crc64, md5 } = await scripted.digest(bytes, true);
				return { etag: `"${md5}"`, crc64 };
			},
			...script,
		},
		{ clock, totals },
	);
	return { ...scripted, totals };
}

/** Until the task has ended. */
async function play({ task, clock }: ReturnType<typeof trickling>): Promise<void> {
	void task.result.catch(() => {});
	while (!['done', 'failed', 'stopped', 'aborted'].includes(task.state)) await clock.advance(50);
}

describe('progress', () => {
	test('is told some ten times a second at most, beside what comes before a new state', async () => {
		const scripted = trickling();
		const { task, clock } = scripted;
		const told: number[] = [];
		let states = 0;
		task.on('progress', () => told.push(clock.now()));
		task.on('state', () => states++);
		const beganAt = clock.now();
		await play(scripted);
		const tenths = (clock.now() - beganAt) / 100;
		expect(told.length).toBeGreaterThan(0.8 * tenths);
		expect(told.length).toBeLessThanOrEqual(tenths + 1 + states);
	});

	test('its last value is told before `done`, and is all', async () => {
		const scripted = trickling();
		const { task } = scripted;
		const heard: (TaskState | number)[] = [];
		task.on('progress', ({ loaded }) => heard.push(loaded));
		task.on('state', (state) => heard.push(state));
		await play(scripted);
		expect(heard.slice(-2)).toEqual([blob.size, 'done']);
		expect(heard.filter((value) => value === blob.size)).toHaveLength(1);
	});

	test('what a pause takes back is told right behind `paused`, never before, also where nothing has moved of late', async () => {
		const { task, clock } = scriptedTask(blob, {
			uploadPart: ({ onSent }, signal) => {
				onSent(PART / 2);
				return hanging(signal);
			},
		});
		const heard: (TaskState | number)[] = [];
		task.on('progress', ({ loaded }) => heard.push(loaded));
		task.on('state', (state) => heard.push(state));
		await clock.advance(1000);
		expect(heard.slice(-1)).toEqual([PART / 2]);
		task.pause();
		expect(heard.slice(-2)).toEqual(['paused', 0]);
		expect(task.progress.loaded).toBe(0);
		await task.abort();
	});

	test('a pause of a task that waits tells of no progress', async () => {
		const { task, clock } = trickling();
		let told = 0;
		task.on('progress', () => told++);
		task.pause();
		expect({ told, sleeping: clock.sleeping }).toEqual({ told: 0, sleeping: 0 });
		await task.abort();
	});

	test('nothing is told after the end, and nobody is left asleep', async () => {
		const { task, clock } = trickling();
		await clock.advance(PART / 2);
		task.stop(new Error('left'));
		let told = 0;
		task.on('progress', () => told++);
		await clock.advance(10_000);
		expect({ told, sleeping: clock.sleeping }).toEqual({ told: 0, sleeping: 0 });
	});
});

describe('a listener of progress that ends or pauses the task is obeyed', () => {
	const WAYS: Readonly<Record<string, readonly [(task: UploadTask) => void, TaskState]>> = {
		abort: [(task) => void task.abort(), 'aborted'],
		pause: [(task) => task.pause(), 'paused'],
	};

	test.each(Object.entries(WAYS))('%s(), whatever the progress is told before', async (_, [act, wanted]) => {
		// Each telling in its turn, also those that come just before a new state.
		for (let turn = 1, isOver = false; !isOver; turn++) {
			const scripted = trickling();
			const { task, clock } = scripted;
			let tellings = 0;
			let toldAt: TaskState | undefined;
			task.on('progress', () => {
				if (++tellings !== turn) return;
				toldAt = task.state;
				act(task);
			});
			await clock.advance(PARTS * PART + 10_000);
			isOver = toldAt === undefined;
			// Stored is stored; and while it completes a pause waits.
			const isLate = toldAt === 'completing' || isOver;
			expect({ turn, toldAt, state: task.state }).toEqual({ turn, toldAt, state: isLate ? 'done' : wanted });
			if (wanted === 'paused' && !isLate) {
				task.resume();
				await clock.advance(PARTS * PART + 10_000);
				expect(task.state).toBe('done');
			}
			// One task has begun and ended: the next one begins the totals anew.
			scripted.totals.begin();
			scripted.totals.expect(5);
			expect(scripted.totals.look()).toMatchObject({ loaded: 0, total: 5 });
		}
	});

	test('abort() at the last progress before the task is stopped ends it once', async () => {
		const released: string[] = [];
		const { task, clock } = scriptedTask(
			blob,
			{
				uploadPart: ({ onSent }, signal) => {
					for (const sent of [1, 2]) onSent(sent);
					return hanging(signal);
				},
			},
			{ lock: { claim: async (id) => () => void released.push(id) } },
		);
		task.on('progress', ({ loaded }) => loaded === 2 && void task.abort());
		await settle();
		expect(task.state).toBe('uploading');
		task.stop(new Error('left'));
		await clock.advance(1000);
		expect(task.state).toBe('aborted');
		expect(released).toHaveLength(1);
	});
});

test('a listener that pauses a task in the moment it is resumed is obeyed, and what it resumes plays one round at a time', async () => {
	let initiated = 0;
	const { task } = scriptedTask(blob, {
		initiate: async () => {
			initiated++;
			return 'U';
		},
	});
	task.pause();
	const stop = task.on('state', (state) => state === 'waiting' && task.pause());
	task.resume();
	await settle();
	expect({ initiated, state: task.state }).toEqual({ initiated: 0, state: 'paused' });
	stop();
	let times = 0;
	task.on('state', (state) => {
		if (state !== 'waiting' || times++ > 0) return;
		task.pause();
		task.resume();
	});
	task.resume();
	await task.result;
	expect(initiated).toBe(1);
});

describe('the snapshot of a task', () => {
	test('is one frozen value until something changes, and shows what the task shows', async () => {
		const scripted = trickling();
		const { task } = scripted;
		const first = task.snapshot();
		expect(first).toEqual({
			state: 'waiting',
			progress: task.progress,
			key: 'k',
			checkpointId: undefined,
			error: undefined,
		});
		const seen: (typeof first)[] = [];
		task.subscribe(() => {
			expect(task.snapshot()).toBe(task.snapshot());
			seen.push(task.snapshot());
		});
		await play(scripted);
		expect(first.state).toBe('waiting');
		expect(seen.every((value) => Object.isFrozen(value))).toBe(true);
		expect(new Set(seen).size).toBe(seen.length);
		const { progress, checkpointId } = task;
		expect(seen.at(-1)).toEqual({ state: 'done', progress, key: 'k', checkpointId, error: undefined });
		expect(checkpointId).toBe('/b/k/f');
	});

	test('tells why the task ended, and that a failed one was aborted', async () => {
		const error = new UploadError('Service', 'no');
		const { task } = scriptedTask(blob, { uploadPart: () => Promise.reject(error) });
		const states: unknown[] = [];
		task.subscribe(() => states.push([task.snapshot().state, task.snapshot().error]));
		await task.result.catch(() => {});
		expect(states.at(-1)).toEqual(['failed', error]);
		await task.abort();
		expect(states.at(-1)).toEqual(['aborted', error]);
	});

	test('and `subscribe` can be handed on by themselves, as `useSyncExternalStore` takes them', async () => {
		const { task } = scriptedTask(blob, {});
		const { snapshot, subscribe } = task;
		expect([task.snapshot, task.subscribe]).toEqual([snapshot, subscribe]);
		const states: TaskState[] = [];
		subscribe(() => states.push(snapshot().state));
		await task.result;
		expect(states.at(-1)).toBe('done');
	});

	test('its subscribers are told some ten times a second at most, beside new states', async () => {
		const scripted = trickling();
		const { task, clock } = scripted;
		let told = 0;
		let others = 0;
		task.subscribe(() => told++);
		task.on('state', () => others++);
		const beganAt = clock.now();
		await play(scripted);
		expect(told).toBeGreaterThan(20);
		// A claimed upload is a change, too.
		expect(told).toBeLessThanOrEqual((clock.now() - beganAt) / 100 + 2 + 2 * others);
	});
});

test('a warning of a code is told once for a task', async () => {
	const held: (((ms: number) => void) | undefined)[] = [];
	const { task } = scriptedTask(blob, {}, { hear: (tell) => held.push(tell) });
	const codes: string[] = [];
	task.on('warning', ({ code }) => codes.push(code));
	await settle();
	for (const tell of held) for (const ms of [1500, 2500]) tell?.(ms);
	expect(codes).toEqual(['Throttled']);
	await task.result;
});

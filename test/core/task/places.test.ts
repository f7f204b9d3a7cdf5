import { describe, expect, test } from 'vitest';
import type { Remote } from '../../../src/core/ports.js';
import { Scheduler } from '../../../src/core/schedule/scheduler.js';
import type { TaskState } from '../../../src/core/task/state.js';
import { ManualClock, settle } from '../../manual-clock.js';
import { hanging, PART, type ScriptedOptions, scriptedTask } from '../scripted-world.js';

const blob = new Blob([new Uint8Array(3 * PART).fill(7)]);
const small = new Blob([new Uint8Array(PART).fill(7)]);

/** An uploader in which one large task, and one small one, runs at a time. */
function uploader() {
	const clock = new ManualClock();
	const shared = { scheduler: new Scheduler(1, clock), clock };
	/** Tasks that asked OSS for something, in order. */
	const asked: string[] = [];
	const begin = (name: string, script: Partial<Remote> = {}, options: ScriptedOptions = {}, file = blob) => {
		const scripted = scriptedTask(
			file,
			{
				initiate: async () => {
					asked.push(name);
					return name;
				},
				uploadPart: (_, signal) => hanging(signal),
				put: (_, __, ___, signal) => {
					asked.push(name);
					return hanging(signal);
				},
				...script,
			},
			{ key: name, ...shared, ...options },
		);
		return scripted.task;
	};
	return { ...shared, begin, asked };
}

describe('places among those that run', () => {
	test('a task waits for one, and those that wait come in turn', async () => {
		const { begin, asked } = uploader();
		const [one, two, three] = ['one', 'two', 'three'].map((name) => begin(name));
		await settle();
		expect([one, two, three].map((task) => task?.state)).toEqual(['uploading', 'waiting', 'waiting']);
		one?.stop(new Error('left'));
		await settle();
		expect(asked).toEqual(['one', 'two']);
		await two?.abort();
		await settle();
		expect(asked).toEqual(['one', 'two', 'three']);
	});

	test.each(['pause', 'stop', 'abort'] as const)('one that waits leaves its place at %s()', async (way) => {
		for (const file of [blob, small]) {
			const { begin, asked } = uploader();
			const [one, two] = ['one', 'two', 'three'].map((name) => begin(name, {}, {}, file));
			await settle();
			if (way === 'stop') two?.stop(new Error('left'));
			else void two?.[way]();
			await settle();
			one?.stop(new Error('left'));
			await settle();
			expect(asked).toEqual(['one', 'three']);
		}
	});

	test('one that is stopped in the moment in which its turn has come asks for nothing, and the next one runs', async () => {
		const { begin, asked } = uploader();
		const one = begin('one');
		const two = begin('two');
		one.stop(new Error('left'));
		two.stop(new Error('left'));
		begin('three');
		await settle();
		expect(asked).toEqual(['three']);
	});

	test('one that runs gives its place away when it is paused; resumed it waits behind those that came meanwhile', async () => {
		const { begin, asked } = uploader();
		const one = begin('one');
		const two = begin('two');
		await settle();
		one.pause();
		await settle();
		expect(asked).toEqual(['one', 'two']);
		const three = begin('three');
		one.resume();
		expect(one.state).toBe('waiting');
		await settle();
		expect(one.state).toBe('waiting');
		two.stop(new Error('left'));
		await settle();
		expect([one.state, three.state]).toEqual(['waiting', 'uploading']);
		three.stop(new Error('left'));
		await settle();
		expect(one.state).toBe('uploading');
		expect(asked).toEqual(['one', 'two', 'three']);
	});

	test('one that is paused while it waits loses its turn to those behind it', async () => {
		const { begin, asked } = uploader();
		const one = begin('one');
		const two = begin('two');
		begin('three');
		await settle();
		two.pause();
		two.resume();
		expect(two.state).toBe('waiting');
		one.stop(new Error('left'));
		await settle();
		expect(asked).toEqual(['one', 'three']);
	});

	test('one that completes gives its place to the next, and takes nobody else’s when it ends', async () => {
		const { begin, asked, clock } = uploader();
		let answer = () => {};
		const answered = new Promise<void>((resolve) => {
			answer = resolve;
		});
		const scripted = scriptedTask(blob, {});
		const one = begin('one', {
			uploadPart: async ({ bytes }) => {
				const { crc64, md5 } = await scripted.digest(bytes, true);
				return { etag: `"${md5}"`, crc64 };
			},
			complete: async () => {
				await answered;
				return { ...scripted.receipt, crc64: (await scripted.digest(blob, false)).crc64 };
			},
		});
		const two = begin('two');
		const three = begin('three');
		await settle();
		expect([one.state, two.state]).toEqual(['completing', 'preparing']);
		// Its slot it gives back when it has been out for a second.
		await clock.advance(1000);
		expect(asked).toEqual(['one', 'two']);
		expect(two.state).toBe('uploading');
		answer();
		await one.result;
		await settle();
		expect(three.state).toBe('waiting');
	});
});

test('a task that is paused in the midst of a round and resumed at once plays one round at a time', async () => {
	let answer = (_uploadId: string) => {};
	let asking = 0;
	let most = 0;
	const { task } = scriptedTask(blob, {
		initiate: async () => {
			most = Math.max(most, ++asking);
			const uploadId = await new Promise<string>((resolve) => {
				answer = resolve;
			});
			asking--;
			return uploadId;
		},
	});
	await settle();
	const states: TaskState[] = [];
	task.on('state', (state) => states.push(state));
	for (let time = 0; time < 3; time++) {
		task.pause();
		task.resume();
		await settle();
	}
	// The round before waits for the answer that alone names its upload.
	expect({ asking, most, state: task.state }).toEqual({ asking: 1, most: 1, state: 'waiting' });
	answer('U');
	await task.result;
	expect(most).toBe(1);
	expect(states.slice(-4)).toEqual(['preparing', 'uploading', 'completing', 'done']);
});

test('the hasher is held from the first round to the end of the last one', async () => {
	let held = 0;
	let holds = 0;
	const hold = () => {
		held++;
		holds++;
		return () => held--;
	};
	const { begin } = uploader();
	const one = begin('one', {}, { hold });
	const two = begin('two', {}, { hold });
	await settle();
	expect({ held, holds }).toEqual({ held: 1, holds: 1 });
	one.pause();
	await settle();
	expect({ held, holds }).toEqual({ held: 2, holds: 2 });
	one.resume();
	two.stop(new Error('left'));
	await settle();
	expect({ held, holds }).toEqual({ held: 1, holds: 2 });
	await one.abort();
	expect({ held, holds }).toEqual({ held: 0, holds: 2 });
});

test.each([
	['in parts', blob],
	['of one part', small],
])('a task %s that is aborted while it waits settles without any request', async (_, file) => {
	const requests: string[] = [];
	const { begin, asked } = uploader();
	begin('one', {}, {}, file);
	await settle();
	const note = (name: string) => async (): Promise<never> => {
		requests.push(name);
		throw new Error(name);
	};
	const waiting = begin(
		'two',
		{ initiate: note('initiate'), listParts: note('list'), abort: note('abort'), put: note('put') },
		{},
		file,
	);
	await waiting.abort();
	await expect(waiting.result).rejects.toMatchObject({ name: 'AbortError' });
	expect(waiting.state).toBe('aborted');
	expect({ requests, asked }).toEqual({ requests: [], asked: ['one'] });
});

test('no proxy of Vue is made of a task', async () => {
	const { task } = scriptedTask(small, {});
	expect(Reflect.get(task, '__v_skip')).toBe(true);
	await task.result;
});

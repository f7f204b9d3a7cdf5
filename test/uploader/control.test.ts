import { getEventListeners } from 'node:events';
import { describe, expect, test, vi } from 'vitest';
import type { FaultRule } from '../../emulator/index.js';
import type { PendingUpload } from '../../src/index.js';
import {
	bucket,
	expectStored,
	fileOf,
	interrupted,
	openWorld,
	PART,
	sentParts,
	whenState,
	whenStored,
} from '../page.js';

describe('pause and resume', () => {
	test('[case 16] pause stops requests at once and keeps the parts that finished', async () => {
		const world = await openWorld();
		const file = fileOf(10 * PART);
		const task = world.page({ parallel: 1 }).upload(file, { key: 'k', partSize: PART });
		world.fault({ operation: 'UploadPart', partNumber: 4, action: { type: 'hang' } });
		await world.oss.whenArrived(({ partNumber }) => partNumber === 4);
		task.pause();
		expect(task.state).toBe('paused');
		await world.oss.whenRequest(({ partNumber, status }) => partNumber === 4 && status === 0);
		const sent = sentParts(task);
		expect(task.progress.partsDone).toBe(3);
		task.resume();
		await task.result;
		expect(sent).toEqual([4, 5, 6, 7, 8, 9, 10]);
		await expectStored(world, 'k', file);
	});

	test('pause before anything was sent, and again and again', async () => {
		const world = await openWorld();
		const file = fileOf(6 * PART);
		const task = world.page().upload(file, { key: 'k', partSize: PART });
		task.pause();
		task.resume();
		task.pause();
		task.resume();
		await whenStored(task, 2);
		task.pause();
		task.resume();
		await task.result;
		await expectStored(world, 'k', file);
		expect(world.count('CompleteMultipartUpload')).toBe(1);
	});

	test('a paused task lets another one run', async () => {
		const world = await openWorld();
		const page = world.page({ parallel: 1 });
		const [one, two] = [fileOf(3 * PART), fileOf(3 * PART)];
		const first = page.upload(one, { key: 'one', partSize: PART });
		const second = page.upload(two, { key: 'two', partSize: PART });
		await whenStored(first, 1);
		expect(second.state).toBe('waiting');
		first.pause();
		await second.result;
		first.resume();
		await first.result;
		expect((await world.oss.object(bucket, 'one'))?.size).toBe(one.size);
	});

	test('pause while completing waits, and the upload is done', async () => {
		const world = await openWorld();
		const file = fileOf(3 * PART);
		world.fault({ operation: 'CompleteMultipartUpload', action: { type: 'hang' } });
		const task = world.page().upload(file, { key: 'k', partSize: PART });
		await whenState(task, 'completing');
		await world.oss.whenArrived(({ operation }) => operation === 'CompleteMultipartUpload');
		task.pause();
		expect(task.state).toBe('completing');
		world.oss.clearFaults();
		await task.result;
		expect(task.state).toBe('done');
		await expectStored(world, 'k', file);
	});
});

describe('abort', () => {
	test('[case 34] drops the parts at OSS and the checkpoint, and rejects with an AbortError', async () => {
		const world = await openWorld();
		const page = world.page();
		const task = page.upload(fileOf(10 * PART), { key: 'k', partSize: PART });
		await whenStored(task, 2);
		await task.abort();
		await expect(task.result).rejects.toMatchObject({ name: 'AbortError' });
		expect(task.state).toBe('aborted');
		expect(world.oss.uploads(bucket)).toEqual([]);
		expect(await page.pending()).toEqual([]);
	});

	test('[case 14] before Initiate has answered: the id is aborted when it arrives', async () => {
		const world = await openWorld();
		world.fault({ operation: 'InitiateMultipartUpload', action: { type: 'hang' } });
		const task = world.page().upload(fileOf(10 * PART), { key: 'k', partSize: PART });
		await world.oss.whenArrived(({ operation }) => operation === 'InitiateMultipartUpload');
		const aborted = task.abort();
		await expect(task.result).rejects.toMatchObject({ name: 'AbortError' });
		world.oss.clearFaults();
		await aborted;
		expect(world.count('AbortMultipartUpload', 204)).toBe(1);
		expect(world.oss.uploads(bucket)).toEqual([]);
		expect(await world.checkpoints.find({ scope: '', bucket })).toEqual([]);
	});

	test('[case 15] before the first part never completes an object', async () => {
		const world = await openWorld();
		const task = world.page().upload(fileOf(10 * PART), { key: 'k', partSize: PART });
		await whenState(task, 'uploading');
		await task.abort();
		expect(world.count('CompleteMultipartUpload')).toBe(0);
		expect(await world.oss.object(bucket, 'k')).toBeUndefined();
	});

	test('[case 18] of one task leaves the others alone', async () => {
		const world = await openWorld();
		const page = world.page();
		const file = fileOf(10 * PART);
		const first = page.upload(fileOf(10 * PART), { key: 'one', partSize: PART });
		const second = page.upload(file, { key: 'two', partSize: PART });
		await whenStored(first, 1);
		await first.abort();
		await second.result;
		await expectStored(world, 'two', file);
	});

	test('[B3] of a failed or stopped task frees what OSS holds, and the task is aborted', async () => {
		for (const end of ['failed', 'stopped'] as const) {
			const world = await openWorld();
			const leaving = new AbortController();
			const page = world.page({ parallel: 1 });
			const fails: FaultRule['action'] = { type: 'status', status: 403, code: 'AccessDenied' };
			world.fault({
				operation: 'UploadPart',
				partNumber: 3,
				action: end === 'failed' ? fails : { type: 'hang' },
			});
			const task = page.upload(fileOf(6 * PART), { key: 'k', partSize: PART, signal: leaving.signal });
			await world.oss.whenArrived(({ partNumber }) => partNumber === 3);
			if (end === 'stopped') leaving.abort();
			await task.result.catch(() => {});
			expect(task.state).toBe(end);
			expect(world.oss.uploads(bucket)).toHaveLength(1);
			await task.abort();
			expect(task.state).toBe('aborted');
			expect(world.oss.uploads(bucket)).toEqual([]);
			expect(await page.pending()).toEqual([]);
		}
	});

	test('[B3] before the upload was claimed: of resume(id), and of an upload to a key, drops what an earlier visit left', async () => {
		for (const way of ['resume', 'upload'] as const) {
			const world = await openWorld();
			const file = fileOf(6 * PART);
			await interrupted(world, file, { key: 'k' });
			const page = world.page();
			const [pending] = await page.pending();
			const task =
				way === 'resume'
					? page.resume(pending?.id ?? '', file)
					: page.upload(file, { key: 'k', partSize: PART });
			await task.abort();
			expect(world.oss.uploads(bucket)).toEqual([]);
			expect(await page.pending()).toEqual([]);
		}
	});

	test.each([
		{ what: 'scope', options: { scope: 'bob' } },
		{ what: 'bucket', options: { bucket: 'otherbucket' } },
	])('of a resume() of what another $what has begun drops nothing of it', async ({ options }) => {
		const world = await openWorld();
		const file = fileOf(10 * PART);
		await interrupted(world, file, { key: 'k' });
		const page = world.page();
		const [{ id = '' } = {}] = await page.pending();
		const task = world.page(options).resume(id, file);
		await expect(task.result).rejects.toMatchObject({ code: 'UploadGone' });
		await task.abort();
		expect(task.state).toBe('aborted');
		expect(await page.pending()).toMatchObject([{ id }]);
		expect(world.oss.uploads(bucket)).toHaveLength(1);
	});

	test('of one that is Locked leaves the other, which runs, alone', async () => {
		const world = await openWorld();
		const page = world.page();
		const file = fileOf(6 * PART);
		world.fault({ operation: 'UploadPart', action: { type: 'hang' } });
		const first = page.upload(file, { key: 'k', partSize: PART });
		await world.oss.whenArrived(({ operation }) => operation === 'UploadPart');
		const second = page.upload(file, { key: 'k', partSize: PART });
		await expect(second.result).rejects.toMatchObject({ code: 'Locked' });
		await second.abort();
		world.oss.clearFaults();
		await first.result;
		await expectStored(world, 'k', file);
	});

	test('of one that was Locked leaves the upload to the other, also when that has been stopped since', async () => {
		const world = await openWorld();
		const page = world.page();
		const file = fileOf(6 * PART);
		world.fault({ operation: 'UploadPart', times: 'always', action: { type: 'hang' } });
		const stop = new AbortController();
		const first = page.upload(file, { key: 'k', partSize: PART, signal: stop.signal });
		await world.oss.whenArrived(({ operation }) => operation === 'UploadPart');
		const second = page.upload(file, { key: 'k', partSize: PART });
		await expect(second.result).rejects.toMatchObject({ code: 'Locked' });
		const third = page.resume(first.checkpointId ?? '', file);
		await expect(third.result).rejects.toMatchObject({ code: 'Locked' });
		stop.abort();
		await expect(first.result).rejects.toThrow();
		await Promise.all([second.abort(), third.abort()]);
		expect([second.state, third.state]).toEqual(['aborted', 'aborted']);
		expect(await page.pending()).toMatchObject([{ key: 'k' }]);
		expect(world.count('AbortMultipartUpload')).toBe(0);
		await first.abort();
		expect(await page.pending()).toEqual([]);
	});

	test('that OSS does not allow to this token: a warning names the right, and nothing is tried again', async () => {
		const world = await openWorld();
		const page = world.page({
			getCredentials: () => world.oss.mintCredentials({ policy: ['oss:PutObject'] }),
		});
		const task = page.upload(fileOf(10 * PART), { key: 'k', partSize: PART });
		const warnings: string[] = [];
		task.on('warning', ({ code, message }) => code === 'Abandoned' && warnings.push(message));
		await whenStored(task, 2);
		await task.abort();
		expect(warnings).toEqual([expect.stringMatching(/allow oss:AbortMultipartUpload/)]);
		expect(await page.pending()).toEqual([]);
	});

	test('that OSS refuses for another reason than a policy: its words are the cause, and it is told later', async () => {
		const world = await openWorld();
		const page = world.page();
		world.fault({
			operation: 'AbortMultipartUpload',
			times: 'always',
			action: { type: 'status', status: 403, code: 'UserDisable' },
		});
		const task = page.upload(fileOf(10 * PART), { key: 'k', partSize: PART });
		const warnings: unknown[] = [];
		task.on('warning', ({ code, cause }) => code === 'Abandoned' && warnings.push(cause));
		await whenStored(task, 2);
		await task.abort();
		expect(warnings).toMatchObject([{ ossCode: 'UserDisable' }]);
		expect(await page.pending()).toEqual([]);
		expect(await world.checkpoints.expired(Date.now())).toMatchObject([{ key: 'k', abandoned: true }]);
	});

	test('of a paused task, and twice', async () => {
		const world = await openWorld();
		const task = world.page().upload(fileOf(10 * PART), { key: 'k', partSize: PART });
		await whenStored(task, 2);
		task.pause();
		await Promise.all([task.abort(), task.abort()]);
		expect(world.oss.uploads(bucket)).toEqual([]);
		expect(task.state).toBe('aborted');
	});

	test('after the end does nothing', async () => {
		const world = await openWorld();
		const task = world.page().upload(fileOf(5), { key: 'k' });
		await task.result;
		await task.abort();
		expect(task.state).toBe('done');
	});
});

describe('signal', () => {
	test("an aborted signal stops the task with the caller's own reason, and keeps the checkpoint", async () => {
		const world = await openWorld();
		const file = fileOf(10 * PART);
		const page = world.page();
		const controller = new AbortController();
		const task = page.upload(file, { key: 'k', partSize: PART, signal: controller.signal });
		await whenStored(task, 2);
		const reason = new Error('the user left');
		controller.abort(reason);
		await expect(task.result).rejects.toBe(reason);
		expect(task.state).toBe('stopped');
		expect(await page.pending()).toHaveLength(1);
		expect((await page.upload(file, { key: 'k', partSize: PART }).result).resumed).toBeGreaterThanOrEqual(
			2 * PART,
		);
		await expectStored(world, 'k', file);
	});

	test('an unfinished upload tells whether it is run now, by any uploader of the page', async () => {
		const world = await openWorld();
		const leaving = new AbortController();
		const page = world.page();
		const task = page.upload(fileOf(10 * PART), { key: 'k', partSize: PART, signal: leaving.signal });
		await whenStored(task, 2);
		expect(await world.page().pending()).toMatchObject([{ key: 'k', running: true }]);
		leaving.abort();
		await task.result.catch(() => {});
		expect(await page.pending()).toMatchObject([{ running: false }]);
	});

	test('an already aborted one asks for nothing', async () => {
		const world = await openWorld();
		const task = world.page().upload(fileOf(5), { key: 'k', signal: AbortSignal.abort(new Error('no')) });
		await expect(task.result).rejects.toThrow('no');
		expect(world.oss.requests).toEqual([]);
	});
});

describe('several uploads', () => {
	test('parallel holds over all uploads of an uploader, control requests included', async () => {
		const world = await openWorld();
		const page = world.page({ parallel: 3 });
		const tasks = ['a', 'b', 'c', 'd', 'e', 'f'].map((key) =>
			page.upload(fileOf(8 * PART), { key, partSize: PART }),
		);
		expect(tasks.filter(({ state }) => state === 'waiting').length).toBeGreaterThanOrEqual(3);
		await Promise.all(tasks.map(({ result }) => result));
		expect(world.oss.maxInFlight).toBeLessThanOrEqual(3);
		expect(world.oss.maxInFlight).toBeGreaterThan(1);
	});

	test('500 uploads do not fire 500 Initiates', async () => {
		const world = await openWorld();
		const page = world.page({ parallel: 2 });
		world.fault({ operation: 'UploadPart', times: 'always', action: { type: 'hang' } });
		const tasks = Array.from({ length: 500 }, (_, index) =>
			page.upload(fileOf(2 * PART), { key: `k${index}`, partSize: PART }),
		);
		await world.oss.whenArrived(({ operation }) => operation === 'UploadPart');
		expect(world.count('InitiateMultipartUpload')).toBeLessThanOrEqual(2);
		await page.close();
		for (const { result } of tasks) await expect(result).rejects.toMatchObject({ name: 'AbortError' });
	});

	test('[case 33] the same file to the same key is Locked, to another key is another upload', async () => {
		const world = await openWorld();
		const page = world.page();
		const file = fileOf(6 * PART);
		world.fault({ operation: 'UploadPart', action: { type: 'hang' } });
		const first = page.upload(file, { key: 'one', partSize: PART });
		await world.oss.whenArrived(({ operation }) => operation === 'UploadPart');
		await expect(page.upload(file, { key: 'one', partSize: PART }).result).rejects.toMatchObject({
			code: 'Locked',
		});
		await expect(world.page().upload(file, { key: 'one', partSize: PART }).result).rejects.toMatchObject({
			code: 'Locked',
		});
		await page.upload(file, { key: 'two', partSize: PART }).result;
		world.oss.clearFaults();
		await first.result;
		expect((await world.oss.object(bucket, 'one'))?.crc64).toBe(
			(await world.oss.object(bucket, 'two'))?.crc64,
		);
		expect(world.count('InitiateMultipartUpload')).toBe(2);
	});

	test('a key function passes over an upload that is running, and gets a key of its own', async () => {
		const world = await openWorld();
		const file = fileOf(6 * PART);
		const orElse = (own: string) => (_: Blob, unfinished?: PendingUpload) => unfinished?.key ?? own;
		await interrupted(world, file, { key: orElse('random-1') });
		const page = world.page();
		world.fault({ operation: 'UploadPart', action: { type: 'hang' } });
		const first = page.upload(file, { key: orElse('random-2'), partSize: PART });
		await world.oss.whenArrived(({ operation, key }) => operation === 'ListParts' && key === 'random-1');
		const second = page.upload(file, { key: orElse('random-3'), partSize: PART });
		expect((await second.result).key).toBe('random-3');
		world.oss.clearFaults();
		expect((await first.result).key).toBe('random-1');
	});
});

describe('close', () => {
	test('[case 41] stops all, keeps checkpoints, and afterwards nothing is asked for any more', async () => {
		const world = await openWorld();
		const page = world.page();
		const task = page.upload(fileOf(10 * PART), { key: 'k', partSize: PART });
		await whenStored(task, 2);
		await page.close();
		await expect(task.result).rejects.toMatchObject({ name: 'AbortError' });
		expect(() => page.upload(fileOf(5), { key: 'x' })).toThrow(/closed/);
		await expect(page.pending()).rejects.toThrow(/closed/);
		expect(await world.page().pending()).toHaveLength(1);
	});
});

test('a page that lives for days: uploads, aborts and discards leave no listener behind', async () => {
	const world = await openWorld();
	const made: AbortController[] = [];
	vi.stubGlobal(
		'AbortController',
		class extends AbortController {
			constructor() {
				super();
				made.push(this);
			}
		},
	);
	// The uploader's own signals, which last as long as it does.
	const page = world.page();
	vi.unstubAllGlobals();
	expect(made).not.toEqual([]);
	for (const round of [1, 2]) {
		const leaving = new AbortController();
		const upload = (key: string, signal?: AbortSignal) =>
			page.upload(fileOf(3 * PART), { key: `${key}-${round}`, partSize: PART, signal });
		await upload('done').result;
		const [aborted, left] = [upload('aborted'), upload('left', leaving.signal)];
		await Promise.all([whenStored(aborted, 1), whenStored(left, 1)]);
		leaving.abort();
		await Promise.all([aborted.abort(), left.result.catch(() => {})]);
		const [pending] = await page.pending();
		await page.discard(pending?.id ?? '');
	}
	expect(world.oss.uploads(bucket)).toEqual([]);
	// What rests between two tellings listens a moment longer.
	await vi.waitFor(() => {
		expect(made.map(({ signal }) => getEventListeners(signal, 'abort').length)).toEqual(made.map(() => 0));
	});
});

describe('events', () => {
	test('[case 24] progress never goes back, stays below the total, and reaches it only after Complete', async () => {
		const world = await openWorld();
		const seen: { loaded: number; completed: boolean }[] = [];
		const file = fileOf(10 * PART);
		world.fault({
			operation: 'UploadPart',
			occurrence: 3,
			times: 3,
			action: { type: 'status', status: 500 },
		});
		const task = world.page().upload(file, {
			key: 'k',
			partSize: PART,
			onProgress: ({ loaded }) =>
				seen.push({ loaded, completed: world.count('CompleteMultipartUpload', 200) === 1 }),
		});
		await task.result;
		expect(seen.length).toBeGreaterThan(1);
		for (const [index, { loaded, completed }] of seen.entries()) {
			expect(loaded).toBeGreaterThanOrEqual(seen[index - 1]?.loaded ?? 0);
			expect(loaded === file.size).toBe(completed);
		}
		expect(task.progress).toMatchObject({ loaded: file.size, partsDone: 10, partsTotal: 10, remainingMs: 0 });
	});

	test('states come in their order, each once, and all of them after upload() has returned', async () => {
		const world = await openWorld();
		const task = world.page().upload(fileOf(3 * PART), { key: 'k', partSize: PART });
		const states = [task.state];
		task.on('state', (state) => states.push(state));
		await task.result;
		expect(states).toEqual(['waiting', 'preparing', 'uploading', 'completing', 'done']);
	});

	test('a listener that throws is its own mistake: the upload goes on', async () => {
		const world = await openWorld();
		const uncaught: unknown[] = [];
		const handlers = process.listeners('uncaughtException');
		process.removeAllListeners('uncaughtException');
		process.on('uncaughtException', (error) => uncaught.push(error));
		try {
			const file = fileOf(3 * PART);
			const task = world.page().upload(file, { key: 'k', partSize: PART });
			const stop = task.on('part', () => {
				stop();
				throw new Error('in the listener');
			});
			await task.result;
			await expectStored(world, 'k', file);
			expect(uncaught).toEqual([new Error('in the listener')]);
		} finally {
			process.removeAllListeners('uncaughtException');
			for (const handler of handlers) process.on('uncaughtException', handler);
		}
	});
});

import { describe, expect, test } from 'vitest';
import { ServiceError, UploadError } from '../../../src/base/errors.js';
import { memoryCheckpoints } from '../../../src/browser/storage/memory-checkpoints.js';
import type { ListedPart } from '../../../src/core/model.js';
import { TotalsMeter } from '../../../src/core/task/totals.js';
import { ManualClock, settle } from '../../manual-clock.js';
import { blobOf, hanging, PART, scriptedTask, storeWith } from '../scripted-world.js';

const blob = new Blob([new Uint8Array(3 * PART).fill(7)]);
const never = () => new Promise<never>(() => {});

test('a fingerprint function that hangs, before the first part or before Complete, does not hold up abort()', async () => {
	for (const hangsAt of [1, 2]) {
		let asked = 0;
		const fingerprint = () => (++asked === hangsAt ? never() : Promise.resolve('f'));
		const { task } = scriptedTask(blob, {}, { fingerprint });
		await settle();
		expect(asked).toBe(hangsAt);
		await task.abort();
		await expect(task.result).rejects.toMatchObject({ name: 'AbortError' });
	}
});

test('a file that hangs when it is asked whether it can be read does not hold up abort()', async () => {
	let asked = 0;
	const { task } = scriptedTask(
		blob,
		{ uploadPart: () => Promise.reject(new UploadError('Network', 'cut', { retryable: true })) },
		{
			assertReadable: () => {
				asked++;
				return never();
			},
		},
	);
	await settle();
	expect(asked).toBe(1);
	await task.abort();
	await expect(task.result).rejects.toMatchObject({ name: 'AbortError' });
});

test('offline nothing is sent: no speed is told, no task is at work, and the time of it counts in neither', async () => {
	const clock = new ManualClock();
	const activities: boolean[] = [];
	const totals = new TotalsMeter(clock, ({ isSending }) => activities.push(isSending));
	let isOnline = true;
	let wake = () => {};
	const connectivity = {
		isOnline: () => isOnline,
		whenOnline: () => new Promise<void>((resolve) => (wake = resolve)),
	};
	const scripted = scriptedTask(
		new Blob([new Uint8Array(40 * PART)]),
		{
			uploadPart: async ({ bytes }, signal) => {
				await clock.sleep(1000, signal);
				if (!isOnline) throw new UploadError('Network', 'cut', { retryable: true });
				const { crc64, md5 } = await scripted.digest(bytes, true);
				return { etag: `"${md5}"`, crc64 };
			},
		},
		{ clock, totals, connectivity },
	);
	const { task } = scripted;
	const speeds = () => [task.progress.bytesPerSecond, totals.look().bytesPerSecond];
	await clock.advance(5000);
	for (const speed of speeds()) expect(speed).toBeCloseTo(PART);
	isOnline = false;
	await clock.advance(20_000);
	expect(task.state).toBe('offline');
	expect(speeds()).toEqual([0, 0]);
	expect([task.progress.remainingMs, totals.look().remainingMs]).toEqual([undefined, undefined]);
	expect(totals.look().running).toBe(0);
	expect(activities.at(-1)).toBe(false);
	isOnline = true;
	wake();
	await clock.advance(5000);
	expect(task.state).toBe('uploading');
	for (const speed of speeds()) expect(speed).toBeCloseTo(PART, -2);
	expect(activities.at(-1)).toBe(true);
	await task.abort();
	expect(activities.at(-1)).toBe(false);
});

test('a task that failed leaves no checksum being computed', async () => {
	const signals: AbortSignal[] = [];
	const { task } = scriptedTask(
		blob,
		{ uploadPart: () => Promise.reject(new ServiceError('no', { status: 403, ossCode: 'AccessDenied' })) },
		{
			digest: (_, __, signal) => {
				signals.push(signal);
				return hanging(signal);
			},
		},
	);
	await expect(task.result).rejects.toMatchObject({ ossCode: 'AccessDenied' });
	expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
});

test('parts found to differ are sent again even when a pause comes in between', async () => {
	const part = { partNumber: 1, size: PART, etag: '"E"', crc64: '1' };
	const checkpoints = await storeWith(blob, {}, [{ ...part, verified: true }]);
	const sent: number[] = [];
	const scripted = scriptedTask(
		blob,
		{
			listParts: async () => ({ parts: [part], nextPartNumberMarker: undefined }),
			uploadPart: async ({ partNumber, bytes }, signal) => {
				sent.push(partNumber);
				if (partNumber === 1 && sent.indexOf(1) === sent.length - 1) return hanging(signal);
				const { crc64 } = await scripted.digest(bytes, false);
				return { etag: `"${partNumber}"`, crc64 };
			},
		},
		{ checkpoints, key: 'old' },
	);
	const { task } = scripted;
	await settle();
	expect(sent).toContain(1);
	task.pause();
	task.resume();
	expect(await task.result).toMatchObject({ verified: 'object' });
	expect(sent.filter((number) => number === 1)).toHaveLength(2);
});

test('a file that is resumed, edited and resumed, restored and resumed again is never mixed', async () => {
	const fileOf = (fill: number, lastModified: number) =>
		new File([new Uint8Array(3 * PART).fill(fill)], 'film', { lastModified });
	const held = new Map<number, ListedPart>();
	const bytesOf = new Map<number, Blob>();
	const visit = (file: File, hangsAt?: number) => {
		const scripted = scriptedTask(
			file,
			{
				listParts: async () => ({ parts: [...held.values()], nextPartNumberMarker: undefined }),
				uploadPart: async ({ partNumber, bytes }, signal) => {
					if (partNumber === hangsAt) return hanging(signal);
					const { crc64, md5 } = await scripted.digest(bytes, true);
					bytesOf.set(partNumber, blobOf(bytes));
					held.set(partNumber, { partNumber, size: blobOf(bytes).size, etag: `"${md5}"`, crc64 });
					return { etag: `"${md5}"`, crc64 };
				},
			},
			{ checkpoints },
		);
		return scripted.task;
	};
	const checkpoints = memoryCheckpoints();
	for (const [file, hangsAt] of [
		[fileOf(1, 1), 2],
		[fileOf(2, 2), 3],
	] as const) {
		const task = visit(file, hangsAt);
		await settle();
		task.stop(new Error('the page died'));
		await task.settled;
	}
	expect([...held.keys()]).toEqual([1, 2]);
	await visit(fileOf(1, 1)).result;
	const object = new Uint8Array(await new Blob([...bytesOf.values()]).arrayBuffer());
	expect(new Set(object)).toEqual(new Set([1]));
});

describe('on()', () => {
	test('refuses what is no event and what is no listener, at once', async () => {
		const { task } = scriptedTask(blob, {});
		const on = task.on.bind(task) as (event: unknown, listener: unknown) => unknown;
		expect(() => on('finish', () => {})).toThrow(/`event` to be one of .*progress.*got "finish"/);
		expect(() => on(undefined, () => {})).toThrow(TypeError);
		expect(() => on('state', undefined)).toThrow(/`listener` to be a function, got undefined/);
		await task.result;
	});

	test('a listener that another one takes off in the same event is not called any more', async () => {
		const { task } = scriptedTask(blob, {});
		const heard: string[] = [];
		task.on('state', () => stop());
		const stop = task.on('state', (state) => heard.push(state));
		await task.result;
		expect(heard).toEqual([]);
	});
});

test('bytes that a transport tells of after its request has ended count for nothing', async () => {
	const late: ((sentBytes: number) => void)[] = [];
	const { task, digest, clock } = scriptedTask(blob, {
		uploadPart: async ({ onSent, bytes, partNumber }) => {
			late.push(onSent);
			if (partNumber === 3) throw new ServiceError('busy', { status: 503 });
			const { crc64, md5 } = await digest(bytes, true);
			return { etag: `"${md5}"`, crc64 };
		},
	});
	await settle();
	expect(task.progress).toMatchObject({ loaded: 2 * PART, stored: 2 * PART });
	for (const onSent of late) onSent(PART / 2);
	expect(task.progress).toMatchObject({ loaded: 2 * PART, stored: 2 * PART });
	await Promise.all([task.abort(), clock.advance(1000)]);
});

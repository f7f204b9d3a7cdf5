import { expect, test, vi } from 'vitest';
import { ServiceError } from '../../../src/base/errors.js';
import { memoryCheckpoints } from '../../../src/browser/storage/memory-checkpoints.js';
import type { ListedPart } from '../../../src/core/model.js';
import type { Remote } from '../../../src/core/ports.js';
import { combineCrc64 } from '../../../src/core/upload/crc64.js';
import { blobOf, PART, type ScriptedOptions, scriptedTask } from '../scripted-world.js';

/*
 * What an app may do to a task is done at every moment of an upload, a moment being one turn of the promises. A
 * rejection that nobody handles fails the run by itself.
 */

/** Hundreds of uploads each, however slow the machine. */
vi.setConfig({ testTimeout: 120_000 });

const blob = new Blob([new Uint8Array(3 * PART - 1).fill(7)]);
/** Computed before, so that reading takes a turn of the promises, and not of the real world: by size, which tells them apart. */
const digests = new Map(
	await Promise.all(
		[blob, blob.slice(0, PART), blob.slice(2 * PART)].map(
			async (bytes) => [bytes.size, await scriptedTask(new Blob([]), {}).digest(bytes, true)] as const,
		),
	),
);
const digest = async ({ size }: Blob) => digests.get(size) ?? { crc64: '', md5: '' };

/** OSS and a page's storage and locks, which outlive a task. */
function world() {
	const uploads = new Map<string, Map<number, ListedPart>>();
	const held = new Set<string>();
	let begun = 0;
	let objects = 0;
	const gone = () => new ServiceError('gone', { status: 404, ossCode: 'NoSuchUpload' });
	const partsOf = (uploadId: string) => {
		const parts = uploads.get(uploadId);
		if (parts === undefined) throw gone();
		return parts;
	};
	const script: Partial<Remote> = {
		initiate: async () => {
			uploads.set(`U${++begun}`, new Map());
			return `U${begun}`;
		},
		uploadPart: async ({ uploadId, partNumber, bytes: body, onSent }) => {
			const bytes = blobOf(body);
			const { md5, crc64 } = await digest(bytes);
			onSent(bytes.size / 2);
			partsOf(uploadId).set(partNumber, { partNumber, size: bytes.size, etag: `"${md5}"`, crc64 });
			await undefined;
			return { etag: `"${md5}"`, crc64 };
		},
		listParts: async (uploadId) => ({
			parts: [...partsOf(uploadId).values()],
			nextPartNumberMarker: undefined,
		}),
		complete: async (uploadId, parts) => {
			const listed = partsOf(uploadId);
			expect(parts.map(({ partNumber }) => partNumber)).toEqual([1, 2, 3]);
			for (const { partNumber, etag } of parts) expect(listed.get(partNumber)?.etag).toBe(etag);
			uploads.delete(uploadId);
			objects++;
			const inOrder = [1, 2, 3].map((partNumber) => listed.get(partNumber));
			const crc64 = combineCrc64(
				inOrder.map((part) => ({ crc64: part?.crc64 ?? '', size: part?.size ?? 0 })),
			);
			return { etag: '"E-3"', crc64, location: 'https://x/k', requestId: 'ID', isEvident: true };
		},
		abort: async (uploadId) => {
			partsOf(uploadId);
			uploads.delete(uploadId);
		},
	};
	const options: ScriptedOptions = {
		checkpoints: memoryCheckpoints(),
		lock: {
			claim: async (id) => {
				if (held.has(id)) return undefined;
				held.add(id);
				return () => void held.delete(id);
			},
		},
		digest: (content) => digest(blobOf(content)),
	};
	return { script, options, uploads, held, objects: () => objects };
}

/** Parts as their listener knows them, and whether any progress was out of its bounds. */
function following(task: ReturnType<typeof scriptedTask>['task']) {
	const stored = new Set<number>();
	const wrong: string[] = [];
	let before = 0;
	let isDone = false;
	task.on('state', (state) => {
		if (isDone) wrong.push(`${state} after the end`);
		isDone = state === 'done' || state === 'stopped' || state === 'aborted';
		if (state === 'paused') before = task.progress.loaded;
	});
	task.on('part', ({ status, partNumber, resumed }) => {
		if (isDone) wrong.push(`${status} after the end`);
		if (status === 'failed' || resumed) wrong.push(`${partNumber} ${status} ${resumed}`);
		if (status === 'stored' && stored.has(partNumber)) wrong.push(`${partNumber} stored twice`);
		if (status === 'stored') stored.add(partNumber);
		if (status === 'lost' && !stored.delete(partNumber)) wrong.push(`${partNumber} lost, never stored`);
	});
	task.on('progress', ({ loaded, stored: bytes, total, resumed, partsDone, partsTotal }) => {
		if (isDone) wrong.push('progress after the end');
		if (loaded < before) wrong.push(`loaded went from ${before} to ${loaded}`);
		before = loaded;
		if (loaded === total && task.state !== 'completing') wrong.push(`all is loaded while ${task.state}`);
		if (loaded < 0 || loaded > total || bytes < 0 || bytes > total || resumed !== 0)
			wrong.push('out of bounds');
		if (partsDone < 0 || partsDone > partsTotal) wrong.push(`${partsDone} of ${partsTotal}`);
	});
	return { stored, wrong };
}

const turns = async (count: number) => {
	for (let turn = 0; turn < count; turn++) await undefined;
};

/** Calls `act` at each moment of an upload of its own, until the upload is done before. */
async function atEachMoment(
	act: (
		moment: ReturnType<typeof world> & ReturnType<typeof scriptedTask> & ReturnType<typeof following>,
	) => Promise<void>,
): Promise<void> {
	let moments = 0;
	for (let isOver = false; !isOver; moments++) {
		const { script, options, ...rest } = world();
		const scripted = scriptedTask(blob, script, options);
		const followed = following(scripted.task);
		await turns(moments);
		isOver = scripted.task.state === 'done';
		await act({ script, options, ...rest, ...scripted, ...followed });
		expect(followed.wrong, `after ${moments} turns`).toEqual([]);
		expect([...rest.held]).toEqual([]);
	}
	expect(moments).toBeGreaterThan(100);
}

test('pause() and resume() at any moment: the object is stored once, each part told once', async () => {
	await atEachMoment(async ({ task, objects, uploads, stored, checkpoints }) => {
		task.pause();
		task.pause();
		await turns(20);
		task.resume();
		task.resume();
		expect(await task.result).toMatchObject({ verified: 'object', resumed: 0 });
		await task.settled;
		expect(task.progress).toMatchObject({ loaded: blob.size, stored: blob.size, partsDone: 3 });
		expect(objects()).toBe(1);
		expect(uploads.size).toBe(0);
		expect([...stored].sort()).toEqual([1, 2, 3]);
		expect(await checkpoints.load('/b/k/f')).toBeUndefined();
	});
});

test('pause() and resume() in one moment do no harm', async () => {
	await atEachMoment(async ({ task, objects, uploads }) => {
		task.pause();
		task.resume();
		task.pause();
		task.resume();
		await task.result;
		await task.settled;
		expect(objects()).toBe(1);
		expect(uploads.size).toBe(0);
	});
});

test('abort() at any moment, also of a paused task: nothing is left at OSS, or the object is stored', async () => {
	for (const isPaused of [false, true]) {
		await atEachMoment(async ({ task, objects, uploads, checkpoints }) => {
			if (isPaused) task.pause();
			await Promise.all([task.abort(), task.abort()]);
			const isStored = objects() === 1;
			expect(task.state === 'done' || task.state === 'aborted').toBe(true);
			if (task.state === 'done') expect(isStored).toBe(true);
			expect(uploads.size).toBe(0);
			expect(await checkpoints.load('/b/k/f')).toBeUndefined();
			const outcome = await task.result.then(
				() => 'done',
				({ name }: Error) => name,
			);
			expect(outcome).toBe(task.state === 'done' ? 'done' : 'AbortError');
		});
	}
});

test('a signal at any moment: what was stored stays, and the next visit finishes it, with each part sent once', async () => {
	await atEachMoment(async ({ task, script, options, objects, uploads }) => {
		const reason = new Error('left');
		task.stop(reason);
		await task.settled;
		if (task.state === 'done') return;
		expect(task.state).toBe('stopped');
		await expect(task.result).rejects.toBe(reason);
		const isFinished = objects() === 1;
		const kept = [...uploads.values()][0]?.size ?? 0;
		const sent: number[] = [];
		const info = async () => {
			const { crc64 } = await digest(blob);
			const found = { etag: '"E-3"', crc64, location: 'https://x/k', requestId: 'ID', isEvident: true };
			return isFinished ? { ...found, size: blob.size, lastModified: 1_700_000_000_000 } : undefined;
		};
		const next = scriptedTask(blob, { ...script, head: info }, options);
		next.task.on('part', ({ status, partNumber }) => {
			if (status === 'sending') sent.push(partNumber);
		});
		expect(await next.task.result).toMatchObject({ verified: 'object' });
		await next.task.settled;
		expect(sent).toHaveLength(isFinished ? 0 : 3 - kept);
		expect(objects()).toBe(1);
		expect(uploads.size).toBe(0);
	});
});

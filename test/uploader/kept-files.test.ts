import { describe, expect, test, vi } from 'vitest';
import {
	type CheckpointStore,
	indexedDbCheckpoints,
	memoryCheckpoints,
	type PendingUpload,
	type SourceStore,
	type Uploader,
	type UploadTask,
} from '../../src/index.js';
import {
	beginLongAgo,
	bucket,
	expectStored,
	fileOf,
	interrupted as interruptedFile,
	KiB,
	openWorld,
	PART,
	sha256,
	type World,
	whenStored,
} from '../page.js';

/** What is kept, by ids: each page of a world finds it as the one before left it. */
function keeping(checkpoints: CheckpointStore = memoryCheckpoints(), mayKeep = Promise.resolve()) {
	const kept = new Map<string, Blob | FileSystemFileHandle>();
	const sources: SourceStore = {
		list: async () =>
			[...kept].map(([id, file]) =>
				'getFile' in file ? { id, size: 0, handle: file } : { id, size: file.size, handle: undefined },
			),
		load: async (id) => kept.get(id),
		async put(id, file) {
			await mayKeep;
			kept.set(id, file as FileSystemFileHandle);
			return true;
		},
		delete: async (id) => void kept.delete(id),
		async removeOrphans() {
			const orphans = [];
			for (const id of kept.keys()) if (!(await checkpoints.load(id))) orphans.push(id);
			return orphans.filter((id) => kept.delete(id)).length;
		},
	};
	const store: CheckpointStore = {
		...checkpoints,
		sources: async () => sources,
		async delete(id) {
			kept.delete(id);
			await checkpoints.delete(id);
		},
	};
	return { kept, store };
}

/** As the browser gives one. */
const handleOf = (file: File, extra: object = {}): FileSystemFileHandle =>
	({ kind: 'file', name: file.name, getFile: async () => file, ...extra }) as FileSystemFileHandle;

const secondPartHangs = (world: World) =>
	world.oss.whenArrived(({ operation, partNumber }) => operation === 'UploadPart' && partNumber === 2);

/** A page that uploads from a handle and is closed when a part is stored. */
async function interrupted(world: World, handle: FileSystemFileHandle, checkpoints: CheckpointStore) {
	const page = world.page({ checkpoints, parallel: 1 });
	world.fault({ operation: 'UploadPart', partNumber: 2, action: { type: 'hang' } });
	const task = page.upload(handle, { key: 'k', partSize: PART });
	await Promise.all([whenStored(task, 1), secondPartHangs(world)]);
	await vi.waitUntil(async () => (await page.pending())[0]?.source === 'handle');
	await page.close();
}

describe('upload(handle)', () => {
	test.each([
		['of one part', 10 * KiB],
		['of several', 3 * PART],
	])('sends the file %s as if it had been picked', async (_, size) => {
		const world = await openWorld();
		const file = fileOf(size, 'film.mp4');
		const asked: unknown[] = [];
		const task = world.page().upload(handleOf(file), {
			key: (...args) => {
				asked.push(...args);
				return 'k';
			},
			partSize: PART,
		});
		expect(task.file).toEqual({ name: 'film.mp4', size: 0, type: '' });
		expect(await task.result).toMatchObject({ size, verified: 'object' });
		expect(asked).toEqual([file, undefined]);
		expect(task.file.size).toBe(size);
		await expectStored(world, 'k', file);
	});

	test('takes the type from the file', async () => {
		const world = await openWorld();
		const file = new File(['abc'], 'a', { type: 'text/css' });
		await world.page().upload(handleOf(file), { key: 'k' }).result;
		expect((await world.oss.object(bucket, 'k'))?.headers['content-type']).toBe('text/css');
	});

	test('of a file that is gone ends in FileUnreadable before anything is sent', async () => {
		const world = await openWorld();
		const cause = new DOMException('gone', 'NotFoundError');
		const handle = handleOf(fileOf(3 * PART), { getFile: () => Promise.reject(cause) });
		const task = world.page().upload(handle, { key: 'k' });
		await expect(task.result).rejects.toMatchObject({ code: 'FileUnreadable', cause });
		expect(world.oss.requests).toEqual([]);
	});

	test('finds what is unfinished of its content, and find(handle) too', async () => {
		const world = await openWorld();
		const { store } = keeping();
		const file = fileOf(4 * PART);
		await interrupted(world, handleOf(file), store);
		const page = world.page({ checkpoints: store });
		expect(await page.find(handleOf(file))).toMatchObject([{ key: 'k', source: 'handle' }]);
		let unfinished: PendingUpload | undefined;
		const task = page.upload(handleOf(file), {
			key: (_, found) => {
				unfinished = found;
				return found?.key ?? 'other';
			},
			partSize: PART,
		});
		expect((await task.result).resumed).toBeGreaterThan(0);
		expect(unfinished).toMatchObject({ key: 'k', source: 'handle' });
	});
});

test('the snapshot shows by itself that a file is kept', async () => {
	const world = await openWorld();
	world.fault({ operation: 'UploadPart', partNumber: 2, times: 'always', action: { type: 'hang' } });
	let keep = () => {};
	const kept = new Promise<void>((resolve) => {
		keep = resolve;
	});
	const page = world.page({ checkpoints: keeping(memoryCheckpoints(), kept).store, parallel: 1 });
	page.snapshot();
	page.upload(handleOf(fileOf(3 * PART)), { key: 'k', partSize: PART });
	await vi.waitUntil(() => page.snapshot().pending[0]?.source === 'needed');
	keep();
	await vi.waitUntil(() => page.snapshot().pending[0]?.source === 'handle');
});

describe('resume(id) without a file', () => {
	test('goes on from the handle, with the name it has at once, and leaves nothing behind', async () => {
		const world = await openWorld();
		const { store, kept } = keeping();
		const file = fileOf(4 * PART, 'film.mp4');
		await interrupted(world, handleOf(file), store);
		const page = world.page({ checkpoints: store });
		const [pending] = await page.pending();
		expect(pending).toMatchObject({ source: 'handle', name: 'film.mp4' });
		const task = page.resume(pending?.id ?? '');
		expect(task.file).toEqual({ name: 'film.mp4', size: 0, type: '' });
		expect(await task.result).toMatchObject({ size: 4 * PART, resumed: PART });
		expect((await world.oss.object(bucket, 'k'))?.sha256).toBe(await sha256(file));
		expect(kept.size).toBe(0);
		expect(await page.pending()).toEqual([]);
	});

	test('works without pending() before', async () => {
		const world = await openWorld();
		const { store, kept } = keeping();
		await interrupted(world, handleOf(fileOf(4 * PART)), store);
		const [id = ''] = kept.keys();
		await world.page({ checkpoints: store }).resume(id).result;
		expect(kept.size).toBe(0);
	});

	test('goes on from the copy', async () => {
		const world = await openWorld();
		const { store, kept } = keeping();
		const file = fileOf(4 * PART);
		await interrupted(world, handleOf(file), store);
		for (const id of kept.keys()) kept.set(id, file);
		const page = world.page({ checkpoints: store });
		const [pending] = await page.pending();
		expect(pending?.source).toBe('copy');
		expect(await page.resume(pending?.id ?? '').result).toMatchObject({ resumed: PART });
	});

	test('of another file than it was is FileChanged; refused, or gone, FileUnreadable; and the upload stays', async () => {
		const world = await openWorld();
		const { store, kept } = keeping();
		await interrupted(world, handleOf(fileOf(4 * PART)), store);
		const [id = ''] = kept.keys();
		const other = fileOf(4 * PART);
		for (const [handle, code] of [
			[handleOf(other), 'FileChanged'],
			[handleOf(other, { requestPermission: async () => 'denied' }), 'FileUnreadable'],
			[
				handleOf(other, { getFile: () => Promise.reject(new DOMException('', 'NotFoundError')) }),
				'FileUnreadable',
			],
		] as const) {
			kept.set(id, handle);
			const page = world.page({ checkpoints: store });
			await expect(page.resume(id).result).rejects.toMatchObject({ code });
			expect(await page.pending()).toMatchObject([{ id, source: 'handle' }]);
		}
		expect(world.oss.uploads(bucket)).toHaveLength(1);
	});

	test.each([
		['none was kept', true],
		['the store keeps none', false],
	])('where %s is a TypeError that says what to pass', async (_, keeps) => {
		const world = await openWorld();
		const { store, kept } = keeping();
		await interrupted(world, handleOf(fileOf(4 * PART)), store);
		kept.clear();
		const { sources, ...without } = store;
		const page = world.page({ checkpoints: keeps ? store : without });
		const [pending] = await page.pending();
		expect(pending?.source).toBe('needed');
		const task = page.resume(pending?.id ?? '');
		await expect(task.result).rejects.toThrow(TypeError);
		await expect(task.result).rejects.toThrow('resume(id, file)');
		expect(task.state).toBe('failed');
		expect(await page.pending()).toHaveLength(1);
	});

	test('abort() of a task that could not open its file drops the upload all the same', async () => {
		const world = await openWorld();
		const { store, kept } = keeping();
		await interrupted(world, handleOf(fileOf(4 * PART)), store);
		kept.clear();
		const page = world.page({ checkpoints: store });
		const [pending] = await page.pending();
		const task = page.resume(pending?.id ?? '');
		await task.result.catch(() => {});
		await task.abort();
		expect(world.oss.uploads(bucket)).toEqual([]);
		expect(await page.pending()).toEqual([]);
	});

	test.each<[string, (page: Uploader, id: string, file: File) => UploadTask]>([
		['resume(id, file)', (page, id, file) => page.resume(id, file)],
		[
			'upload(file), though it is to keep nothing',
			(page, _, file) => page.upload(file, { key: 'k', partSize: PART }),
		],
	])('%s removes a copy of another version: parts of this one are of no use beside it', async (_, begin) => {
		const world = await openWorld();
		const { store, kept } = keeping();
		const old = fileOf(4 * PART, 'film.mp4', 1000);
		const fingerprint = async () => 'the same';
		await interruptedFile(world, old, { key: 'k' }, { checkpoints: store, fingerprint });
		const [{ checkpoint } = expect.unreachable()] = await store.find({ scope: '', bucket });
		kept.set(checkpoint.id, old);
		world.fault({ operation: 'UploadPart', times: 'always', action: { type: 'hang' } });
		const page = world.page({ checkpoints: store, fingerprint });
		begin(page, checkpoint.id, fileOf(4 * PART, 'film.mp4', 2000));
		await vi.waitUntil(() => kept.size === 0);
		expect(await page.pending()).toMatchObject([{ source: 'needed' }]);
	});

	test('upload() that begins anew looks for no kept file: there can be none', async () => {
		const world = await openWorld();
		const { store } = keeping();
		const sources = vi.fn(store.sources);
		world.fault({ operation: 'UploadPart', partNumber: 2, action: { type: 'hang' } });
		const page = world.page({ checkpoints: { ...store, sources }, parallel: 1 });
		const task = page.upload(fileOf(3 * PART), { key: 'k', partSize: PART });
		await Promise.all([whenStored(task, 1), secondPartHangs(world)]);
		task.pause();
		task.resume();
		await task.result;
		expect(sources).not.toHaveBeenCalled();
	});

	test('resume(id, handle) keeps that handle from then on', async () => {
		const world = await openWorld();
		const { store, kept } = keeping();
		const file = fileOf(4 * PART);
		await interrupted(world, handleOf(file), store);
		const [id = ''] = kept.keys();
		kept.clear();
		world.fault({ operation: 'UploadPart', partNumber: 3, action: { type: 'hang' } });
		const page = world.page({ checkpoints: store });
		const moved = handleOf(file);
		page.resume(id, moved);
		await vi.waitUntil(() => kept.get(id) === moved);
	});
});

describe('what is kept stays until the upload is right, aborted or discarded', () => {
	/** An upload that was interrupted, and what is kept of it now. */
	async function left(keep: (file: File) => Blob | FileSystemFileHandle = (file) => file) {
		const world = await openWorld();
		const { store, kept } = keeping();
		const file = fileOf(4 * PART);
		await interrupted(world, handleOf(file), store);
		const [id = ''] = kept.keys();
		kept.set(id, keep(file));
		world.oss.clearRequests();
		return { world, file, store, kept, id };
	}

	/** As a lifecycle rule does. */
	async function dropAtOss({ oss }: World): Promise<void> {
		for (const { uploadId } of oss.uploads(bucket)) await oss.forgetUpload(uploadId);
	}

	const refuseNewUploads = (world: World) =>
		world.fault({
			operation: 'InitiateMultipartUpload',
			action: { type: 'status', status: 403, code: 'AccessDenied' },
		});

	test.each([
		['handle', handleOf],
		['copy', undefined],
	] as const)(
		'a %s where resume(id) has to begin anew, paused and resumed on the way',
		async (source, keep) => {
			const { world, file, store, id } = await left(keep);
			await dropAtOss(world);
			world.fault({ operation: 'UploadPart', partNumber: 2, action: { type: 'hang' } });
			const page = world.page({ checkpoints: store, parallel: 1 });
			const task = page.resume(id);
			await Promise.all([whenStored(task, 1), secondPartHangs(world)]);
			expect(await page.pending()).toMatchObject([{ id, source, loaded: PART }]);
			task.pause();
			task.resume();
			expect(await task.result).toMatchObject({ verified: 'object' });
			await expectStored(world, 'k', file);
		},
	);

	test('a copy where OSS refuses to begin anew what it has dropped', async () => {
		const { world, store, id } = await left();
		await dropAtOss(world);
		refuseNewUploads(world);
		const page = world.page({ checkpoints: store });
		await expect(page.resume(id).result).rejects.toMatchObject({ ossCode: 'AccessDenied' });
		expect(await page.pending()).toMatchObject([{ id, source: 'copy', loaded: 0 }]);
		expect(await page.resume(id).result).toMatchObject({ verified: 'object' });
	});

	test('a copy of an upload that was begun long ago, where OSS refuses to begin anew', async () => {
		const { world, store, id } = await left();
		await beginLongAgo(store);
		await dropAtOss(world);
		refuseNewUploads(world);
		const page = world.page({ checkpoints: store });
		await expect(page.resume(id).result).rejects.toMatchObject({ ossCode: 'AccessDenied' });
		expect((await page.sweep()).aborted).toBe(0);
		expect(await page.pending()).toMatchObject([{ id, source: 'copy', loaded: 0 }]);
	});

	test('a copy where OSS refuses to begin anew with other settings', async () => {
		const { world, file, store, id } = await left();
		refuseNewUploads(world);
		const page = world.page({ checkpoints: store });
		const task = page.upload(file, { key: 'k', partSize: PART, meta: { album: '1' } });
		await expect(task.result).rejects.toMatchObject({ ossCode: 'AccessDenied' });
		expect(await page.pending()).toMatchObject([{ id, source: 'copy', loaded: 0 }]);
	});

	test('a copy where the object is not the file; resumed, its upload mends that', async () => {
		const { world, file, store, kept, id } = await left();
		world.fault({ operation: 'CompleteMultipartUpload', action: { type: 'corrupt' } });
		const page = world.page({ checkpoints: store });
		await expect(page.resume(id).result).rejects.toMatchObject({ code: 'ChecksumMismatch' });
		expect(await page.pending()).toMatchObject([{ id, source: 'copy', loaded: 0 }]);
		expect(await page.resume(id).result).toMatchObject({ verified: 'object', resumed: 0 });
		expect(kept.size).toBe(0);
		await expectStored(world, 'k', file);
	});

	test('and goes with abort() of a task that has failed', async () => {
		const { world, store, kept, id } = await left();
		world.fault({ operation: 'CompleteMultipartUpload', action: { type: 'corrupt' } });
		const page = world.page({ checkpoints: store });
		const task = page.resume(id);
		await task.result.catch(() => {});
		expect(kept.size).toBe(1);
		await task.abort();
		expect(await page.pending()).toEqual([]);
		expect(kept.size).toBe(0);
	});
});

test('without a checkpoint nothing is kept', async () => {
	const world = await openWorld();
	const { store, kept } = keeping();
	const page = world.page({ checkpoints: store, parallel: 1 });
	world.fault({ operation: 'UploadPart', partNumber: 2, action: { type: 'hang' } });
	const task = page.upload(handleOf(fileOf(3 * PART)), { key: 'k', partSize: PART, checkpoint: false });
	await whenStored(task, 1);
	await page.pending();
	expect(kept.size).toBe(0);
});

describe('sweep()', () => {
	test('aborts what has expired, and removes what is kept for nothing, at once', async () => {
		const world = await openWorld();
		const { store, kept } = keeping();
		await interrupted(world, handleOf(fileOf(4 * PART)), store);
		kept.set('orphan', fileOf(KiB));
		// While something is being sent, what happens by itself waits.
		world.fault({ operation: 'UploadPart', partNumber: 2, times: 'always', action: { type: 'hang' } });
		const page = world.page({ checkpoints: store, parallel: 1 });
		const busy = page.upload(fileOf(3 * PART), { key: 'busy', partSize: PART });
		await whenStored(busy, 1);
		expect(await page.sweep()).toEqual({ aborted: 0, removed: 1 });
		vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 8 * 24 * 60 * 60_000 });
		try {
			expect(await page.sweep()).toEqual({ aborted: 1, removed: 0 });
		} finally {
			vi.useRealTimers();
		}
		expect(kept.size).toBe(0);
		expect(world.oss.uploads(bucket)).toMatchObject([{ key: 'busy' }]);
		expect(busy.state).toBe('uploading');
	});

	test('counts nothing that OSS could not be told of', async () => {
		const world = await openWorld();
		const { store } = keeping();
		await interrupted(world, handleOf(fileOf(4 * PART)), store);
		world.fault({
			operation: 'AbortMultipartUpload',
			times: 'always',
			action: { type: 'status', status: 403, code: 'AccessDenied' },
		});
		const page = world.page({ checkpoints: store });
		await page.pending();
		vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 8 * 24 * 60 * 60_000 });
		try {
			expect(await page.sweep()).toEqual({ aborted: 0, removed: 0 });
		} finally {
			vi.useRealTimers();
		}
	});

	test('finds nothing where there is no IndexedDB: memory has taken over', async () => {
		const page = (await openWorld()).page({ checkpoints: indexedDbCheckpoints() });
		expect(await page.sweep()).toEqual({ aborted: 0, removed: 0 });
	});

	test('removes nothing from a store of files that fails', async () => {
		const sources = () => Promise.reject(new Error('no files'));
		const page = (await openWorld()).page({ checkpoints: { ...memoryCheckpoints(), sources } });
		expect(await page.sweep()).toEqual({ aborted: 0, removed: 0 });
	});

	test('after close() is a TypeError', async () => {
		const page = (await openWorld()).page();
		await page.close();
		await expect(page.sweep()).rejects.toThrow(TypeError);
	});
});

test('what was kept for nothing is removed by itself, when nothing is sent', async () => {
	const world = await openWorld();
	const { store, kept } = keeping();
	await interrupted(world, handleOf(fileOf(4 * PART)), store);
	kept.set('orphan', fileOf(KiB));
	const page = world.page({ checkpoints: store });
	await page.pending();
	await vi.waitUntil(() => !kept.has('orphan'));
	expect(kept.size).toBe(1);
});

import { openDB } from 'idb';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Database } from '../../../src/browser/storage/database.js';
import { indexedDbCheckpoints } from '../../../src/browser/storage/indexed-db-checkpoints.js';
import { IndexedDbSources } from '../../../src/browser/storage/sources.js';
import type { CheckpointStore, SourceStore } from '../../../src/core/ports.js';
import { checkpointOf, partOf } from '../../browser/storage/checkpoint-store-contract.js';

const MiB = 1024 * 1024;
const { id } = checkpointOf();
const never = new AbortController().signal;

const opened: { close(): void }[] = [];
afterEach(() => {
	for (const each of opened.splice(0)) each.close();
	vi.restoreAllMocks();
});

/** A database of its own, with the checkpoint of one upload. */
async function openStores(): Promise<{
	readonly name: string;
	readonly checkpoints: CheckpointStore;
	readonly sources: SourceStore;
}> {
	const name = `sources-${crypto.randomUUID()}`;
	const checkpoints = indexedDbCheckpoints({ databaseName: name });
	opened.push(checkpoints);
	await checkpoints.create(checkpointOf());
	const sources = await checkpoints.sources?.();
	if (!sources) throw new Error('This store keeps no files');
	return { name, checkpoints, sources };
}

/** What lies in the database. */
async function rowsOf(name: string): Promise<readonly { id: string; size: number; file: unknown }[]> {
	const database = await openDB(name);
	const rows = await database.getAll('sources');
	database.close();
	return rows;
}

const random = (size: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(size));
const file = new File([random(1000)], 'film.mp4', { type: 'video/mp4', lastModified: 1234 });

async function bytesOf(blob: unknown): Promise<Uint8Array> {
	return new Uint8Array(await (blob as Blob).arrayBuffer());
}

async function opfsHandle(): Promise<FileSystemFileHandle> {
	const root = await navigator.storage.getDirectory();
	const handle = await root.getFileHandle(`film-${crypto.randomUUID()}.mp4`, { create: true });
	const writable = await handle.createWritable();
	await writable.write('content');
	await writable.close();
	return handle;
}

describe('a file that is kept', () => {
	test('comes back as a new File of its name, type, time and bytes', async () => {
		const { sources } = await openStores();
		expect(await sources.put(id, file, never)).toBe(true);
		const back = (await sources.load(id)) as File;
		expect(back).toBeInstanceOf(File);
		expect(back).toMatchObject({ name: 'film.mp4', type: 'video/mp4', lastModified: 1234 });
		expect(await bytesOf(back)).toEqual(await bytesOf(file));
		expect(await sources.list()).toEqual([{ id, size: 1000, handle: undefined }]);
	});

	test('may be a Blob, or a slice of a file', async () => {
		const { sources } = await openStores();
		for (const blob of [new Blob(['abc'], { type: 'video/webm' }), file.slice(100, 900, 'video/webm')]) {
			await sources.put(id, blob, never);
			const back = (await sources.load(id)) as File;
			expect(back).toMatchObject({ name: '', type: 'video/webm', size: blob.size });
			expect(await bytesOf(back)).toEqual(await bytesOf(blob));
		}
	});

	test('may be a File of another window', async () => {
		const { sources } = await openStores();
		const frame = document.body.appendChild(document.createElement('iframe'));
		const other = frame.contentWindow as unknown as typeof globalThis;
		const foreign = new other.File(['abc'], 'film.mp4', { lastModified: 1234 });
		expect(foreign).not.toBeInstanceOf(File);
		expect(await sources.put(id, foreign, never)).toBe(true);
		frame.remove();
		expect(await sources.list()).toEqual([{ id, size: 3, handle: undefined }]);
		const back = (await sources.load(id)) as File;
		expect(back).toMatchObject({ name: 'film.mp4', size: 3, lastModified: 1234 });
		expect(await back.text()).toBe('abc');
	});

	test('may be a handle, which opens the file anew', async () => {
		const { sources } = await openStores();
		const handle = await opfsHandle();
		await sources.put(id, handle, never);
		const [kept] = await sources.list();
		expect(kept).toMatchObject({ id, size: 0 });
		expect(await handle.isSameEntry(kept?.handle as FileSystemFileHandle)).toBe(true);
		const back = (await sources.load(id)) as FileSystemFileHandle;
		expect(await (await back.getFile()).text()).toBe('content');
	});

	test('replaces what was kept before', async () => {
		const { sources, name } = await openStores();
		await sources.put(id, await opfsHandle(), never);
		await sources.put(id, file, never);
		expect(await rowsOf(name)).toMatchObject([{ id, size: 1000 }]);
	});

	test('can be deleted alone', async () => {
		const { sources, checkpoints, name } = await openStores();
		await sources.put(id, file, never);
		await sources.delete(id);
		expect(await rowsOf(name)).toEqual([]);
		expect(await checkpoints.load(id)).toBeDefined();
	});

	test('goes with its checkpoint, and stays when that is written anew', async () => {
		const { sources, checkpoints, name } = await openStores();
		await sources.put(id, file, never);
		await checkpoints.create(checkpointOf({ uploadId: 'another' }));
		expect(await rowsOf(name)).toHaveLength(1);
		await checkpoints.delete(id);
		await expect.poll(() => rowsOf(name)).toEqual([]);
	});

	test('is not, once its checkpoint is gone', async () => {
		const { sources, checkpoints, name } = await openStores();
		await checkpoints.delete(id);
		expect(await sources.put(id, file, never)).toBe(false);
		expect(await rowsOf(name)).toEqual([]);
	});

	test('is read by its key alone: to list it no copy is fetched', async () => {
		const { sources } = await openStores();
		await sources.put(id, file, never);
		const got = vi.spyOn(IDBObjectStore.prototype, 'get');
		const gotAll = vi.spyOn(IDBObjectStore.prototype, 'getAll');
		await sources.list();
		expect(got).not.toHaveBeenCalled();
		expect(gotAll).not.toHaveBeenCalled();
	});
});

describe('where a slice is revived as the whole file, as Safari does', () => {
	/** The browser keeps in place of a slice the file that it is of. */
	const asSafari = (slice: Blob, whole: File) => {
		const put = IDBObjectStore.prototype.put;
		vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, row, key) {
			return put.call(this, row.file === slice ? { ...row, file: whole } : row, key);
		});
	};

	test('its bytes are kept', async () => {
		const { sources, name } = await openStores();
		const slice = file.slice(100, 900);
		asSafari(slice, file);
		expect(await sources.put(id, slice, never)).toBe(true);
		expect(await bytesOf(await sources.load(id))).toEqual(await bytesOf(slice));
		expect(await rowsOf(name)).toHaveLength(1);
	});

	test('and nobody mended it, nothing counts as kept', async () => {
		const { sources, name } = await openStores();
		const database = await openDB(name);
		await database.put('sources', { id, size: 800, file });
		database.close();
		expect(await sources.load(id)).toBeUndefined();
	});
});

test('an upload that ends while its copy is being written leaves none', async () => {
	const { sources, checkpoints, name } = await openStores();
	const large = new File([random(65_536), new Uint8Array(64 * MiB)], 'large.bin');
	const copying = sources.put(id, large, never);
	expect(await checkpoints.addPart(id, partOf(1), 1100)).toBe(true);
	await checkpoints.delete(id);
	// Whichever came first.
	await copying;
	expect(await rowsOf(name)).toEqual([]);
});

test('a copy that nobody wants any more when its turn comes is not written', async () => {
	const { sources, name } = await openStores();
	const ended = new AbortController();
	const copying = sources.put(id, file, ended.signal);
	ended.abort(new Error('done'));
	await expect(copying).rejects.toThrow('done');
	expect(await rowsOf(name)).toEqual([]);
});

test('files whose checkpoint is gone are removed, and no others', async () => {
	const { sources, name } = await openStores();
	await sources.put(id, file, never);
	const database = await openDB(name);
	await database.put('sources', { id: 'orphan', size: 1000, file });
	await database.put('sources', { id: 'orphaned handle', size: 0, file: await opfsHandle() });
	database.close();
	expect(await sources.removeOrphans()).toBe(2);
	expect(await rowsOf(name)).toMatchObject([{ id }]);
	expect(await sources.removeOrphans()).toBe(0);
});

test.each([
	['of another kind', { id, size: 0, file: 'bytes' }],
	['without a file', { id, size: 0 }],
	['of a size that is not the file’s', { id, size: 5, file: new File(['abc'], 'a.txt') }],
])('a row %s counts as absent', async (_, row) => {
	const { name, sources } = await openStores();
	const database = await openDB(name);
	await database.put('sources', row);
	database.close();
	expect(await sources.load(id)).toBeUndefined();
	// How large a copy really is, is not looked at before it is needed.
	expect(await sources.list()).toEqual(row.size > 0 ? [{ id, size: 5, handle: undefined }] : []);
});

test('a full disk rejects with what the browser says, and is asked once', async () => {
	const database = new Database(`sources-${crypto.randomUUID()}`);
	opened.push(database);
	const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
		throw new DOMException('full', 'QuotaExceededError');
	});
	await expect(new IndexedDbSources(database).put(id, file, never)).rejects.toMatchObject({
		name: 'QuotaExceededError',
	});
	// Chromium refuses, with a copy, the rows that are written just then, and would refuse their second attempt with the copy's.
	expect(put).toHaveBeenCalledOnce();
});

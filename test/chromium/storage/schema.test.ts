import { openDB } from 'idb';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { indexedDbCheckpoints } from '../../../src/browser/storage/indexed-db-checkpoints.js';
import { VERSION } from '../../../src/browser/storage/schema.js';
import type { CheckpointStore } from '../../../src/core/ports.js';
import { leaveVersion1, openVersion1, partRow, uploadRow } from './version-1.js';

const nextName = () => `schema-${crypto.randomUUID()}`;
const everything = { scope: 'user-1', bucket: 'examplebucket' };
const { id } = uploadRow;

const opened: { close(): void }[] = [];
afterEach(() => {
	for (const each of opened.splice(0)) each.close();
	vi.restoreAllMocks();
});

function open(databaseName: string): CheckpointStore {
	const store = indexedDbCheckpoints({ databaseName });
	opened.push(store);
	return store;
}

/** What an upload of 0.1.0 is now. */
const { lastModified: _, ...known } = uploadRow;
const checkpoint = { ...known, notBefore: known.createdAt - 15 * 60_000, abandoned: false };
const { id: __, at, ...part } = partRow;

async function versionOf(name: string): Promise<number> {
	const database = await openDB(name);
	database.close();
	return database.version;
}

/** Its rows, as they lie there. */
async function rowsOf(name: string): Promise<unknown[]> {
	const database = await openDB(name);
	const rows = await database.getAll('uploads');
	database.close();
	return rows;
}

describe('a database that 0.1.0 left', () => {
	test('keeps its unfinished uploads, with what 0.1.0 could not know', async () => {
		const name = nextName();
		await leaveVersion1(name);
		const store = open(name);
		expect(await store.load(id)).toStrictEqual({ checkpoint, parts: [part] });
		expect(await store.find(everything)).toStrictEqual([{ checkpoint, loaded: 102_400, updatedAt: at }]);
		expect(await rowsOf(name)).toStrictEqual([checkpoint]);
		expect(await versionOf(name)).toBe(VERSION);
		await expectFileKept(store);
	});

	test('goes on as any other: parts, marks, the time at which it is given up', async () => {
		const name = nextName();
		await leaveVersion1(name);
		const store = open(name);
		expect(await store.addPart(id, { ...part, partNumber: 2 }, at + 1)).toBe(true);
		await store.mark(id, 'completing');
		expect(await store.load(id)).toMatchObject({
			checkpoint: { completing: true },
			parts: [{ partNumber: 1 }, { partNumber: 2 }],
		});
		expect(await store.expired(at + 1 + checkpoint.ttlMs - 1)).toEqual([]);
		expect(await store.expired(at + 1 + checkpoint.ttlMs)).toMatchObject([{ id }]);
		await store.delete(id);
		expect(await store.find(everything)).toEqual([]);
	});

	test.each([
		['whose file was a Blob', { lastModified: undefined, name: '' }],
		['that had been asked to complete', { completing: true }],
	])('keeps an upload %s', async (_, changes) => {
		const name = nextName();
		await leaveVersion1(name, [{ ...uploadRow, ...changes }]);
		const { lastModified: __, ...kept } = { lastModified: undefined, ...checkpoint, ...changes };
		expect((await open(name).load(id))?.checkpoint).toStrictEqual(kept);
	});

	test('keeps them beside a row that is not sound, which is met later', async () => {
		const name = nextName();
		await leaveVersion1(name, [{ ...uploadRow, id: 'a', partSize: 1 }, uploadRow]);
		expect(await open(name).find(everything)).toMatchObject([{ checkpoint: { id } }]);
		expect(await rowsOf(name)).toStrictEqual([checkpoint]);
	});

	test('stays as it is where the migration fails, and is migrated at the next call', async () => {
		const name = nextName();
		await leaveVersion1(name);
		const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
			throw new DOMException('no room', 'QuotaExceededError');
		});
		const store = open(name);
		await expect(store.load(id)).rejects.toMatchObject({ code: 'Storage' });
		put.mockRestore();
		expect(await versionOf(name)).toBe(1);
		expect(await rowsOf(name)).toStrictEqual([uploadRow]);
		expect(await store.load(id)).toStrictEqual({ checkpoint, parts: [part] });
	});
});

describe('a database of version 2, from before files were kept', () => {
	test('keeps its uploads and parts as they are, and takes files', async () => {
		const name = nextName();
		await leaveVersion1(name);
		// Version 2 changed rows alone.
		const before = await openDB(name, 2);
		await before.put('uploads', checkpoint);
		before.close();
		const store = open(name);
		expect(await store.load(id)).toStrictEqual({ checkpoint, parts: [part] });
		expect(await versionOf(name)).toBe(VERSION);
		await expectFileKept(store);
	});

	test('stays as it is where the migration fails', async () => {
		const name = nextName();
		await leaveVersion1(name);
		(await openDB(name, 2)).close();
		const made = vi.spyOn(IDBDatabase.prototype, 'createObjectStore').mockImplementation(() => {
			throw new DOMException('no room', 'QuotaExceededError');
		});
		await expect(open(name).load(id)).rejects.toMatchObject({ code: 'Storage' });
		made.mockRestore();
		expect(await versionOf(name)).toBe(2);
		expect(await rowsOf(name)).toStrictEqual([uploadRow]);
	});
});

async function expectFileKept(store: CheckpointStore): Promise<void> {
	const sources = await store.sources?.();
	const file = new File(['abc'], 'a.txt');
	expect(await sources?.put(id, file, new AbortController().signal)).toBe(true);
	expect(await sources?.list()).toEqual([{ id, size: 3, handle: undefined }]);
	const kept = await sources?.load(id);
	expect(kept instanceof File && (await kept.text())).toBe('abc');
}

describe('a tab that still runs 0.1.0', () => {
	test('gives way, and then finds a version that it does not know', async () => {
		const name = nextName();
		await leaveVersion1(name);
		const tab = await openVersion1(name);
		expect((await open(name).load(id))?.checkpoint).toStrictEqual(checkpoint);
		expect(() => tab.transaction('uploads')).toThrow(expect.objectContaining({ name: 'InvalidStateError' }));
		await expect(openVersion1(name)).rejects.toMatchObject({ name: 'VersionError' });
	});

	test('and is writing is waited for: what it wrote is there', async () => {
		const name = nextName();
		await leaveVersion1(name);
		const tab = await openVersion1(name);
		const asked = vi.fn();
		tab.addEventListener('versionchange', asked);
		const transaction = tab.transaction(['uploads', 'parts'], 'readwrite');
		const parts = transaction.objectStore('parts');
		const loading = open(name).load(id);
		// Each request keeps the transaction open for the next, until after the tab has been asked to give way.
		for (let at = 1; asked.mock.calls.length === 0; at++) {
			await parts.put({ ...partRow, partNumber: 2, at });
		}
		await parts.put({ ...partRow, partNumber: 3 });
		const written = [1, 2, 3].map((partNumber) => ({ ...part, partNumber }));
		expect((await loading)?.parts).toStrictEqual(written);
	});
});

test('a database that is not there yet is made in its newest version', async () => {
	const name = nextName();
	expect(await open(name).find(everything)).toEqual([]);
	expect(await versionOf(name)).toBe(VERSION);
});

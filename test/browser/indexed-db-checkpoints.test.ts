import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { describe, expect, test, vi } from 'vitest';
import { indexedDbCheckpoints } from '../../src/browser/indexed-db-checkpoints.js';
import { checkpointOf, describeCheckpointStore, partOf } from './checkpoint-store-contract.js';

let databases = 0;
const nextName = () => `checkpoints-${++databases}`;

describeCheckpointStore('IndexedDB (simulated)', () => indexedDbCheckpoints({ databaseName: nextName() }));

describe('a stored row of an unknown shape', () => {
	const everything = { scope: 'user-1', bucket: 'examplebucket' };
	const sound = checkpointOf();

	async function storeWith(row: object) {
		const databaseName = nextName();
		const store = indexedDbCheckpoints({ databaseName });
		await store.create(sound);
		await store.addPart(sound.id, partOf(1), 1100);
		const database = await openDB(databaseName);
		await database.put('uploads', row);
		return { store, database };
	}

	test.each([
		['no field but the id', { id: sound.id }],
		['garbage in the id', { id: 7 }],
		['a size that is a string', { ...sound, size: '1024001' }],
		['a negative size', { ...sound, size: -1 }],
		['a part size of 0', { ...sound, partSize: 0 }],
		['a part size that is no number', { ...sound, partSize: Number.NaN }],
		['an empty uploadId', { ...sound, uploadId: '' }],
		['settings of an older version', { ...sound, settings: undefined }],
	])('with %s counts as absent and is deleted with its parts', async (_, row) => {
		const { store, database } = await storeWith(row);
		if (row.id === sound.id) {
			expect(await store.load(sound.id)).toBeUndefined();
			expect(await database.count('parts')).toBe(0);
		}
		await expect(store.find(everything)).resolves.toBeDefined();
		await expect(store.expired(0)).resolves.toEqual([]);
		expect(await database.getAll('uploads')).toEqual(row.id === sound.id ? [] : [sound]);
	});

	test('among the parts costs that part only', async () => {
		const { store, database } = await storeWith(sound);
		await database.put('parts', { id: sound.id, partNumber: 2, size: 'big', at: 1100 });
		await database.put('parts', { id: sound.id, partNumber: 'three', at: 1100 });
		expect((await store.load(sound.id))?.parts).toEqual([partOf(1)]);
		expect(await database.getAllKeys('parts')).toEqual([[sound.id, 1]]);
	});
});

test('recording a part writes one small row, whatever the number of parts before it', async () => {
	const databaseName = nextName();
	const store = indexedDbCheckpoints({ databaseName });
	await store.create(checkpointOf());
	for (let n = 1; n <= 50; n++) await store.addPart(checkpointOf().id, partOf(n), 1100);
	const database = await openDB(databaseName);
	const rows = await database.getAll('parts');
	expect(rows).toHaveLength(50);
	expect(new Set(rows.map((row) => Object.keys(row).sort().join()))).toEqual(
		new Set(['at,crc64,etag,id,partNumber,size,verified']),
	);
	expect(await database.get('uploads', checkpointOf().id)).toEqual(checkpointOf());
});

test('parts that come while one is being written share the transaction after it, and each is told when it is there', async () => {
	const databaseName = nextName();
	const store = indexedDbCheckpoints({ databaseName });
	await store.create(checkpointOf());
	const transactions = vi.spyOn(IDBDatabase.prototype, 'transaction');
	const told: number[] = [];
	const record = (n: number) => store.addPart(checkpointOf().id, partOf(n), 1100).then(() => told.push(n));
	const first = record(1);
	// A moment later, so that the first one has begun.
	await undefined;
	await Promise.all([first, ...[2, 3, 4, 5].map(record)]);
	expect(transactions).toHaveBeenCalledTimes(2);
	expect(told).toEqual([1, 2, 3, 4, 5]);
	expect((await store.load(checkpointOf().id))?.parts).toHaveLength(5);
	transactions.mockRestore();
});

test('a part recorded just before its upload is deleted leaves no row behind', async () => {
	const databaseName = nextName();
	const store = indexedDbCheckpoints({ databaseName });
	await store.create(checkpointOf());
	await Promise.all([store.addPart(checkpointOf().id, partOf(1), 1100), store.delete(checkpointOf().id)]);
	const database = await openDB(databaseName);
	expect(await database.count('parts')).toBe(0);
});

test('a database that cannot be opened rejects every call with a Storage error', async () => {
	const databaseName = nextName();
	(await openDB(databaseName, 99)).close();
	const store = indexedDbCheckpoints({ databaseName });
	await expect(store.load('x')).rejects.toMatchObject({ code: 'Storage', cause: { name: 'VersionError' } });
});

test('without IndexedDB nothing fails before the first call, and then it is a Storage error', async () => {
	const { indexedDB } = globalThis;
	Reflect.deleteProperty(globalThis, 'indexedDB');
	try {
		const store = indexedDbCheckpoints();
		await expect(store.find({ scope: '', bucket: '' })).rejects.toMatchObject({ code: 'Storage' });
		store.close();
	} finally {
		globalThis.indexedDB = indexedDB;
	}
});

test('a part that arrives after its upload was deleted leaves no row behind', async () => {
	const databaseName = nextName();
	const store = indexedDbCheckpoints({ databaseName });
	await store.create(checkpointOf());
	await store.delete(checkpointOf().id);
	await store.addPart(checkpointOf().id, partOf(1), 1100);
	expect(await (await openDB(databaseName)).count('parts')).toBe(0);
});

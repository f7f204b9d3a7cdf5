import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { indexedDbCheckpoints } from '../../../src/browser/storage/indexed-db-checkpoints.js';
import { checkpointOf, describeCheckpointStore, partOf } from './checkpoint-store-contract.js';

let databases = 0;
const nextName = () => `checkpoints-${++databases}`;

describeCheckpointStore('IndexedDB (simulated)', () => indexedDbCheckpoints({ databaseName: nextName() }));

const GiB = 1024 ** 3;
const everything = { scope: 'user-1', bucket: 'examplebucket' };
const sound = checkpointOf();
const { settings } = sound;

/** With a sound upload and its first part, and then with `row`. */
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
	[
		'a name instead of options',
		'tenant-a',
		/`options` to be an object, got "…": write it like \{ databaseName \}/,
	],
	['null', null, /`options` to be an object, got null/],
	['a number as the name', { databaseName: 5 }, /`options.databaseName` to be a name, got 5/],
	['an empty name', { databaseName: '' }, /`options.databaseName` to be a name, got ""/],
	['another option', { name: 'a' }, /`name in options` to be one of databaseName/],
])('a wrong argument is refused at once: %s', (_, options, words) => {
	expect(() => indexedDbCheckpoints(options as never)).toThrow(TypeError);
	expect(() => indexedDbCheckpoints(options as never)).toThrow(words);
});

describe('a stored row that is not sound', () => {
	test.each<[string, object]>([
		['no field but the id', { id: sound.id }],
		['garbage in the id', { id: 7 }],
		['a list as the id', { ...sound, id: ['a'] }],
		['a size that is a string', { ...sound, size: '1024001' }],
		['a negative size', { ...sound, size: -1 }],
		['a size with a fraction', { ...sound, size: 1024.5 }],
		['a size beyond all integers', { ...sound, size: Number.POSITIVE_INFINITY }],
		['a part size of 0', { ...sound, partSize: 0 }],
		['a part size of 1', { ...sound, partSize: 1 }],
		['a part size just below what OSS takes', { ...sound, partSize: 102_399 }],
		['a part size just above what OSS takes', { ...sound, size: 6 * GiB, partSize: 5 * GiB + 1 }],
		['a part size with a fraction', { ...sound, partSize: 102_400.5 }],
		['a part size that is no number', { ...sound, partSize: Number.NaN }],
		['more than 10,000 parts', { ...sound, size: 10_000 * 102_400 + 1, partSize: 102_400 }],
		['an empty uploadId', { ...sound, uploadId: '' }],
		['an empty key', { ...sound, key: '' }],
		['half a character in the key', { ...sound, key: 'a\ud800b' }],
		['half a character in the uploadId', { ...sound, uploadId: '\udc00' }],
		['half a character in the name', { ...sound, name: 'film\ud83d.mp4' }],
		['half a character in the digest', { ...sound, initiateDigest: '\ud83d' }],
		['no settings', { ...sound, settings: undefined }],
		['null as settings', { ...sound, settings: null }],
		['a header that is no string', { ...sound, settings: { ...settings, headers: { 'x-oss-meta-a': 7 } } }],
		['half a character in a header', { ...sound, settings: { ...settings, headers: { a: '\ud800' } } }],
		['a list of headers', { ...sound, settings: { ...settings, headers: ['a'] } }],
		['no headers', { ...sound, settings: { ...settings, headers: null } }],
		['an unknown way to verify', { ...sound, settings: { ...settings, verify: 'sha1' } }],
		['a content type that is no string', { ...sound, settings: { ...settings, guessedContentType: 7 } }],
		['no time', { ...sound, createdAt: undefined }],
		['a time that is none', { ...sound, createdAt: Number.NaN }],
		['a time beyond all dates', { ...sound, createdAt: 8.65e15 }],
		['a notBefore that is none', { ...sound, notBefore: 'yesterday' }],
		['an endless time to live', { ...sound, ttlMs: Number.POSITIVE_INFINITY }],
		['a word for completing', { ...sound, completing: 'yes' }],
		['a number for abandoned', { ...sound, abandoned: 1 }],
	])('with %s counts as absent and is deleted with its parts [C6]', async (_, row) => {
		const { store, database } = await storeWith(row);
		const isSame = Reflect.get(row, 'id') === sound.id;
		if (isSame) {
			expect(await store.load(sound.id)).toBeUndefined();
			expect(await database.count('parts')).toBe(0);
		}
		await database.put('uploads', row);
		await expect(store.find(everything)).resolves.toHaveLength(isSame ? 0 : 1);
		expect(await database.getAll('uploads')).toEqual(isSame ? [] : [sound]);
		await database.put('uploads', row);
		await expect(store.expired(0)).resolves.toEqual([]);
		expect(await database.getAll('uploads')).toEqual(isSame ? [] : [sound]);
	});

	test.each<[string, object]>([
		['a size that is a string', { partNumber: 2, size: 'big' }],
		['a negative size', { partNumber: 2, size: -1 }],
		['a size above what OSS takes', { partNumber: 2, size: 5 * GiB + 1 }],
		['a word for its number', { partNumber: 'three' }],
		['the number 0', { partNumber: 0 }],
		['the number 10,001', { partNumber: 10_001 }],
		['half a number', { partNumber: 1.5 }],
		['an ETag that is a number', { partNumber: 2, etag: 7 }],
		['half a character in its ETag', { partNumber: 2, etag: '"\ud800"' }],
		['a checksum that is a number', { partNumber: 2, crc64: 7 }],
		['a word for verified', { partNumber: 2, verified: 'yes' }],
	])('among the parts, with %s, costs that part only [C6]', async (_, changes) => {
		const { store, database } = await storeWith(sound);
		await database.put('parts', { ...partOf(2), id: sound.id, at: 1100, ...changes });
		expect((await store.load(sound.id))?.parts).toEqual([partOf(1)]);
		expect(await database.getAllKeys('parts')).toEqual([[sound.id, 1]]);
	});

	test('among the parts neither counts nor makes the upload younger [C6]', async () => {
		const { store, database } = await storeWith(sound);
		for (const partNumber of [0, 12, 'three']) {
			await database.put('parts', { ...partOf(2), id: sound.id, partNumber, at: 'tomorrow' });
		}
		expect(await store.find(everything)).toMatchObject([{ loaded: 100 * 1024, updatedAt: 1100 }]);
	});
});

describe('a sound row', () => {
	test('of 0.1 is read with what it could not know, and without what is no more', async () => {
		const { abandoned: _, notBefore: __, ...rest } = sound;
		const { store, database } = await storeWith({ ...rest, lastModified: 1_700_000_000_000 });
		const read = { ...sound, abandoned: false, notBefore: sound.createdAt - 15 * 60_000 };
		expect(await store.load(sound.id)).toStrictEqual({ checkpoint: read, parts: [partOf(1)] });
		expect(await store.find(everything)).toStrictEqual([
			{ checkpoint: read, loaded: 100 * 1024, updatedAt: 1100 },
		]);
		expect(await store.expired(9999)).toStrictEqual([read]);
		await store.mark(sound.id, 'completing');
		expect((await store.load(sound.id))?.checkpoint).toStrictEqual({ ...read, completing: true });
		expect(await database.count('uploads')).toBe(1);
	});

	test.each([
		['parts as small as OSS takes', { size: 10_000 * 102_400, partSize: 102_400 }],
		['parts as large as OSS takes', { size: 10_000 * 5 * GiB, partSize: 5 * GiB }],
		['one part of any size', { size: 7, partSize: 7 }],
		['no bytes', { size: 0, partSize: 1 }],
		['a name of whole characters', { name: 'フィルム 🎬.mp4', key: 'フィルム 🎬.mp4' }],
		['no scope, no name, no digest', { scope: '', name: '', initiateDigest: '' }],
	])('with %s stays', async (_, changes) => {
		const { store } = await storeWith({ ...sound, ...changes });
		expect((await store.load(sound.id))?.checkpoint).toStrictEqual({ ...sound, ...changes });
	});
});

describe('what is asked of the database', () => {
	afterEach(() => vi.restoreAllMocks());

	/** The modes of all transactions, and how many requests of each kind there were, from now on. */
	function spyOnDatabase() {
		const transactions = vi.spyOn(IDBDatabase.prototype, 'transaction');
		const requests = {
			getAll: vi.spyOn(IDBObjectStore.prototype, 'getAll'),
			get: vi.spyOn(IDBObjectStore.prototype, 'get'),
			count: vi.spyOn(IDBObjectStore.prototype, 'count'),
			openKeyCursor: vi.spyOn(IDBIndex.prototype, 'openKeyCursor'),
		};
		return {
			modes: () => transactions.mock.calls.map(([, mode]) => mode),
			counts: () =>
				Object.fromEntries(Object.entries(requests).map(([name, { mock }]) => [name, mock.calls.length])),
		};
	}

	/** `count` uploads with three parts each, long expired. */
	async function storeWithUploads(count: number) {
		const databaseName = nextName();
		const store = indexedDbCheckpoints({ databaseName });
		await store.load('');
		const database = await openDB(databaseName);
		const transaction = database.transaction(['uploads', 'parts'], 'readwrite');
		for (let n = 0; n < count; n++) {
			const id = String(n);
			void transaction
				.objectStore('uploads')
				.put(checkpointOf({ id, key: `key-${n}`, fingerprint: `v1-${n}` }));
			for (const part of [1, 2, 3].map((number) => partOf(number))) {
				void transaction.objectStore('parts').put({ ...part, id, at: 1100 });
			}
		}
		await transaction.done;
		return store;
	}

	test('to read is no more than to read [C10]', async () => {
		const store = await storeWithUploads(2);
		const { modes } = spyOnDatabase();
		await store.load('1');
		await store.load('nothing');
		await store.find(everything);
		await store.expired(9999);
		expect(modes()).toEqual(['readonly', 'readonly', 'readonly', 'readonly']);
	});

	test('for 1,000 expired uploads is one list, in one transaction that only reads [C10]', async () => {
		const store = await storeWithUploads(1000);
		const { modes, counts } = spyOnDatabase();
		expect(await store.expired(9999)).toHaveLength(1000);
		expect(modes()).toEqual(['readonly']);
		expect(counts()).toEqual({ getAll: 1, get: 0, count: 0, openKeyCursor: 1000 });
	});

	test('beside 1,000 expired uploads for a part is what it is without them [C10]', async () => {
		const store = await storeWithUploads(1000);
		const { modes, counts } = spyOnDatabase();
		await store.create(checkpointOf());
		await store.addPart(checkpointOf().id, partOf(1), 1100);
		expect(modes()).toEqual(['readwrite', 'readwrite']);
		expect(counts()).toEqual({ getAll: 0, get: 0, count: 1, openKeyCursor: 0 });
	});

	test('of uploads that cannot have expired is nothing but their rows [C10]', async () => {
		const store = await storeWithUploads(100);
		const { counts } = spyOnDatabase();
		expect(await store.expired(1400)).toEqual([]);
		expect(counts()).toEqual({ getAll: 1, get: 0, count: 0, openKeyCursor: 0 });
	});

	test.each([
		['a key', { key: 'key-7' }],
		['a fingerprint', { fingerprint: 'v1-7' }],
	])('by a query with %s is no summary of other uploads [C10]', async (_, query) => {
		const store = await storeWithUploads(100);
		const { modes, counts } = spyOnDatabase();
		expect(await store.find({ ...everything, ...query })).toMatchObject([{ checkpoint: { id: '7' } }]);
		expect(modes()).toEqual(['readonly']);
		expect(counts()).toEqual({ getAll: 1, get: 0, count: 2, openKeyCursor: 1 });
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

test('a database that refuses to be opened at all throws nothing at `open` [B1]', async () => {
	const refusal = new DOMException('denied', 'SecurityError');
	const opening = vi.spyOn(IDBFactory.prototype, 'open').mockImplementation(() => {
		throw refusal;
	});
	try {
		const store = indexedDbCheckpoints({ databaseName: nextName() });
		store.open?.();
		await expect(store.load('x')).rejects.toMatchObject({ code: 'Storage', cause: refusal });
		store.close();
	} finally {
		opening.mockRestore();
	}
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

import { deleteDB, type IDBPDatabase, openDB } from 'idb';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { indexedDbCheckpoints } from '../../../src/browser/storage/indexed-db-checkpoints.js';
import { ResilientCheckpoints } from '../../../src/browser/storage/resilient-checkpoints.js';
import { VERSION } from '../../../src/browser/storage/schema.js';
import { createUploadLock } from '../../../src/browser/tabs/upload-lock.js';
import type { CheckpointStore } from '../../../src/core/ports.js';
import {
	checkpointOf,
	describeCheckpointStore,
	partOf,
} from '../../browser/storage/checkpoint-store-contract.js';
import { openVersion1 } from './version-1.js';

const nextName = () => `checkpoints-${crypto.randomUUID()}`;

describeCheckpointStore('IndexedDB', () => indexedDbCheckpoints({ databaseName: nextName() }));

const stores: { close(): void }[] = [];
afterEach(() => {
	for (const store of stores.splice(0)) store.close();
	vi.restoreAllMocks();
});

function open(databaseName: string): CheckpointStore {
	const store = indexedDbCheckpoints({ databaseName });
	stores.push(store);
	return store;
}

const { id } = checkpointOf();

/** The connections that the store opens, as the browser sees them. */
function spyOnConnections(): IDBDatabase[] {
	const connections: IDBDatabase[] = [];
	const transaction = IDBDatabase.prototype.transaction;
	vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(function (this: IDBDatabase, ...args) {
		if (!connections.includes(this)) connections.push(this);
		return transaction.apply(this, args);
	});
	return connections;
}

test('nothing is opened before the first call, and one connection serves all', async () => {
	const opening = vi.spyOn(IDBFactory.prototype, 'open');
	const store = open(nextName());
	expect(opening).not.toHaveBeenCalled();
	await Promise.all([store.create(checkpointOf()), store.load(id), store.expired(0)]);
	await store.addPart(id, partOf(1), 1100);
	expect(opening).toHaveBeenCalledTimes(1);
});

test('two tabs see each other’s writes', async () => {
	const name = nextName();
	const [one, other] = [open(name), open(name)];
	await one.create(checkpointOf());
	await Promise.all([one.addPart(id, partOf(1), 1100), other.addPart(id, partOf(2), 1200)]);
	expect((await other.load(id))?.parts).toEqual([partOf(1), partOf(2)]);
	expect(await one.find({ scope: 'user-1', bucket: 'examplebucket' })).toMatchObject([{ updatedAt: 1200 }]);
	await other.delete(id);
	await one.addPart(id, partOf(3), 1300);
	expect(await one.load(id)).toBeUndefined();
});

test('a write has reached the database when its promise resolves', async () => {
	const name = nextName();
	const store = open(name);
	await store.create(checkpointOf());
	await store.addPart(id, partOf(1), 1100);
	store.close();
	const database = await openDB(name);
	expect(await database.count('parts')).toBe(1);
	database.close();
});

describe('a connection that is lost', () => {
	test('to another tab’s upgrade is given up at once, and that tab is not blocked', async () => {
		const name = nextName();
		const store = open(name);
		await store.create(checkpointOf());
		const blocked = vi.fn();
		const upgraded = await openDB(name, VERSION + 1, { blocked });
		expect(blocked).not.toHaveBeenCalled();
		upgraded.close();
		// This version of the code cannot read a newer database.
		await expect(store.load(id)).rejects.toMatchObject({ code: 'Storage', cause: { name: 'VersionError' } });
	});

	test('to a deletion blocks nobody, and the next call opens anew', async () => {
		const name = nextName();
		const store = open(name);
		await store.create(checkpointOf());
		const blocked = vi.fn();
		await deleteDB(name, { blocked });
		expect(blocked).not.toHaveBeenCalled();
		await store.addPart(id, partOf(1), 1100);
		expect(await store.load(id)).toBeUndefined();
		await store.create(checkpointOf());
		expect(await store.load(id)).toBeDefined();
	});

	test('without a word is opened once more, and nothing is lost', async () => {
		const name = nextName();
		const connections = spyOnConnections();
		const store = open(name);
		await store.create(checkpointOf());
		// InvalidStateError at the next transaction, as after site data were cleared.
		connections[0]?.close();
		await store.addPart(id, partOf(1), 1100);
		expect((await store.load(id))?.parts).toEqual([partOf(1)]);
		expect(connections).toHaveLength(2);
	});

	test('with the event of a terminated connection is forgotten', async () => {
		const connections = spyOnConnections();
		const store = open(nextName());
		await store.create(checkpointOf());
		connections[0]?.dispatchEvent(new Event('close'));
		await store.addPart(id, partOf(1), 1100);
		expect(connections).toHaveLength(2);
		expect((await store.load(id))?.parts).toEqual([partOf(1)]);
	});

	test('again and again fails the call after the second time', async () => {
		const store = open(nextName());
		await store.create(checkpointOf());
		const refused = new DOMException('connection is closing', 'InvalidStateError');
		const transaction = vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(() => {
			throw refused;
		});
		await expect(store.load(id)).rejects.toBe(refused);
		expect(transaction).toHaveBeenCalledTimes(2);
	});

	test('by closing it in the middle of writes fails none of them', async () => {
		const connections = spyOnConnections();
		const store = open(nextName());
		await store.create(checkpointOf());
		const writes = Array.from({ length: 20 }, (_, n) => store.addPart(id, partOf(n + 1), 1100));
		connections[0]?.close();
		await Promise.all(writes);
		expect((await store.load(id))?.parts).toHaveLength(20);
	});
});

describe('a database that does not open', () => {
	/** Another tab with an older version that does not let go. */
	async function heldByAnOlderTab(name: string): Promise<IDBPDatabase> {
		const older = await openVersion1(name, () => {});
		stores.push(older);
		return older;
	}

	test('because another tab holds on to an older version is given up after ten ticks, and yields when it opens', async () => {
		const name = nextName();
		const older = await heldByAnOlderTab(name);
		const { store, warn, tick } = resilient(name);
		const loaded = store.load(id);
		for (let count = 0; count < 10; count++) {
			expect(warn).not.toHaveBeenCalled();
			await tick();
		}
		expect(await loaded).toBeUndefined();
		expect(warn.mock.calls).toMatchObject([
			[{ code: 'Storage', message: expect.stringContaining('close other tabs') }],
		]);
		older.close();
		const blocked = vi.fn();
		await deleteDB(name, { blocked });
		expect(blocked).not.toHaveBeenCalled();
	});

	test('and never answers is given up after ten ticks; opened later, it keeps nothing of what has ended [B1]', async () => {
		const name = nextName();
		const older = await heldByAnOlderTab(name);
		// Waits behind a deletion that waits for the other tab.
		const deletion = deleteDB(name);
		const { store, warn, tick } = resilient(name);
		const created = store.create(checkpointOf());
		for (let count = 0; count < 10; count++) {
			expect(warn).not.toHaveBeenCalled();
			await tick();
		}
		await created;
		expect(warn.mock.calls).toMatchObject([[{ code: 'Storage' }]]);
		await store.addPart(id, partOf(1), 1100);
		expect((await store.load(id))?.parts).toEqual([partOf(1)]);
		await store.delete(id);
		older.close();
		await deletion;
		// Another one that waits its turn behind what the store still wrote.
		const late = open(name);
		await late.create(checkpointOf({ id: 'late' }));
		await vi.waitFor(async () => expect(await late.load(id)).toBeUndefined());
		expect(await late.load('late')).toBeDefined();
	});
});

/** `ResilientCheckpoints` as an uploader has it, with a timer that is moved by hand. */
function resilient(databaseName: string) {
	const warn = vi.fn();
	let wake = () => {};
	const sleep = () =>
		new Promise<void>((resolve) => {
			wake = resolve;
		});
	const turn = () => new Promise((resolve) => setTimeout(resolve));
	const tick = async () => {
		await turn();
		wake();
		await turn();
	};
	const clock = { now: () => 1000, sleep };
	const store = new ResilientCheckpoints({ primary: open(databaseName), clock, warn });
	return { store, warn, tick };
}

describe('site data cleared under a running upload [case 59]', () => {
	test.each<[string, (name: string) => Promise<void>]>([
		['with the whole database', (name) => deleteDB(name)],
		[
			'row by row',
			async (name) => {
				const database = await openDB(name);
				const transaction = database.transaction(['uploads', 'parts'], 'readwrite');
				void transaction.objectStore('uploads').clear();
				void transaction.objectStore('parts').clear();
				await transaction.done;
				database.close();
			},
		],
	])('%s costs nothing: it is all written again with the next part', async (_, clear) => {
		const name = nextName();
		const { store, warn } = resilient(name);
		const release = await store.observe(createUploadLock()).claim(id);
		await store.create(checkpointOf());
		for (const n of [1, 2, 3]) await store.addPart(id, partOf(n), 1100);
		await clear(name);
		await Promise.all([4, 5].map((n) => store.addPart(id, partOf(n), 1200)));
		const saved = await open(name).load(id);
		expect(saved).toEqual({ checkpoint: checkpointOf(), parts: [1, 2, 3, 4, 5].map((n) => partOf(n)) });
		expect(warn).not.toHaveBeenCalled();
		release?.();
	});
});

test('10,000 parts are counted without being listed', async () => {
	const name = nextName();
	const store = open(name);
	const checkpoint = checkpointOf({ size: 10_000 * 100 * 1024 });
	await store.create(checkpoint);
	const database = await openDB(name);
	const transaction = database.transaction('parts', 'readwrite');
	for (let n = 1; n <= 10_000; n++) void transaction.store.put({ ...partOf(n), id, at: n });
	await transaction.done;
	database.close();
	const listed = vi.spyOn(IDBObjectStore.prototype, 'getAll');
	const found = await store.find({ scope: 'user-1', bucket: 'examplebucket' });
	expect(found).toMatchObject([{ loaded: checkpoint.size, updatedAt: 10_000 }]);
	expect(listed.mock.contexts).toMatchObject([{ name: 'uploads' }]);
	expect((await store.load(id))?.parts).toHaveLength(10_000);
});

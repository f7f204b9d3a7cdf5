import { type DBSchema, type IDBPDatabase, type IDBPObjectStore, openDB } from 'idb';
import { UploadError } from '../../base/errors.js';
import type { Checkpoint } from '../../core/model.js';
import type { PartRow } from './rows.js';

/** What the rows should be; what they are is looked at when they are read (`checkpoint-row.ts`). */
interface Schema extends DBSchema {
	/** Unfinished uploads are few: they are searched by reading them all. */
	uploads: { key: string; value: Checkpoint };
	parts: {
		key: [id: string, partNumber: number];
		value: PartRow;
		/** The newest part's time without reading all of them: one index entry a part, nothing rewritten. */
		indexes: { at: [id: string, at: number] };
	};
}

const STORES = ['uploads', 'parts'] as const;
type StoreName = (typeof STORES)[number];
type Mode = 'readonly' | 'readwrite';
type Store<Name extends StoreName, M extends Mode> = IDBPObjectStore<Schema, typeof STORES, Name, M>;
export type Uploads<M extends Mode = 'readwrite'> = Store<'uploads', M>;
export type Parts<M extends Mode = 'readwrite'> = Store<'parts', M>;
type Work<T, M extends Mode> = (uploads: Uploads<M>, parts: Parts<M>) => Promise<T>;

/**
 * Browsers close a connection under the page (site data cleared, low disk, Safari's storage process gone), each with
 * an error of its own: so whatever went wrong with a transaction is tried once more on a new connection, and its
 * `work` must bear being done twice. Nothing here has a time limit: see `ResilientCheckpoints`.
 */
export interface CheckpointDatabase {
	/** The connection that the first transaction will use. Never throws. */
	open(): void;
	/** One short transaction over both stores, which holds up no other that reads. */
	read<T>(work: Work<T, 'readonly'>): Promise<T>;
	/** Likewise, alone; resolves when it is committed. */
	write<T>(work: Work<T, 'readwrite'>): Promise<T>;
	close(): void;
}

type Connection = Promise<IDBPDatabase<Schema>>;

/** One connection, opened at the first transaction and kept. */
export function checkpointDatabase(name: string): CheckpointDatabase {
	let current: Connection | undefined;

	function connect(): Connection {
		if (current) return current;
		const connection = open(name, () => forget(connection));
		current = connection;
		return connection;
	}

	function forget(connection: Connection | undefined): void {
		if (current === connection) current = undefined;
		closeWhenOpen(connection);
	}

	async function transact<T, M extends Mode>(mode: M, work: Work<T, M>): Promise<T> {
		const connection = connect();
		const database = await connection;
		try {
			return await commit(database, mode, work);
		} catch {
			forget(connection);
			return commit(await connect(), mode, work);
		}
	}

	return {
		// Whoever needs it hears of the failure.
		open: () => void connect().catch(() => {}),
		read: (work) => transact('readonly', work),
		write: (work) => transact('readwrite', work),
		close: () => forget(current),
	};
}

async function commit<T, M extends Mode>(
	database: IDBPDatabase<Schema>,
	mode: M,
	work: Work<T, M>,
): Promise<T> {
	// Relaxed: what a crash of the machine may lose is a part that is then found by ListParts or sent again.
	const transaction = database.transaction(STORES, mode, { durability: 'relaxed' });
	const working = work(transaction.objectStore('uploads'), transaction.objectStore('parts'));
	const [result] = await Promise.all([working, transaction.done]);
	return result;
}

function closeWhenOpen(connection: Connection | undefined): void {
	connection?.then(
		(database) => database.close(),
		() => {},
	);
}

async function open(name: string, onLost: () => void): Connection {
	let opening: Connection | undefined;
	try {
		return await new Promise((resolve, reject) => {
			opening = openDB<Schema>(name, 1, {
				// Only ever from nothing: this is the first version.
				upgrade(database) {
					database.createObjectStore('uploads', { keyPath: 'id' });
					const parts = database.createObjectStore('parts', { keyPath: ['id', 'partNumber'] });
					parts.createIndex('at', ['id', 'at']);
				},
				// A tab with an older version holds on to the database, and may do so for days.
				blocked: () => reject(new Error('another tab blocks it')),
				// Another tab upgrades or deletes the database and waits for this one.
				blocking: onLost,
				terminated: onLost,
			});
			opening.then(resolve, reject);
		});
	} catch (cause) {
		// The next call tries again.
		onLost();
		// Should it open after all, nobody would use it, and it would block the other tabs.
		closeWhenOpen(opening);
		const message = `The database ${name} cannot be opened: close other tabs of this site, or allow it to store data`;
		throw new UploadError('Storage', message, { cause });
	}
}

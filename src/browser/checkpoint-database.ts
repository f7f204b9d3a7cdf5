import { type DBSchema, type IDBPDatabase, type IDBPObjectStore, openDB } from 'idb';
import type { Checkpoint } from '../core/ports.js';
import { UploadError } from '../errors.js';
import type { PartRow } from './checkpoint-row.js';

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
type Store<Name extends (typeof STORES)[number]> = IDBPObjectStore<Schema, typeof STORES, Name, 'readwrite'>;
export type Uploads = Store<'uploads'>;
export type Parts = Store<'parts'>;
type Work<T> = (uploads: Uploads, parts: Parts) => Promise<T>;

export interface CheckpointDatabase {
	/** The connection that the first transaction will use. */
	open(): void;
	/**
	 * One short transaction over both stores; resolves when it is committed. Browsers close a connection under the
	 * page (site data cleared, low disk, Safari's storage process gone), each with an error of its own: so whatever
	 * went wrong is tried once more on a new connection, and `work` must bear being done twice.
	 */
	transact<T>(work: Work<T>): Promise<T>;
	close(): void;
}

type Connection = Promise<IDBPDatabase<Schema>>;

/** Milliseconds in which a database has to open: on a damaged profile some browsers never answer. */
const OPEN_WITHIN_MS = 10_000;

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

	return {
		// Whoever needs it hears of the failure.
		open: () => void connect().catch(() => {}),
		async transact(work) {
			const connection = connect();
			const database = await connection;
			try {
				return await commit(database, work);
			} catch {
				forget(connection);
				return commit(await connect(), work);
			}
		},
		close: () => forget(current),
	};
}

async function commit<T>(database: IDBPDatabase<Schema>, work: Work<T>): Promise<T> {
	// Relaxed: what a crash of the machine may lose is a part that is then found by ListParts or sent again.
	const transaction = database.transaction(STORES, 'readwrite', { durability: 'relaxed' });
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
	let timer: ReturnType<typeof setTimeout> | undefined;
	let opening: Connection | undefined;
	try {
		return await new Promise((resolve, reject) => {
			timer = setTimeout(() => reject(new Error('no answer')), OPEN_WITHIN_MS);
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
		throw new UploadError('Storage', `The database ${name} cannot be opened`, { cause });
	} finally {
		clearTimeout(timer);
	}
}

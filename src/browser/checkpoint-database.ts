import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB } from 'idb';
import type { Checkpoint } from '../core/ports.js';
import { UploadError } from '../errors.js';
import type { PartRow } from './checkpoint-row.js';

/** What the rows should be; what they are is looked at when they are read (`checkpoint-row.ts`). */
interface Schema extends DBSchema {
	uploads: {
		key: string;
		value: Checkpoint;
		/** Their common beginning, scope and bucket, is found by either. */
		indexes: { key: [scope: string, bucket: string, key: string]; fingerprint: [string, string, string] };
	};
	parts: {
		key: [id: string, partNumber: number];
		value: PartRow;
		/** The newest part's time without reading all of them: one index entry a part, nothing rewritten. */
		indexes: { at: [id: string, at: number] };
	};
}

type StoreNames = ['uploads', 'parts'];
export type CheckpointTransaction = IDBPTransaction<Schema, StoreNames, 'readwrite'>;

const VERSION = 1;
const STORES: StoreNames = ['uploads', 'parts'];
/** Milliseconds in which a database has to open: on a damaged profile some browsers never answer. */
const OPEN_WITHIN_MS = 10_000;

/** One connection, opened at the first transaction and kept. */
export class CheckpointDatabase {
	readonly #name: string;
	#connection: Promise<IDBPDatabase<Schema>> | undefined;

	constructor(name: string) {
		this.#name = name;
	}

	/**
	 * One short transaction over both stores; resolves when it is committed. Browsers close a connection under the
	 * page (site data cleared, low disk, Safari's storage process gone), each with an error of its own: so whatever
	 * went wrong is tried once more on a new connection, and `work` must bear being done twice.
	 */
	async transact<T>(work: (transaction: CheckpointTransaction) => Promise<T>): Promise<T> {
		const connection = this.#connect();
		const database = await connection;
		try {
			return await commit(database, work);
		} catch {
			this.#forget(connection);
			return commit(await this.#connect(), work);
		}
	}

	close(): void {
		if (this.#connection) this.#forget(this.#connection);
	}

	#connect(): Promise<IDBPDatabase<Schema>> {
		if (this.#connection) return this.#connection;
		const connection = open(this.#name, () => this.#forget(connection));
		// A failed opening is forgotten, so that the next call tries again.
		connection.catch(() => this.#forget(connection));
		this.#connection = connection;
		return connection;
	}

	#forget(connection: Promise<IDBPDatabase<Schema>>): void {
		if (this.#connection === connection) this.#connection = undefined;
		closeWhenOpen(connection);
	}
}

async function commit<T>(
	database: IDBPDatabase<Schema>,
	work: (transaction: CheckpointTransaction) => Promise<T>,
): Promise<T> {
	// Relaxed: what a crash of the machine may lose is a part that is then found by ListParts or sent again.
	const transaction = database.transaction(STORES, 'readwrite', { durability: 'relaxed' });
	const [result] = await Promise.all([work(transaction), transaction.done]);
	return result;
}

function closeWhenOpen(connection: Promise<IDBPDatabase<Schema>>): void {
	connection.then(
		(database) => database.close(),
		() => {},
	);
}

async function open(name: string, onLost: () => void): Promise<IDBPDatabase<Schema>> {
	let timer: ReturnType<typeof setTimeout> | undefined;
	let opening: Promise<IDBPDatabase<Schema>> | undefined;
	try {
		return await new Promise((resolve, reject) => {
			timer = setTimeout(() => reject(new Error('the browser does not answer')), OPEN_WITHIN_MS);
			opening = openDB<Schema>(name, VERSION, {
				upgrade,
				// A tab with an older version holds on to the database, and may do so for days.
				blocked: () => reject(new Error('another tab keeps an older version of it open')),
				// Another tab upgrades or deletes the database and waits for this one.
				blocking: onLost,
				terminated: onLost,
			});
			opening.then(resolve, reject);
		});
	} catch (cause) {
		// Should it open after all, nobody would use it, and it would block the other tabs.
		if (opening) closeWhenOpen(opening);
		throw new UploadError('Storage', `The database ${name} cannot be opened`, { cause });
	} finally {
		clearTimeout(timer);
	}
}

function upgrade(database: IDBPDatabase<Schema>, oldVersion: number): void {
	switch (oldVersion) {
		case 0: {
			const uploads = database.createObjectStore('uploads', { keyPath: 'id' });
			uploads.createIndex('key', ['scope', 'bucket', 'key']);
			uploads.createIndex('fingerprint', ['scope', 'bucket', 'fingerprint']);
			const parts = database.createObjectStore('parts', { keyPath: ['id', 'partNumber'] });
			parts.createIndex('at', ['id', 'at']);
		}
	}
}

import { type IDBPDatabase, type IDBPTransaction, openDB } from 'idb';
import { UploadError } from '../../base/errors.js';
import { migrate, type Schema, type StoreName, VERSION } from './schema.js';

export type Mode = 'readonly' | 'readwrite';
type Names = readonly StoreName[];
/** `failure`: what the first attempt came to, when this is the second. */
type Work<T, N extends Names, M extends Mode> = (
	transaction: IDBPTransaction<Schema, N, M>,
	failure?: unknown,
) => Promise<T>;

type Connection = Promise<IDBPDatabase<Schema>>;

/**
 * One connection, opened at the first transaction and kept.
 *
 * Browsers close a connection under the page (site data cleared, low disk, Safari's storage process gone), each with
 * an error of its own: so whatever went wrong with a transaction is tried once more on a new connection, and its
 * `work` must bear being done twice. Nothing here has a time limit: see `ResilientCheckpoints`.
 */
export class Database {
	readonly #name: string;
	#current: Connection | undefined;

	constructor(name: string) {
		this.#name = name;
	}

	/** The connection that the first transaction will use. Never throws: whoever needs it hears of the failure. */
	open(): void {
		this.#connect().catch(() => {});
	}

	/** One short transaction over these stores, which holds up no other that reads. */
	read<T, N extends Names>(stores: N, work: Work<T, N, 'readonly'>): Promise<T> {
		return this.#transact(stores, 'readonly', work);
	}

	/** Likewise, alone; resolves when it is committed. */
	write<T, N extends Names>(stores: N, work: Work<T, N, 'readwrite'>): Promise<T> {
		return this.#transact(stores, 'readwrite', work);
	}

	close(): void {
		this.#forget(this.#current);
	}

	async #transact<T, N extends Names, M extends Mode>(stores: N, mode: M, work: Work<T, N, M>): Promise<T> {
		const connection = this.#connect();
		const database = await connection;
		try {
			return await commit(database, stores, mode, work);
		} catch (failure) {
			this.#forget(connection);
			const again: typeof work = (transaction) => work(transaction, failure);
			return commit(await this.#connect(), stores, mode, again);
		}
	}

	#connect(): Connection {
		if (this.#current) return this.#current;
		const connection = connect(this.#name, () => this.#forget(connection));
		this.#current = connection;
		// The next call tries again.
		connection.catch(() => this.#forget(connection));
		return connection;
	}

	#forget(connection: Connection | undefined): void {
		if (this.#current === connection) this.#current = undefined;
		connection?.then(
			(database) => database.close(),
			() => {},
		);
	}
}

async function commit<T, N extends Names, M extends Mode>(
	database: IDBPDatabase<Schema>,
	stores: N,
	mode: M,
	work: Work<T, N, M>,
): Promise<T> {
	// Relaxed: what a crash of the machine may lose is a part that is then found by ListParts or sent again.
	const transaction = database.transaction(stores, mode, { durability: 'relaxed' });
	const [result] = await Promise.all([work(transaction), transaction.done]);
	return result;
}

/**
 * A tab that holds on to an older version is waited for: one that yields may first have a transaction to end. What the
 * caller does not wait for any longer opens all the same, and yields to others as it should.
 */
async function connect(name: string, onLost: () => void): Connection {
	try {
		return await openDB<Schema>(name, VERSION, {
			upgrade: (database, from, _, transaction) => migrate(database, from, transaction),
			// Another tab upgrades or deletes the database and waits for this one.
			blocking: onLost,
			terminated: onLost,
		});
	} catch (cause) {
		const message = `The database ${name} cannot be opened: close other tabs of this site, or allow it to store data`;
		throw new UploadError('Storage', message, { cause });
	}
}

import { type IDBPDatabase, type IDBPTransaction, openDB } from 'idb';
import { UploadError } from '../../base/errors.js';
import { migrate, type Schema, type StoreName, VERSION } from './schema.js';

export type Mode = 'readonly' | 'readwrite';
type Names = readonly StoreName[];
type Work<T, N extends Names, M extends Mode> = (transaction: IDBPTransaction<Schema, N, M>) => Promise<T>;

/**
 * Browsers close a connection under the page (site data cleared, low disk, Safari's storage process gone), each with
 * an error of its own: so whatever went wrong with a transaction is tried once more on a new connection, and its
 * `work` must bear being done twice. Nothing here has a time limit: see `ResilientCheckpoints`.
 */
export interface Database {
	/** The connection that the first transaction will use. Never throws. */
	open(): void;
	/** One short transaction over these stores, which holds up no other that reads. */
	read<T, N extends Names>(stores: N, work: Work<T, N, 'readonly'>): Promise<T>;
	/** Likewise, alone; resolves when it is committed. */
	write<T, N extends Names>(stores: N, work: Work<T, N, 'readwrite'>): Promise<T>;
	close(): void;
}

type Connection = Promise<IDBPDatabase<Schema>>;

/** One connection, opened at the first transaction and kept. */
export function createDatabase(name: string): Database {
	let current: Connection | undefined;

	function connect(): Connection {
		if (current) return current;
		const connection = open(name, () => forget(connection));
		current = connection;
		// The next call tries again.
		connection.catch(() => forget(connection));
		return connection;
	}

	function forget(connection: Connection | undefined): void {
		if (current === connection) current = undefined;
		closeWhenOpen(connection);
	}

	async function transact<T, N extends Names, M extends Mode>(
		stores: N,
		mode: M,
		work: Work<T, N, M>,
	): Promise<T> {
		const connection = connect();
		const database = await connection;
		try {
			return await commit(database, stores, mode, work);
		} catch {
			forget(connection);
			return commit(await connect(), stores, mode, work);
		}
	}

	return {
		// Whoever needs it hears of the failure.
		open: () => void connect().catch(() => {}),
		read: (stores, work) => transact(stores, 'readonly', work),
		write: (stores, work) => transact(stores, 'readwrite', work),
		close: () => forget(current),
	};
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

function closeWhenOpen(connection: Connection | undefined): void {
	connection?.then(
		(database) => database.close(),
		() => {},
	);
}

/**
 * A tab that holds on to an older version is waited for: one that yields may first have a transaction to end. What the
 * caller does not wait for any longer opens all the same, and yields to others as it should.
 */
async function open(name: string, onLost: () => void): Connection {
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

import type { DBSchema, IDBPDatabase, IDBPTransaction, StoreNames } from 'idb';
import type { Checkpoint } from '../../core/model.js';
import type { FileHandle } from '../../core/ports.js';
import { checkpointFrom, type PartRow } from './rows.js';

/** A file as it is kept. */
export interface SourceRow {
	readonly id: string;
	/** Bytes of the copy, 0 of a handle: a file that is kept has bytes. */
	readonly size: number;
	readonly file: Blob | FileHandle;
}

/** What the rows should be; what they are is looked at when they are read (`rows.ts`). */
export interface Schema extends DBSchema {
	/** Unfinished uploads are few: they are searched by reading them all. */
	uploads: { key: string; value: Checkpoint };
	parts: {
		key: [id: string, partNumber: number];
		value: PartRow;
		/** The newest part's time without reading all of them: one index entry a part, nothing rewritten. */
		indexes: { at: [id: string, at: number] };
	};
	/** The files themselves, by the id of their upload. */
	sources: {
		key: string;
		value: SourceRow;
		/** What there is, without a look at any file: Safari may only be asked for one by its key. */
		indexes: { size: number };
	};
}

export type StoreName = StoreNames<Schema>;
type Upgrade = IDBPTransaction<Schema, StoreName[], 'versionchange'>;
type Migration = (database: IDBPDatabase<Schema>, upgrade: Upgrade) => void | Promise<void>;

/**
 * Each brings a database from the version before to its own, the first one from nothing: in order, at the end of the
 * list the newest. One that was released stays as it is. They await nothing but the database, or the upgrade ends.
 */
const MIGRATIONS: readonly Migration[] = [
	// 0.1.0
	(database) => {
		database.createObjectStore('uploads', { keyPath: 'id' });
		const parts = database.createObjectStore('parts', { keyPath: ['id', 'partNumber'] });
		parts.createIndex('at', ['id', 'at']);
	},
	// 0.2.0: rows get the fields that 0.1.0 did not know. Those that are not sound are met, and deleted, later.
	async (_, upgrade) => {
		const uploads = upgrade.objectStore('uploads');
		for (const row of await uploads.getAll()) {
			const checkpoint = checkpointFrom(row);
			if (checkpoint) await uploads.put(checkpoint);
		}
	},
	// 0.2.0, after its first tries: files are kept beside their uploads.
	(database) => {
		database.createObjectStore('sources', { keyPath: 'id' }).createIndex('size', 'size');
	},
];

export const VERSION: number = MIGRATIONS.length;

/** A migration that fails leaves the database as it was, and opening it fails. */
export function migrate(database: IDBPDatabase<Schema>, from: number, upgrade: Upgrade): void {
	// Whoever opens it hears of it.
	upgrade.done.catch(() => {});
	inOrder(database, from, upgrade)
		.catch(() => upgrade.abort())
		// It had aborted by itself.
		.catch(() => {});
}

async function inOrder(database: IDBPDatabase<Schema>, from: number, upgrade: Upgrade): Promise<void> {
	for (const migration of MIGRATIONS.slice(from)) await migration(database, upgrade);
}

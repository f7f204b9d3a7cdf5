import type { Checkpoint, CheckpointQuery, CheckpointStore, CheckpointSummary } from '../core/ports.js';
import { CheckpointDatabase, type CheckpointTransaction } from './checkpoint-database.js';
import { isCheckpoint, isPartRow } from './checkpoint-row.js';

export interface IndexedDbCheckpointsOptions {
	/**
	 * Pages of one origin with the same name see the same uploads.
	 *
	 * @default 'oss-resumable-upload'
	 */
	readonly databaseName?: string;
}

/**
 * Remembers unfinished uploads in IndexedDB: one row an upload, one small row a part. The database opens at the
 * first call. Every method rejects where IndexedDB is absent or refused; rows of an unknown shape are deleted
 * where they are met.
 */
export function indexedDbCheckpoints({
	databaseName = 'oss-resumable-upload',
}: IndexedDbCheckpointsOptions = {}): CheckpointStore {
	const database = new CheckpointDatabase(databaseName);
	return {
		async find(query) {
			const summaries = await database.transact(async (transaction) =>
				summarize(transaction, await rowsFor(transaction, query)),
			);
			return summaries.sort((a, b) => b.updatedAt - a.updatedAt);
		},

		load: (id) =>
			database.transact(async (transaction) => {
				const checkpoint = await soundRow(transaction, await transaction.objectStore('uploads').get(id));
				return checkpoint && { checkpoint, parts: await soundParts(transaction, id) };
			}),

		create: (checkpoint) =>
			database.transact(async (transaction) => {
				await transaction.objectStore('uploads').put(checkpoint);
				await transaction.objectStore('parts').delete(partsOf(checkpoint.id));
			}),

		addPart: (id, part, now) =>
			database.transact(async (transaction) => {
				// Looked up in the same transaction: a part must not outlive the upload that another task deletes.
				if ((await transaction.objectStore('uploads').getKey(id)) === undefined) return;
				await transaction.objectStore('parts').put({ ...part, id, at: now });
			}),

		markCompleting: (id) =>
			database.transact(async (transaction) => {
				const uploads = transaction.objectStore('uploads');
				const checkpoint = await soundRow(transaction, await uploads.get(id));
				if (checkpoint) await uploads.put({ ...checkpoint, completing: true });
			}),

		delete: (id) => database.transact((transaction) => remove(transaction, id)),

		expired: (now) =>
			database.transact(async (transaction) => {
				const rows = await transaction.objectStore('uploads').getAll();
				return (await summarize(transaction, rows))
					.filter(({ checkpoint, updatedAt }) => updatedAt + checkpoint.ttlMs <= now)
					.map(({ checkpoint }) => checkpoint);
			}),

		close: () => database.close(),
	};
}

/** Every key `[id, …]`: an array sorts behind all numbers and strings. */
const partsOf = (id: string): IDBKeyRange => IDBKeyRange.bound([id], [id, []]);

async function remove(transaction: CheckpointTransaction, id: string): Promise<void> {
	await transaction.objectStore('uploads').delete(id);
	await transaction.objectStore('parts').delete(partsOf(id));
}

async function rowsFor(
	transaction: CheckpointTransaction,
	{ scope, bucket, key, fingerprint }: CheckpointQuery,
): Promise<readonly Checkpoint[]> {
	const uploads = transaction.objectStore('uploads');
	const named = (value: string | undefined) =>
		value === undefined
			? IDBKeyRange.bound([scope, bucket], [scope, bucket, []])
			: IDBKeyRange.only([scope, bucket, value]);
	if (fingerprint === undefined) return uploads.index('key').getAll(named(key));
	const rows = await uploads.index('fingerprint').getAll(named(fingerprint));
	return key === undefined ? rows : rows.filter((row) => row.key === key);
}

/** The row if it is a checkpoint; anything else is deleted with its parts, as if it had never been. */
async function soundRow(
	transaction: CheckpointTransaction,
	row: Checkpoint | undefined,
): Promise<Checkpoint | undefined> {
	if (row === undefined || isCheckpoint(row)) return row;
	await remove(transaction, row.id);
	return undefined;
}

async function soundParts(transaction: CheckpointTransaction, id: string) {
	const store = transaction.objectStore('parts');
	const rows = await store.getAll(partsOf(id));
	const parts = [];
	for (const row of rows) {
		if (isPartRow(row)) {
			const { partNumber, size, etag, crc64, verified } = row;
			parts.push({ partNumber, size, etag, crc64, verified });
		} else {
			await store.delete([id, row.partNumber]);
		}
	}
	return parts;
}

async function summarize(
	transaction: CheckpointTransaction,
	rows: readonly Checkpoint[],
): Promise<CheckpointSummary[]> {
	const parts = transaction.objectStore('parts');
	const summaries: CheckpointSummary[] = [];
	for (const row of rows) {
		const checkpoint = await soundRow(transaction, row);
		if (!checkpoint) continue;
		const { id, size, partSize, createdAt } = checkpoint;
		const lastPart = Math.max(1, Math.ceil(size / partSize));
		// Counted, not listed: all parts are `partSize` long, but for the last one's missing tail.
		const recorded = await parts.count(partsOf(id));
		const hasLast = (await parts.getKey([id, lastPart])) !== undefined;
		const newest = await parts.index('at').openKeyCursor(partsOf(id), 'prev');
		summaries.push({
			checkpoint,
			loaded: recorded * partSize - (hasLast ? lastPart * partSize - size : 0),
			updatedAt: newest?.key[1] ?? createdAt,
		});
	}
	return summaries;
}

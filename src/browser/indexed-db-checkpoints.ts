import type { Checkpoint, CheckpointStore, CheckpointSummary } from '../core/ports.js';
import { checkpointDatabase, type Parts, type Uploads } from './checkpoint-database.js';
import { isCheckpoint, isPartRow, type PartRow } from './checkpoint-row.js';
import { checkpointSearch } from './checkpoint-search.js';

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
	const { open, transact, close } = checkpointDatabase(databaseName);
	const writePart = inBatches<PartRow>((rows) =>
		transact(async (uploads, parts) => {
			// Looked up in the same transaction: a part must not outlive the upload that another task deletes.
			const write = async (row: PartRow) => (await uploads.count(row.id)) && parts.put(row);
			await Promise.all(rows.map(write));
		}),
	);
	return {
		...checkpointSearch((isWanted) =>
			transact(async (uploads, parts) => {
				const summaries: CheckpointSummary[] = [];
				for (const row of await uploads.getAll()) {
					if (!isCheckpoint(row)) await remove(row.id, uploads, parts);
					else if (isWanted(row)) summaries.push(await summaryOf(row, parts));
				}
				return summaries;
			}),
		),

		load: (id) =>
			transact(async (uploads, parts) => {
				const checkpoint = await uploads.get(id);
				if (checkpoint && isCheckpoint(checkpoint)) return { checkpoint, parts: await soundParts(id, parts) };
				await remove(id, uploads, parts);
				return undefined;
			}),

		create: (checkpoint) =>
			transact(async (uploads, parts) => {
				await uploads.put(checkpoint);
				await parts.delete(partsOf(checkpoint.id));
			}),

		addPart: (id, part, now) => writePart({ ...part, id, at: now }),

		markCompleting: (id) =>
			transact(async (uploads) => {
				const checkpoint = await uploads.get(id);
				if (checkpoint) await uploads.put({ ...checkpoint, completing: true });
			}),

		delete: (id) => transact((uploads, parts) => remove(id, uploads, parts)),

		open,
		close,
	};
}

/** What comes while a batch is being written waits for it, and is written as one: a transaction costs more than a row. */
function inBatches<T>(write: (batch: readonly T[]) => Promise<void>): (item: T) => Promise<void> {
	const waiting: T[] = [];
	let written: Promise<void> = Promise.resolve();
	const writeWaiting = () => write(waiting.splice(0));
	return (item) => {
		if (waiting.push(item) === 1) written = written.then(writeWaiting, writeWaiting);
		return written;
	};
}

/** Every key `[id, …]`: an array sorts behind all numbers and strings. */
const partsOf = (id: string): IDBKeyRange => IDBKeyRange.bound([id], [id, []]);

async function remove(id: string, uploads: Uploads, parts: Parts): Promise<void> {
	await uploads.delete(id);
	await parts.delete(partsOf(id));
}

async function soundParts(id: string, parts: Parts) {
	const sound = [];
	for (const row of await parts.getAll(partsOf(id))) {
		const { id: _, at, ...part } = row;
		if (isPartRow(row)) sound.push(part);
		else await parts.delete([id, part.partNumber]);
	}
	return sound;
}

async function summaryOf(checkpoint: Checkpoint, parts: Parts): Promise<CheckpointSummary> {
	const { id, size, partSize, createdAt } = checkpoint;
	const lastPart = Math.max(1, Math.ceil(size / partSize));
	// Counted, not listed: all parts are `partSize` long, but for the last one's missing tail.
	const recorded = await parts.count(partsOf(id));
	const hasLast = await parts.count([id, lastPart]);
	const newest = await parts.index('at').openKeyCursor(partsOf(id), 'prev');
	return {
		checkpoint,
		loaded: recorded * partSize - hasLast * (lastPart * partSize - size),
		updatedAt: newest?.key[1] ?? createdAt,
	};
}

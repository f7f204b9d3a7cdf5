import type { IDBPObjectStore, IDBPTransaction } from 'idb';
import { openRule, shape } from '../../base/expect.js';
import { lazy } from '../../base/lazy.js';
import type { Checkpoint, CheckpointSummary, SavedUpload } from '../../core/model.js';
import type { CheckpointStore } from '../../core/ports.js';
import { Database, type Mode } from './database.js';
import { checkpointFrom, lastPartOf, type PartRow, partFrom } from './rows.js';
import type { Schema, StoreName } from './schema.js';
import { answering, isGivenUp, newestFirst } from './search.js';
import { WriteQueue } from './write-queue.js';

const loadSources = lazy(() => import('./sources.js'));

const STORES = ['uploads', 'parts'] as const;
type Store<Name extends StoreName, M extends Mode> = IDBPObjectStore<Schema, typeof STORES, Name, M>;
type Uploads<M extends Mode = 'readwrite'> = Store<'uploads', M>;
type Parts<M extends Mode = 'readwrite'> = Store<'parts', M>;
type Work<T, M extends Mode> = (uploads: Uploads<M>, parts: Parts<M>) => Promise<T>;
type Read = <T>(work: Work<T, 'readonly'>) => Promise<T>;
type Write = <T>(work: Work<T, 'readwrite'>) => Promise<T>;

export interface IndexedDbCheckpointsOptions {
	/**
	 * Pages of one origin with the same name see the same uploads.
	 *
	 * @default 'oss-resumable-upload'
	 */
	readonly databaseName?: string;
}

const OPTIONS = shape({ databaseName: openRule('a name', /^\P{Surrogate}+$/u, 'write it like "my-app"') });

/**
 * Remembers unfinished uploads in IndexedDB: one row an upload, one small row a part. The database opens at the
 * first call. Every method rejects where IndexedDB is absent or refused; rows that are not sound count as absent, and
 * are deleted where they are met.
 *
 * @throws TypeError for options that are none
 */
export function indexedDbCheckpoints(options: IndexedDbCheckpointsOptions = {}): CheckpointStore {
	OPTIONS('options', options);
	const { databaseName = 'oss-resumable-upload' } = options;
	const database = new Database(databaseName);
	const read: Read = (work) => database.read(STORES, onBoth(work));
	const writeNow: Write = (work) => database.write(STORES, onBoth(work));
	const writes = new WriteQueue((rows: readonly PartRow[]) => writeParts(writeNow, rows));
	const write: Write = (work) => writes.change(() => writeNow(work));
	return {
		...searching(read, write),

		load: (id) => load(id, read, write),

		create: (checkpoint) =>
			write(async (uploads, parts) => {
				await uploads.put(checkpoint);
				await parts.delete(partsOf(checkpoint.id));
			}),

		addPart: (id, part, now) => writes.add({ ...part, id, at: now }),

		mark: (id, mark) =>
			write(async (uploads) => {
				const checkpoint = await uploads.get(id);
				if (checkpoint) await uploads.put({ ...checkpoint, [mark]: true });
			}),

		async delete(id) {
			// Not awaited: a large copy that is being written would hold it up. What stays is an orphan, and goes later.
			database.write(['sources'], (all) => all.objectStore('sources').delete(id)).catch(() => {});
			await write((uploads, parts) => remove(id, uploads, parts));
		},

		async sources() {
			const { IndexedDbSources } = await loadSources();
			return new IndexedDbSources(database);
		},

		open: () => database.open(),

		close() {
			database.close();
			writes.reset();
		},
	};
}

const onBoth =
	<T, M extends Mode>(work: Work<T, M>) =>
	(transaction: IDBPTransaction<Schema, typeof STORES, M>): Promise<T> =>
		work(transaction.objectStore('uploads'), transaction.objectStore('parts'));

function searching(read: Read, write: Write): Pick<CheckpointStore, 'find' | 'expired'> {
	/** What `pick` makes of the sound checkpoints, all in one transaction. */
	async function search<T>(
		pick: (checkpoint: Checkpoint, parts: Parts<'readonly'>) => Promise<T | undefined>,
	): Promise<T[]> {
		const { picked, unsound } = await read(async (uploads, parts) => {
			const rows = await uploads.getAll();
			const sound = rows.map(checkpointFrom);
			return {
				picked: await Promise.all(sound.filter(isThere).map((checkpoint) => pick(checkpoint, parts))),
				unsound: rows.filter((_, index) => !sound[index]),
			};
		});
		await tidyUp(write, unsound, ({ id }, uploads, parts) => removeUnsound(id, uploads, parts));
		return picked.filter(isThere);
	}

	return {
		async find(query) {
			const isWanted = answering(query);
			const found = await search(async (checkpoint, parts) =>
				isWanted(checkpoint) ? summaryOf(checkpoint, parts) : undefined,
			);
			return found.sort(newestFirst);
		},

		expired: (now) =>
			search(async (checkpoint, parts) => {
				// Recorded parts only make it younger: most rows need no second look.
				if (!isGivenUp(checkpoint, checkpoint.createdAt, now)) return undefined;
				const updatedAt = checkpoint.abandoned ? now : await touchedAt(checkpoint, parts);
				return isGivenUp(checkpoint, updatedAt, now) ? checkpoint : undefined;
			}),
	};
}

async function load(id: string, read: Read, write: Write): Promise<SavedUpload | undefined> {
	const [row, partRows] = await read((uploads, parts) =>
		Promise.all([uploads.get(id), parts.getAll(partsOf(id))]),
	);
	if (row === undefined) return undefined;
	const checkpoint = checkpointFrom(row);
	if (checkpoint === undefined) {
		await tidyUp(write, [id], removeUnsound);
		return undefined;
	}
	const parts = partRows.map(partFrom);
	const unsound = partRows.filter((_, index) => !parts[index]);
	await tidyUp(write, unsound, (part, _, stored) => removeUnsoundPart(part, stored));
	return { checkpoint, parts: parts.filter(isThere) };
}

/** Reading writes nothing, but for what is not sound; and what fails here fails no reading: it is met again. */
async function tidyUp<T>(
	write: Write,
	unsound: readonly T[],
	clean: (row: T, uploads: Uploads, parts: Parts) => Promise<void>,
): Promise<void> {
	if (unsound.length === 0) return;
	const cleaned = write((uploads, parts) => Promise.all(unsound.map((row) => clean(row, uploads, parts))));
	await cleaned.catch(() => {});
}

const isThere = <T>(value: T | undefined): value is T => value !== undefined;

/** Keys `[id, …]`: an array sorts behind all numbers and strings. */
const partsOf = (id: string): IDBKeyRange => IDBKeyRange.bound([id], [id, []]);

/** Keys `[id, number]`: what is no number is no part's number or time. */
const numbersOf = (id: string, min: number, max: number): IDBKeyRange =>
	IDBKeyRange.bound([id, min], [id, max]);

/** Whether the checkpoint of each was there: a part must not outlive the upload that another tab deletes. */
function writeParts(write: Write, rows: readonly PartRow[]): Promise<boolean[]> {
	return write((uploads, parts) =>
		Promise.all(
			rows.map(async (row) => {
				if ((await uploads.count(row.id)) === 0) return false;
				await parts.put(row);
				return true;
			}),
		),
	);
}

async function remove(id: string, uploads: Uploads, parts: Parts): Promise<void> {
	await uploads.delete(id);
	await parts.delete(partsOf(id));
}

/** Looked at again: another tab may have replaced it since it was read. */
async function removeUnsound(id: string, uploads: Uploads, parts: Parts): Promise<void> {
	if (!checkpointFrom(await uploads.get(id))) await remove(id, uploads, parts);
}

async function removeUnsoundPart({ id, partNumber }: PartRow, parts: Parts): Promise<void> {
	if (!partFrom(await parts.get([id, partNumber]))) await parts.delete([id, partNumber]);
}

async function touchedAt({ id, createdAt }: Checkpoint, parts: Parts<'readonly'>): Promise<number> {
	const times = numbersOf(id, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
	const newest = await parts.index('at').openKeyCursor(times, 'prev');
	return newest?.key[1] ?? createdAt;
}

async function summaryOf(checkpoint: Checkpoint, parts: Parts<'readonly'>): Promise<CheckpointSummary> {
	const { id, size, partSize } = checkpoint;
	const lastPart = lastPartOf(checkpoint);
	const [recorded, hasLast, updatedAt] = await Promise.all([
		// Counted, not listed: all parts are `partSize` long, but for the last one's missing tail.
		parts.count(numbersOf(id, 1, lastPart)),
		parts.count([id, lastPart]),
		touchedAt(checkpoint, parts),
	]);
	return {
		checkpoint,
		// A damaged row may be counted too.
		loaded: Math.min(size, recorded * partSize - hasLast * (lastPart * partSize - size)),
		updatedAt,
	};
}

import type { FileHandle, KeptSource, SourceStore } from '../../core/ports.js';
import type { Database } from './database.js';

/** Keeps files in IndexedDB, in the database of their checkpoints. */
export class IndexedDbSources implements SourceStore {
	readonly #database: Pick<Database, 'read' | 'write'>;

	constructor(database: Pick<Database, 'read' | 'write'>) {
		this.#database = database;
	}

	list(): Promise<readonly KeptSource[]> {
		return this.#database.read(['sources'], async (transaction) => {
			const sources = transaction.objectStore('sources');
			const kept: KeptSource[] = [];
			// The keys alone: each file that is brought along costs the browser something.
			let cursor = await sources.index('size').openKeyCursor();
			for (; cursor; cursor = await cursor.continue()) kept.push(keptOf(cursor.primaryKey, cursor.key));
			const read = await Promise.all(
				kept.map(async (each) => {
					if (each.size > 0) return each;
					const file: unknown = (await sources.get(each.id))?.file;
					return { ...each, handle: isHandle(file) ? file : undefined };
				}),
			);
			// What is neither may come from anywhere.
			return read.filter(({ size, handle }) => size > 0 || handle);
		});
	}

	async load(id: string): Promise<Blob | FileHandle | undefined> {
		const row = await this.#database.read(['sources'], (all) => all.objectStore('sources').get(id));
		const file: unknown = row?.file;
		if (isHandle(file)) return file;
		// Safari revives a slice as the whole file.
		if (!isBlob(file) || file.size !== row?.size) return undefined;
		const { name = '', type, lastModified = 0 }: Partial<File> = file;
		// Safari sends a revived file empty, unless it lies in a new one.
		return new File([file], name, { type: String(type), lastModified });
	}

	async put(id: string, file: Blob | FileHandle, signal: AbortSignal): Promise<boolean> {
		await this.#write(id, file, signal);
		if (!isHandle(file) && !(await this.load(id))) {
			// It is a slice, and this is Safari.
			await this.#write(id, new Blob([await file.arrayBuffer()], { type: file.type }), signal);
		}
		return !(await this.#removeOrphan(id));
	}

	delete(id: string): Promise<void> {
		return this.#database.write(['sources'], (all) => all.objectStore('sources').delete(id));
	}

	async removeOrphans(): Promise<number> {
		const kept = await this.#database.read(['sources'], (all) => all.objectStore('sources').getAllKeys());
		const removed = await Promise.all(kept.map((id) => this.#removeOrphan(id)));
		return removed.filter(Boolean).length;
	}

	/**
	 * Alone in its transaction: parts of uploads that run are recorded meanwhile. Asked once where there is no room:
	 * with a copy Chromium refuses the rows that are written just then, and tried again both would meet again.
	 */
	async #write(id: string, file: Blob | FileHandle, signal: AbortSignal): Promise<void> {
		const size = isHandle(file) ? 0 : file.size;
		await this.#database.write(['sources'], async (all, failure) => {
			// It may have waited for another copy, and is tried twice.
			signal.throwIfAborted();
			if (isFull(failure)) throw failure;
			await all.objectStore('sources').put({ id, size, file });
		});
	}

	/**
	 * In two transactions: one over both would have those that record parts wait for a copy that is being written. Should
	 * another tab begin the very upload between them, its file has to be picked again.
	 */
	async #removeOrphan(id: string): Promise<boolean> {
		const uploads = await this.#database.read(['uploads'], (all) => all.objectStore('uploads').count(id));
		if (uploads > 0) return false;
		await this.delete(id);
		return true;
	}
}

const keptOf = (id: string, size: number): KeptSource => ({ id, size, handle: undefined });

/** A row may come from anywhere; not `instanceof`, as a File may be of another window. */
const isHandle = (file: unknown): file is FileHandle => typeof Object(file).getFile === 'function';
const isBlob = (file: unknown): file is Blob => typeof Object(file).arrayBuffer === 'function';
const isFull = (error: unknown): boolean => Object(error).name === 'QuotaExceededError';

import { lazy } from './base/lazy.js';
import type { CheckpointStore } from './core/ports.js';
import type { UploadTask } from './core/task/upload-task.js';
import type { FileKeeper, FileKeeperOptions, Keepable, SourceKind } from './file-keeper.js';

export interface KeptFilesOptions extends FileKeeperOptions {
	readonly checkpoints: Pick<CheckpointStore, 'sources'> | false;
	/** Resolves when no task runs: what nobody needs any more can wait for what is sent now. */
	readonly whenIdle: () => Promise<void>;
}

/** The files that an uploader keeps beside its uploads: all that is done with them is loaded by those who need it. */
export class KeptFiles {
	readonly #options: KeptFilesOptions;
	#loading: Promise<FileKeeper | undefined> | undefined;
	#keeper: FileKeeper | undefined;
	/** What is kept for nothing has been removed, or is to be. */
	#isTidied = false;

	constructor(options: KeptFilesOptions) {
		this.#options = options;
	}

	/** What is kept, by the ids of the uploads; as if nothing were where that cannot be told. */
	async list(): Promise<ReadonlyMap<string, SourceKind>> {
		const listed = this.#load().then((keeper) => keeper?.list());
		return (await listed.catch(() => undefined)) ?? new Map();
	}

	nameOf(id: string): string {
		return this.#keeper?.nameOf(id) ?? '';
	}

	/** Rejects with a `TypeError` where none is kept. */
	async open(id: string): Promise<Blob> {
		// Before anything is awaited: the person may have to be asked, in this very click.
		const keeper = this.#keeper ?? (await this.#load());
		if (!keeper) throw new TypeError('This store keeps no files: have it picked, and call resume(id, file)');
		return keeper.open(id);
	}

	keep(task: UploadTask, keepable: Keepable): void {
		this.#load().then(
			(keeper) => keeper?.keep(task, keepable),
			// An upload does not fail for this; the next one loads it again.
			() => {},
		);
	}

	holds({ checkpointId }: UploadTask): boolean {
		return this.#keeper?.holds(checkpointId) === true;
	}

	/** Resolves with how many there were. */
	async removeOrphans(): Promise<number> {
		this.#isTidied = true;
		return (await (await this.#load())?.removeOrphans()) ?? 0;
	}

	async #tidy(): Promise<void> {
		const { whenIdle, lifetime } = this.#options;
		await whenIdle();
		if (!lifetime.aborted) await this.removeOrphans();
	}

	#load(): Promise<FileKeeper | undefined> {
		this.#loading ??= this.#loadNow().catch((error: unknown) => {
			this.#loading = undefined;
			throw error;
		});
		return this.#loading;
	}

	async #loadNow(): Promise<FileKeeper | undefined> {
		const { checkpoints } = this.#options;
		const sources = checkpoints && (await checkpoints.sources?.());
		if (!sources) return undefined;
		const loaded = await lazy(() => import('./file-keeper.js'));
		const keeper = new loaded.FileKeeper(sources, this.#options);
		this.#keeper = keeper;
		if (!this.#isTidied) this.#tidy().catch(() => {});
		return keeper;
	}
}

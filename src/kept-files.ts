import { lazy } from './base/lazy.js';
import type { FileKeeper, FileKeeperOptions } from './file-keeper.js';

const loadFileKeeper = lazy(() => import('./file-keeper.js'));

/** The files that an uploader keeps beside its uploads: all that is done with them is loaded by those who need it. */
export class KeptFiles {
	readonly #options: FileKeeperOptions;
	#keeper: FileKeeper | undefined;

	constructor(options: FileKeeperOptions) {
		this.#options = options;
	}

	/** Where it is loaded, `work` begins before anything is awaited: a permission has to be asked for in the very click. */
	async use<T>(work: (keeper: FileKeeper) => T): Promise<Awaited<T>> {
		return await work(this.#keeper ?? (await this.#load()));
	}

	/** What is known so far. */
	get loaded(): FileKeeper | undefined {
		return this.#keeper;
	}

	async #load(): Promise<FileKeeper> {
		const loaded = await loadFileKeeper();
		this.#keeper ??= new loaded.FileKeeper(this.#options);
		return this.#keeper;
	}
}

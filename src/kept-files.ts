import { lazy } from './base/lazy.js';
import { isUnanswered } from './core/schedule/retry.js';
import type { FileKeeper, FileKeeperOptions } from './file-keeper.js';

const loadFileKeeper = lazy(() => import('./file-keeper.js'));

/** The files that an uploader keeps beside its uploads: all that is done with them is loaded by those who need it. */
export class KeptFiles {
	readonly #options: FileKeeperOptions;
	#keeper: FileKeeper | undefined;
	/** One for all that wait: each try that fails asks the page's own server too. */
	#loading: Promise<FileKeeper> | undefined;
	readonly #later: ((keeper: FileKeeper) => void)[] = [];

	constructor(options: FileKeeperOptions) {
		this.#options = options;
	}

	/** Where it is loaded, `work` begins before anything is awaited: a permission has to be asked for in the very click. */
	async use<T>(work: (keeper: FileKeeper) => T): Promise<Awaited<T>> {
		return await work(this.#keeper ?? (await this.#load()));
	}

	/** Nobody waits for it: where the network does not let it be loaded now, `work` is done when somebody has loaded it. */
	useLater(work: (keeper: FileKeeper) => void): void {
		this.use(work).catch((error: unknown) => {
			if (this.#keeper === undefined && isUnanswered(error)) this.#later.push(work);
		});
	}

	/** What is known so far. */
	get loaded(): FileKeeper | undefined {
		return this.#keeper;
	}

	#load(): Promise<FileKeeper> {
		this.#loading ??= this.#loadNow().finally(() => {
			this.#loading = undefined;
		});
		return this.#loading;
	}

	async #loadNow(): Promise<FileKeeper> {
		const loaded = await loadFileKeeper();
		const keeper = new loaded.FileKeeper(this.#options);
		this.#keeper = keeper;
		for (const work of this.#later.splice(0)) work(keeper);
		return keeper;
	}
}

import { abortable } from '../../base/abortable.js';
import { lazy } from '../../base/lazy.js';
import type { Digest } from '../../core/model.js';
import type { Octets } from '../../core/ports.js';
import { fileUnreadable } from '../file-unreadable.js';
import { isReadFailure } from './read-failure.js';

/** Hashes where no worker will do, or none is worth it, with code that is loaded when it is needed, and kept. */
export class MainThread {
	#hasher: typeof import('./main-thread-hasher.js') | undefined;
	#md5: typeof import('./main-thread-md5.js') | undefined;

	/** Loads all that a digest may need. Rejects as `lazy` does; nothing is kept of that. */
	async prepare(): Promise<void> {
		await Promise.all([this.#loadHasher(), this.#loadMd5()]);
	}

	/** At once, of bytes that are in memory; undefined where the code for it cannot be loaded. */
	async crc64Of(bytes: Octets, signal: AbortSignal): Promise<string | undefined> {
		const hasher = await abortable(
			signal,
			this.#loadHasher().catch(() => undefined),
		);
		return hasher?.crc64Of(bytes);
	}

	/** Rejects with `FileUnreadable`, or as `lazy` does. */
	async digest(bytes: Blob, withMd5: boolean, signal: AbortSignal): Promise<Digest> {
		const loading = Promise.all([this.#loadHasher(), withMd5 ? this.#loadMd5() : undefined]);
		const [{ digestOnMainThread }, md5] = await abortable(signal, loading);
		try {
			// A read may hang, and heed no signal.
			return await abortable(signal, digestOnMainThread(bytes, md5?.createMd5(), signal));
		} catch (error) {
			signal.throwIfAborted();
			throw isReadFailure(error) ? fileUnreadable(error) : error;
		}
	}

	async #loadHasher(): Promise<typeof import('./main-thread-hasher.js')> {
		this.#hasher ??= await lazy(() => import('./main-thread-hasher.js'));
		return this.#hasher;
	}

	async #loadMd5(): Promise<typeof import('./main-thread-md5.js')> {
		this.#md5 ??= await lazy(() => import('./main-thread-md5.js'));
		return this.#md5;
	}
}

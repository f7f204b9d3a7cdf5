import { abortable } from '../../base/abortable.js';
import { lazy } from '../../base/lazy.js';
import type { Digest } from '../../core/model.js';
import type { Octets } from '../../core/ports.js';
import { fileUnreadable } from '../file-unreadable.js';
import { isReadFailure } from './read-failure.js';

// Where no worker will do, or none is worth it: code that is loaded when it is needed.

const loadHasher = lazy(() => import('./main-thread-hasher.js'));
const loadMd5 = lazy(() => import('./main-thread-md5.js'));

/** Loads all that a digest may need. Rejects as `lazy` does; nothing is kept of that. */
export async function loadMainThread(): Promise<void> {
	await Promise.all([loadHasher(), loadMd5()]);
}

/** At once, of bytes that are in memory; undefined where the code for it cannot be loaded. */
export async function crc64OnMainThread(bytes: Octets, signal: AbortSignal): Promise<string | undefined> {
	const hasher = await abortable(
		signal,
		loadHasher().catch(() => undefined),
	);
	return hasher?.crc64Of(bytes);
}

/** Rejects with `FileUnreadable`, or as `lazy` does. */
export async function hashOnMainThread(bytes: Blob, withMd5: boolean, signal: AbortSignal): Promise<Digest> {
	const loading = Promise.all([loadHasher(), withMd5 ? loadMd5() : undefined]);
	const [{ digestOnMainThread }, md5] = await abortable(signal, loading);
	try {
		// A read may hang, and heed no signal.
		return await abortable(signal, digestOnMainThread(bytes, md5?.createMd5(), signal));
	} catch (error) {
		signal.throwIfAborted();
		throw isReadFailure(error) ? fileUnreadable(error) : error;
	}
}

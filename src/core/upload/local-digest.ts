import { UploadError } from '../../base/errors.js';
import type { Digest } from '../model.js';
import type { Hasher, Octets, Slice, Source } from '../ports.js';
import { type PatientWorld, patiently } from '../schedule/patiently.js';
import type { PartRange } from './plan.js';
import { answers, watched } from './watched-file.js';

/** A digest that fails although its file can be read is tried so often: a worker may have been lost. */
const ATTEMPTS = 3;
/** Milliseconds before the next attempt. */
const PAUSE_MS = 300;

export interface LocalDigestWorld extends PatientWorld {
	readonly hasher: Hasher;
	readonly source: Pick<Source, 'slice' | 'assertReadable'>;
}

/**
 * The checksum of bytes of the file. It alone is tried again when it fails: OSS may hold the part already. Rejects with
 * `FileUnreadable` when the file is the cause, else with what the hasher said last.
 */
export async function localDigest(
	world: LocalDigestWorld,
	range: Pick<PartRange, 'start' | 'end'>,
	md5: boolean,
	signal: AbortSignal,
	content: Slice | Octets = world.source.slice(range.start, range.end),
): Promise<Digest> {
	const { hasher, clock } = world;
	const hash = (ended: AbortSignal) => hasher.digest(content, { md5 }, ended);
	const hashWatched = () => watched(world, range, signal, hash);
	for (let attempt = 1; ; attempt++) {
		try {
			// What is in memory is hashed without the file.
			return await patiently(world, signal, 'file' in content ? hashWatched : () => hash(signal));
		} catch (error) {
			signal.throwIfAborted();
			// A line or a disk that is silent leaves no patience here.
			if (error instanceof UploadError && error.retryable) throw error;
			await answers(world, range, signal);
			if (attempt === ATTEMPTS) throw error;
			await clock.sleep(PAUSE_MS, signal);
		}
	}
}

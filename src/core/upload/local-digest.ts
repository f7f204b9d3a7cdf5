import { abortable, scoped } from '../../base/abortable.js';
import type { Digest } from '../model.js';
import type { Hasher, Octets, Slice, Source } from '../ports.js';
import { type PatientWorld, patiently } from '../schedule/patiently.js';
import { isUnanswered } from '../schedule/retry.js';
import type { PartRange } from './plan.js';

/** A digest that fails although its file can be read is tried so often: a worker may have been lost. */
const ATTEMPTS = 3;
/** Milliseconds before the next attempt. */
const PAUSE_MS = 300;
/** Milliseconds between two looks at a file that is being hashed. */
const WATCH_MS = 30_000;
/** Milliseconds in which a file that can be read answers with a byte. */
const LOOK_MS = 10_000;

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
	const hashWatched = () =>
		scoped(signal, ({ signal: ended }) => Promise.race([hash(ended), watchFile(world, range, ended)]));
	for (let attempt = 1; ; attempt++) {
		try {
			// What is in memory is hashed without the file.
			return await patiently(world, signal, 'file' in content ? hashWatched : () => hash(signal));
		} catch (error) {
			signal.throwIfAborted();
			if (isUnanswered(error)) throw error;
			await lookAtFile(world, range, signal);
			if (attempt === ATTEMPTS) throw error;
			await clock.sleep(PAUSE_MS, signal);
		}
	}
}

/** Rejects with `FileUnreadable`: in some engines the read of a file that is gone never ends, nor its checksum. */
async function watchFile(
	world: LocalDigestWorld,
	range: Pick<PartRange, 'start' | 'end'>,
	signal: AbortSignal,
): Promise<never> {
	for (;;) {
		await world.clock.sleep(WATCH_MS, signal);
		await lookAtFile(world, range, signal);
	}
}

/** Rejects with `FileUnreadable`; a file that does not answer in time is no proof. */
function lookAtFile(
	{ clock, source }: LocalDigestWorld,
	{ start, end }: Pick<PartRange, 'start' | 'end'>,
	signal: AbortSignal,
): Promise<void> {
	return scoped(signal, ({ signal: ended }) =>
		abortable(ended, Promise.race([source.assertReadable(start, end), clock.sleep(LOOK_MS, ended)])),
	);
}

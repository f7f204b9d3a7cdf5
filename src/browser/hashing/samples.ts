import type { Octets } from '../../core/ports.js';
import { ReadFailure } from './read-failure.js';

/** Pieces of a file, each `size` bytes from one of `starts` on, hashed as if they were one. */
export interface Samples {
	readonly file: Blob;
	readonly starts: readonly number[];
	readonly size: number;
}

/** Those of a file are always the same; and they are read again before Complete. */
const known = new WeakMap<Blob, Blob>();

/**
 * A Blob of slices is only a list of references: it is read once, when asked for its bytes. To be made in the worker: for
 * each slice the browser asks another process and waits, on a busy line some milliseconds.
 */
export function samplesBlob({ file, starts, size }: Samples): Blob {
	const made = known.get(file) ?? new Blob(starts.map((start) => file.slice(start, start + size)));
	known.set(file, made);
	return made;
}

/** Rejects with what the browser says when it cannot read the file. */
export async function readSamples(samples: Samples): Promise<Octets> {
	const blob = samplesBlob(samples);
	// WebKit fills up with zeros what is not there any more; only a stream ends. But why it failed only the Blob itself says.
	const bytes = await new Response(blob).arrayBuffer().catch(() => blob.arrayBuffer());
	if (bytes.byteLength < blob.size) throw new ReadFailure('The file has become shorter');
	return new Uint8Array(bytes);
}

const MiB = 1024 * 1024;

/** Bytes that `getRandomValues` makes at once. */
const RANDOM = 64 * 1024;

/** A file for those who have none at hand: a MiB of random bytes, again and again, of which the browser keeps one copy. */
export function sampleFile(size = 64 * MiB): File {
	const bytes = new Uint8Array(MiB);
	for (let at = 0; at < MiB; at += RANDOM) crypto.getRandomValues(bytes.subarray(at, at + RANDOM));
	const block = new Blob([bytes]);
	return new File(Array<Blob>(size / MiB).fill(block), 'sample.bin');
}

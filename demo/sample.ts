const MiB = 1024 * 1024;

/** Bytes that `getRandomValues` makes at once. */
const RANDOM = 64 * 1024;

/** A file for those who have none at hand. No two are equal, though only their beginnings are random. */
export function sampleFile(size = 64 * MiB): File {
	const block = new Uint8Array(MiB);
	for (let at = 0; at < MiB; at += RANDOM) crypto.getRandomValues(block.subarray(at, at + RANDOM));
	return new File(Array<Uint8Array<ArrayBuffer>>(Math.ceil(size / MiB)).fill(block), 'sample.bin');
}

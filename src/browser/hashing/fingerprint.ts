import type { Fingerprint, Hasher } from '../../core/ports.js';

const SAMPLE_COUNT = 16;
/** Bytes: a page of the disk. More takes time, 40 ms a MiB in a worker that has just started. */
const SAMPLE_SIZE = 4 * 1024;
/** Bytes up to which a file is read whole. */
const WHOLE_SIZE = 1024 * 1024;

/** They are read again before Complete. */
const knownSamples = new WeakMap<Blob, Blob>();

/**
 * `v1-<size>-<MD5 of the samples>`: 16 samples of 4 KiB, evenly from the first byte to the last; a file of up to
 * 1 MiB whole. Two files that differ only between the samples look the same: their parts' checksums tell them apart
 * on a resume. The prefix keeps a later way of sampling from ever meeting this one.
 */
export const sampledFingerprint =
	(hasher: Hasher): Fingerprint =>
	async (blob, signal) => {
		// First, since every slice waits for the browser's own process.
		hasher.open?.();
		const samples = knownSamples.get(blob) ?? samplesOf(blob);
		knownSamples.set(blob, samples);
		const all = { blob: samples, file: samples, start: 0 };
		const { md5 } = await hasher.digest(all, { md5: true }, signal);
		return `v1-${blob.size}-${md5}`;
	};

/** A Blob of slices is still only a list of references: it is read once, when asked for its bytes. */
function samplesOf(blob: Blob): Blob {
	if (blob.size <= WHOLE_SIZE) return blob;
	const stride = (blob.size - SAMPLE_SIZE) / (SAMPLE_COUNT - 1);
	const starts = Array.from({ length: SAMPLE_COUNT }, (_, index) => Math.round(index * stride));
	return new Blob(starts.map((start) => blob.slice(start, start + SAMPLE_SIZE)));
}

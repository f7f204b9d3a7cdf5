import type { Fingerprint, Slice } from '../../core/ports.js';
import type { FileHasher } from './hasher.js';
import type { Samples } from './samples.js';

const SAMPLE_COUNT = 16;
/** Bytes: a page of the disk. More takes time, 40 ms a MiB in a worker that has just started. */
const SAMPLE_SIZE = 4 * 1024;
/** Bytes up to which a file is read whole. */
const WHOLE_SIZE = 1024 * 1024;

/**
 * `v1-<size>-<MD5 of the samples>`: 16 samples of 4 KiB, evenly from the first byte to the last; a file of up to
 * 1 MiB whole. Two files that differ only between the samples look the same: their parts' checksums tell them apart
 * on a resume. The prefix keeps a later way of sampling from ever meeting this one.
 */
export const sampledFingerprint =
	(hasher: Pick<FileHasher, 'digest'>): Fingerprint =>
	async (blob, signal) => {
		const { size } = blob;
		const { md5 } = await hasher.digest(samplesOf(blob, size), { md5: true }, signal);
		return `v1-${size}-${md5}`;
	};

function samplesOf(file: Blob, size: number): Slice | Samples {
	if (size <= WHOLE_SIZE) return { blob: file, file, start: 0 };
	const stride = (size - SAMPLE_SIZE) / (SAMPLE_COUNT - 1);
	const starts = Array.from({ length: SAMPLE_COUNT }, (_, index) => Math.round(index * stride));
	return { file, starts, size: SAMPLE_SIZE };
}

/** Pieces of a file, each `size` bytes from one of `starts` on, hashed as if they were one. */
export interface Samples {
	readonly file: Blob;
	readonly starts: readonly number[];
	readonly size: number;
}

/**
 * A Blob of slices is only a list of references: it is read once, when asked for its bytes. To be made in the worker: for
 * each slice the browser asks another process and waits, on a busy line some milliseconds.
 */
export const samplesBlob = ({ file, starts, size }: Samples): Blob =>
	new Blob(starts.map((start) => file.slice(start, start + size)));

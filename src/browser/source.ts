import type { Octets, Source, SourceRef } from '../core/ports.js';
import { fileUnreadable } from './file-unreadable.js';

/** A `File`, or a `Blob` (which has no name), as the file to upload. */
export function blobSource(blob: Blob): Source & SourceRef {
	// By shape, not by `instanceof File`: a File may come from another window, and not every worker has the class.
	const { name = '' }: Partial<File> = blob;
	const source: Source & SourceRef = {
		size: blob.size,
		type: blob.type,
		name,
		// It was opened by whoever picked it.
		open: async () => source,
		slice: (start, end) => ({ blob: blob.slice(start, end), file: blob, start }),
		async read(start, end) {
			const bytes = await bytesOf(blob, start, end);
			if (bytes.length < end - start) throw fileUnreadable(undefined);
			return bytes;
		},
		async assertReadable(start, end) {
			if (end <= start) return;
			// At once: a read of a file that is gone may hang where that of the other end fails.
			await Promise.all([...new Set([start, end - 1])].map((at) => assertByte(blob, at)));
		},
	};
	return source;
}

async function assertByte(blob: Blob, at: number): Promise<void> {
	const { length } = await bytesOf(blob, at, at + 1);
	if (length < 1) throw fileUnreadable(undefined);
}

/** Firefox answers a read past the new end of a shortened file with fewer bytes. */
async function bytesOf(blob: Blob, start: number, end: number): Promise<Octets> {
	const read = blob.slice(start, end).arrayBuffer();
	return new Uint8Array(
		await read.catch((error: unknown) => {
			throw fileUnreadable(error);
		}),
	);
}

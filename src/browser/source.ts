import type { Source } from '../core/ports.js';
import { fileUnreadable } from './file-unreadable.js';

/** A `File`, or a `Blob` (which has no name and no time), as the file to upload. */
export function blobSource(blob: Blob): Source {
	// By shape, not by `instanceof File`: a File may come from another window, and not every worker has the class.
	const { name = '', lastModified }: Partial<File> = blob;
	return {
		size: blob.size,
		type: blob.type,
		name,
		lastModified,
		slice: (start, end) => Object.assign(blob.slice(start, end), { origin: { file: blob, start } }),
		async assertReadable(start) {
			const byte = blob.slice(start, start + 1);
			const read = await byte.arrayBuffer().catch((error: unknown) => {
				throw fileUnreadable(error);
			});
			// Firefox answers a read past the new end of a shortened file with fewer bytes.
			if (read.byteLength < byte.size) throw fileUnreadable(undefined);
		},
	};
}

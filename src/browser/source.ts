import type { Octets, Slice, Source, SourceRef } from '../core/ports.js';
import { fileUnreadable } from './file-unreadable.js';
import { hasLostBytes } from './lost-bytes.js';

/** A `File`, or a `Blob` (which has no name), as the file to upload: it was opened by whoever picked it. */
export const blobSource = (blob: Blob): Source & SourceRef => new BlobSource(blob);

/** A class, and not an object of functions: thousands may wait. */
class BlobSource implements Source, SourceRef {
	readonly #blob: Blob;

	constructor(blob: Blob) {
		this.#blob = blob;
	}

	get size(): number {
		return this.#blob.size;
	}

	get type(): string {
		return this.#blob.type;
	}

	/** By shape, not by `instanceof File`: a File may come from another window, and not every worker has the class. */
	get name(): string {
		return (this.#blob as Partial<File>).name ?? '';
	}

	async open(): Promise<Source> {
		return this;
	}

	slice(start: number, end: number): Slice {
		return { blob: this.#range(start, end), file: this.#blob, start };
	}

	async read(start: number, end: number): Promise<Octets> {
		const range = this.#range(start, end);
		const bytes = new Uint8Array(
			await range.arrayBuffer().catch((error: unknown) => {
				throw fileUnreadable(error);
			}),
		);
		if (await hasLostBytes(bytes, range)) throw fileUnreadable(undefined);
		return bytes;
	}

	/** Chromium asks another process for each slice, and the page waits for that: half a millisecond of each small file. */
	#range(start: number, end: number): Blob {
		return start === 0 && end === this.size ? this.#blob : this.#blob.slice(start, end);
	}

	async assertReadable(start: number, end: number): Promise<void> {
		if (end <= start) return;
		// At once: a read of a file that is gone may hang where that of the other end fails.
		await Promise.all([...new Set([start, end - 1])].map((at) => this.read(at, at + 1)));
	}
}

import { inServiceWorker, isServiceWorker } from '../base/service-worker.js';
import type { Octets, Slice, Source, SourceRef } from '../core/ports.js';
import { fileUnreadable } from './file-unreadable.js';
import { hasLostBytes } from './lost-bytes.js';

/** A file to upload, for those who need the file itself. */
export interface FileRef extends SourceRef {
	/** As it was opened last; opens it where it was not yet. */
	readonly blob: Blob | Promise<Blob>;
}

/** A `File`, or a `Blob` (which has no name), as the file to upload: it was opened by whoever picked it. */
export const blobSource = (blob: Blob): BlobSource => new BlobSource(blob);

/** A file that has to be opened. */
export class LateSource implements FileRef {
	readonly name: string;
	readonly isLate = true;
	type = '';
	size: number | undefined;
	readonly #find: (before: Blob | undefined) => Promise<Blob>;
	#latest: Blob | undefined;

	/** `find` is told which one it was the time before. */
	constructor(name: string, find: (before: Blob | undefined) => Promise<Blob>) {
		this.name = name;
		this.#find = find;
	}

	get blob(): Blob | Promise<Blob> {
		return this.#latest ?? this.open().then(({ blob }) => blob);
	}

	async open(): Promise<BlobSource> {
		const blob = await this.#find(this.#latest);
		this.#latest = blob;
		({ size: this.size, type: this.type } = blob);
		return blobSource(blob).open();
	}
}

/** A class, and not an object of functions: thousands may wait. */
class BlobSource implements Source, FileRef {
	readonly blob: Blob;

	constructor(blob: Blob) {
		this.blob = blob;
	}

	get size(): number {
		return this.blob.size;
	}

	get type(): string {
		return this.blob.type;
	}

	/** By shape, not by `instanceof File`: a File may come from another window, and not every worker has the class. */
	get name(): string {
		return (this.blob as Partial<File>).name ?? '';
	}

	/** The first thing that an upload does: so it ends here, and not half-way, where it could never end well. */
	async open(): Promise<this> {
		if (isServiceWorker()) throw inServiceWorker();
		return this;
	}

	slice(start: number, end: number): Slice {
		return { blob: this.#range(start, end), file: this.blob, start };
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
		return start === 0 && end === this.size ? this.blob : this.blob.slice(start, end);
	}

	async assertReadable(start: number, end: number): Promise<void> {
		if (end <= start) return;
		// At once: a read of a file that is gone may hang where that of the other end fails.
		await Promise.all([...new Set([start, end - 1])].map((at) => this.read(at, at + 1)));
	}
}

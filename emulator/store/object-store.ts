import { createHash } from 'node:crypto';
import { combineCrc64 } from './crc64.js';
import { readSegments, removeSegment, type Segment } from './segment.js';

export interface StoredObject {
	readonly bucket: string;
	readonly key: string;
	/** Bytes. */
	readonly size: number;
	/** As OSS writes it, quotes included. */
	readonly etag: string;
	readonly crc64: bigint;
	/** Absent for a multipart object. */
	readonly md5: Buffer | undefined;
	readonly type: 'Normal' | 'Multipart';
	/** Lower-case names: content type, meta and the like, as HEAD repeats them. */
	readonly headers: Readonly<Record<string, string>>;
	/** What was asked for by `x-oss-object-acl`; no answer repeats it. */
	readonly acl: string;
	/** Milliseconds since 1970, by the emulator's clock. */
	readonly lastModified: number;
	readonly segments: readonly Segment[];
}

export const quotedMd5 = (md5: Buffer): string => `"${md5.toString('hex').toUpperCase()}"`;

type About = Pick<StoredObject, 'bucket' | 'key' | 'headers' | 'acl' | 'lastModified'>;

/** An object put in one request. */
export const normalObject = (of: About, segment: Segment): StoredObject => ({
	...of,
	size: segment.size,
	etag: quotedMd5(segment.md5),
	crc64: segment.crc64,
	md5: segment.md5,
	type: 'Normal',
	segments: [segment],
});

/** An object made of parts: its checksum follows from theirs, nothing is read again. */
export const multipartObject = (of: About, segments: readonly Segment[]): StoredObject => {
	const digest = createHash('md5');
	for (const { md5 } of segments) digest.update(md5);
	return {
		...of,
		size: segments.reduce((sum, { size }) => sum + size, 0),
		etag: `"${digest.digest('hex').toUpperCase()}-${segments.length}"`,
		crc64: segments.reduce((crc64, segment) => combineCrc64(crc64, segment.crc64, segment.size), 0n),
		md5: undefined,
		type: 'Multipart',
		segments,
	};
};

/** Finished objects. The index is in memory; the bytes are the segments' files. */
export class ObjectStore {
	readonly #objects = new Map<string, StoredObject>();
	readonly #readers = new Map<StoredObject, number>();
	readonly #doomed = new Set<StoredObject>();

	find(bucket: string, key: string): StoredObject | undefined {
		return this.#objects.get(`${bucket}/${key}`);
	}

	/** Replaces an object of the same name. */
	async put(object: StoredObject): Promise<void> {
		const name = `${object.bucket}/${object.key}`;
		const replaced = this.#objects.get(name);
		this.#objects.set(name, object);
		if (replaced) await this.#discard(replaced);
	}

	async delete(bucket: string, key: string): Promise<void> {
		const object = this.find(bucket, key);
		this.#objects.delete(`${bucket}/${key}`);
		if (object) await this.#discard(object);
	}

	/** The object's bytes; its files stay until the last reader is done, also when it is replaced meanwhile. */
	async *read(object: StoredObject, start = 0, end = object.size): AsyncGenerator<Buffer> {
		this.#readers.set(object, (this.#readers.get(object) ?? 0) + 1);
		try {
			yield* readSegments(object.segments, start, end);
		} finally {
			const readers = (this.#readers.get(object) ?? 1) - 1;
			if (readers > 0) this.#readers.set(object, readers);
			else this.#readers.delete(object);
			if (this.#doomed.has(object)) await this.#discard(object);
		}
	}

	async #discard(object: StoredObject): Promise<void> {
		if (this.#readers.has(object)) {
			this.#doomed.add(object);
			return;
		}
		this.#doomed.delete(object);
		await Promise.all(object.segments.map(removeSegment));
	}
}

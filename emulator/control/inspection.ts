import { createHash } from 'node:crypto';
import type { Storage } from '../protocol/operations.js';
import { sortedParts } from '../store/multipart.js';
import type { StoredObject } from '../store/object-store.js';
import type { StoredObjectInfo, UploadInfo } from './stored-info.js';

/** What a test asks of the storage, past the protocol. */
export class Inspection {
	readonly #storage: Storage;

	constructor(storage: Storage) {
		this.#storage = storage;
	}

	async object(bucket: string, key: string): Promise<StoredObjectInfo | undefined> {
		const object = this.#storage.objects.find(bucket, key);
		if (!object) return undefined;
		const { size, etag, crc64, type, headers, acl, lastModified } = object;
		const digests = await this.#digests(object);
		return { size, etag, crc64: String(crc64), type, headers, acl, lastModified, ...digests };
	}

	async #digests(object: StoredObject): Promise<{ readonly sha256: string; readonly md5: string }> {
		if (object.segments.some(({ path }) => path === undefined)) return { sha256: '', md5: '' };
		const sha256 = createHash('sha256');
		const md5 = createHash('md5');
		for await (const chunk of this.#storage.objects.read(object)) {
			sha256.update(chunk);
			md5.update(chunk);
		}
		return { sha256: sha256.digest('hex'), md5: md5.digest('hex') };
	}

	uploads(bucket: string): readonly UploadInfo[] {
		return this.#storage.uploads.list(bucket).map((upload) => ({
			uploadId: upload.uploadId,
			key: upload.key,
			headers: upload.headers,
			parts: sortedParts(upload).map(({ partNumber, etag, segment }) => ({
				partNumber,
				size: segment.size,
				etag,
				crc64: String(segment.crc64),
			})),
		}));
	}

	/** Whether there was such an upload. */
	forgetUpload(uploadId: string): Promise<boolean> {
		return this.#storage.uploads.forget(uploadId);
	}
}

/** The data of an upload: what is asked of OSS, what it answers, and what is remembered of it. All of it plain. */

import type { ServiceError } from '../base/errors.js';

export interface Digest {
	/** CRC-64/XZ, as OSS writes it: an unsigned decimal string. */
	readonly crc64: string;
	/** Upper-case hex, as OSS writes it in an ETag; there only when it was asked for. */
	readonly md5?: string;
}

/** Name of an operation of OSS, as its API reference calls it. */
export type Operation =
	| 'InitiateMultipartUpload'
	| 'UploadPart'
	| 'ListParts'
	| 'CompleteMultipartUpload'
	| 'AbortMultipartUpload'
	| 'PutObject'
	| 'HeadObject';

/** The object's own settings: plain data, kept with the checkpoint so that a resumed upload says the same. */
export interface ObjectSettings {
	/** Lower-case names; each goes to the requests that take it (`oss/headers.ts`). */
	readonly headers: Readonly<Record<string, string>>;
	/** Sent as the object's Content-Type where `headers` names none. */
	readonly guessedContentType: string;
	readonly verify: Verify;
}

/** How the stored bytes are compared with the local ones (`UploadOptions.verify`). */
export type Verify = 'crc64' | 'md5' | 'full' | 'none';

/** One answered UploadPart. A header that CORS hides is undefined; then nothing may show that OSS wrote the answer. */
export interface PartReceipt {
	readonly etag: string | undefined;
	readonly crc64: string | undefined;
}

/** A part as ListParts shows it. */
export interface ListedPart {
	readonly partNumber: number;
	readonly size: number;
	readonly etag: string;
	/** Not every OSS region answers it. */
	readonly crc64: string | undefined;
	/** When OSS stored it, milliseconds since 1970 by OSS's clock. */
	readonly lastModified?: number | undefined;
}

export interface ListPartsPage {
	readonly parts: readonly ListedPart[];
	/** Where the next page starts; undefined on the last one. */
	readonly nextPartNumberMarker: number | undefined;
}

/** The finished object as Complete or PutObject answered it. A header that CORS hides is undefined. */
export interface ObjectReceipt {
	readonly etag: string | undefined;
	readonly crc64: string | undefined;
	readonly location: string;
	readonly requestId: string | undefined;
	/** Something in the answer shows that OSS wrote it; else the object itself has to be asked for. */
	readonly isEvident: boolean;
	/** The callback server's answer, where a callback was asked for. */
	readonly callback?: string;
	/** The object is stored, but OSS could not reach the callback server, or not understand it (status 203). */
	readonly callbackFailure?: ServiceError;
}

/** The object as HeadObject shows it. */
export interface ObjectInfo extends ObjectReceipt {
	readonly size: number;
	/** Milliseconds since 1970, by OSS's clock. */
	readonly lastModified: number | undefined;
}

/** A part that OSS has stored. */
export interface UploadedPart {
	readonly partNumber: number;
	readonly size: number;
	/** As OSS writes it, quotes included; undefined while CORS hides it. */
	readonly etag: string | undefined;
	/** Checksum of the local bytes, decimal; undefined when nothing was verified. */
	readonly crc64: string | undefined;
	/** OSS's own checksum was compared with the local one. */
	readonly verified: boolean;
}

/** An unfinished upload, written before its first part. Everything in it is plain data, and nothing of it secret. */
export interface Checkpoint {
	readonly id: string;
	readonly scope: string;
	readonly bucket: string;
	readonly key: string;
	readonly fingerprint: string;
	readonly uploadId: string;
	/** Bytes of the whole file. */
	readonly size: number;
	/** Bytes of every part but the last; never computed again. */
	readonly partSize: number;
	readonly name: string;
	/** The app's own, a JSON value; absent where it gave none. */
	readonly data?: unknown;
	readonly settings: ObjectSettings;
	/** What was said at Initiate (`Remote.initiateDigest`): asked otherwise now, the upload begins anew. */
	readonly initiateDigest: string;
	readonly createdAt: number;
	/**
	 * Milliseconds since 1970, by OSS's clock as far as it was known at Initiate: an object that is older cannot be this
	 * upload's.
	 */
	readonly notBefore: number;
	/** Milliseconds after the last stored part at which the upload counts as given up. */
	readonly ttlMs: number;
	/** Complete has been sent once: OSS may have finished the object without our hearing of it. */
	readonly completing: boolean;
	/** Given up, but OSS could not be told yet: nobody goes on with it, and it is aborted when OSS can be told. */
	readonly abandoned: boolean;
}

/** A checkpoint with its recorded parts. */
export interface SavedUpload {
	readonly checkpoint: Checkpoint;
	readonly parts: readonly UploadedPart[];
}

/** A checkpoint with what is known of its parts, without listing them. */
export interface CheckpointSummary {
	readonly checkpoint: Checkpoint;
	/** Bytes of the recorded parts. */
	readonly loaded: number;
	/** When the last part was recorded, or the checkpoint made. */
	readonly updatedAt: number;
}

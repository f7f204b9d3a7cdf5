export interface StoredObjectInfo {
	/** Bytes. */
	readonly size: number;
	/** As OSS writes it, quotes included. */
	readonly etag: string;
	/** Unsigned decimal. */
	readonly crc64: string;
	/** Lower-case hex of the bytes as they lie there; `''` when they were discarded. */
	readonly sha256: string;
	/** Likewise. */
	readonly md5: string;
	readonly type: 'Normal' | 'Multipart';
	readonly headers: Readonly<Record<string, string>>;
	/** What was asked for by `x-oss-object-acl`; `default` where nothing was. */
	readonly acl: string;
	/** Milliseconds since 1970, by the emulator's clock. */
	readonly lastModified: number;
}

export interface PartInfo {
	readonly partNumber: number;
	/** Bytes. */
	readonly size: number;
	readonly etag: string;
	readonly crc64: string;
}

export interface UploadInfo {
	readonly uploadId: string;
	readonly key: string;
	readonly headers: Readonly<Record<string, string>>;
	/** In order of their numbers. */
	readonly parts: readonly PartInfo[];
}

import type { Digest } from '../../core/model.js';
import { chunksOf } from './chunks.js';
import { Crc64, toDecimal } from './crc64.js';

/** Bytes hashed between two reads, in some 3 ms with MD5, on a slow machine in 15: the page stays smooth. */
const CHUNK_SIZE = 256 * 1024;

export interface Md5 {
	append(bytes: ArrayBuffer): unknown;
	/** Hexadecimal. */
	end(): string;
}

/** The CRC64 of bytes that are in memory, so few that nobody waits for it. */
export function crc64Of(bytes: Uint8Array): string {
	const crc64 = new Crc64();
	crc64.update(bytes);
	return toDecimal(crc64.digest());
}

/** The digest where there is no worker to make it, with the MD5 where one is given. Rejects as `chunksOf` throws. */
export async function digestOnMainThread(
	bytes: Blob,
	md5: Md5 | undefined,
	signal: AbortSignal,
): Promise<Digest> {
	const crc64 = new Crc64();
	for await (const chunk of chunksOf(bytes, CHUNK_SIZE, signal)) {
		crc64.update(chunk);
		md5?.append(chunk.buffer);
	}
	return { crc64: toDecimal(crc64.digest()), ...(md5 && { md5: md5.end().toUpperCase() }) };
}

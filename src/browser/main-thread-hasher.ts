import SparkMD5 from 'spark-md5';
import type { Bytes, Digest } from '../core/ports.js';
import { chunksOf } from './chunks.js';
import { Crc64, toDecimal } from './crc64.js';

/** Bytes hashed between two reads, in some 3 ms with MD5, on a slow machine in 15: the page stays smooth. */
const CHUNK_SIZE = 256 * 1024;

/** The digest where there is no worker to make it. Rejects as `chunksOf` throws. */
export async function digestOnMainThread(bytes: Bytes, md5: boolean, signal: AbortSignal): Promise<Digest> {
	const crc64 = new Crc64();
	const spark = md5 ? new SparkMD5.ArrayBuffer() : undefined;
	for await (const chunk of chunksOf(bytes, CHUNK_SIZE, signal)) {
		crc64.update(chunk);
		spark?.append(chunk.buffer);
	}
	return { crc64: toDecimal(crc64.digest()), ...(spark && { md5: spark.end().toUpperCase() }) };
}

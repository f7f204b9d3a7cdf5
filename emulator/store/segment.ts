import { createHash } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Crc64, flipFirstByte } from './crc64.js';

/** A run of bytes that arrived in one request. It lies in a file of its own; an object is a list of them. */
export interface Segment {
	/** Undefined when the bytes were discarded. */
	readonly path: string | undefined;
	/** Bytes. */
	readonly size: number;
	readonly md5: Buffer;
	readonly crc64: bigint;
	/** What the first byte is XORed with when it is read: a fault corrupted it after it was stored. */
	readonly firstByteMask: number;
}

const FLIP = 0x01;

export const corrupted = (segment: Segment): Segment => ({
	...segment,
	firstByteMask: segment.firstByteMask ^ FLIP,
	crc64: segment.size === 0 ? segment.crc64 : flipFirstByte(segment.crc64, FLIP, segment.size),
});

export const removeSegment = async (segment: Segment): Promise<void> => {
	if (segment.path !== undefined) await rm(segment.path, { force: true });
};

/** Where segments lie: a directory, or nowhere. */
export class SegmentFiles {
	readonly #directory: string | undefined;
	#count = 0;

	constructor(directory: string | undefined) {
		this.#directory = directory;
	}

	/** Reads the bytes to their end; when they break off, nothing of them stays. */
	async store(bytes: AsyncIterable<Uint8Array>): Promise<Segment> {
		const path =
			this.#directory === undefined ? undefined : join(this.#directory, `segment-${++this.#count}`);
		const file = path === undefined ? undefined : await open(path, 'wx');
		try {
			const segment = await write(bytes, path, file);
			await file?.close();
			return segment;
		} catch (error) {
			await file?.close();
			if (path !== undefined) await rm(path, { force: true });
			throw error;
		}
	}
}

async function write(
	bytes: AsyncIterable<Uint8Array>,
	path: string | undefined,
	file: FileHandle | undefined,
): Promise<Segment> {
	const md5 = createHash('md5');
	const crc64 = new Crc64();
	let size = 0;
	for await (const chunk of bytes) {
		md5.update(chunk);
		crc64.update(chunk);
		size += chunk.length;
		if (file) await writeAll(file, chunk);
	}
	return { path, size, md5: md5.digest(), crc64: crc64.digest(), firstByteMask: 0 };
}

async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
	for (let at = 0; at < chunk.length; ) {
		const { bytesWritten } = await file.write(chunk, at);
		at += bytesWritten;
	}
}

/** The bytes from `start` to `end` (exclusive) of segments laid end to end. */
export async function* readSegments(
	segments: readonly Segment[],
	start: number,
	end: number,
): AsyncGenerator<Buffer> {
	let offset = 0;
	for (const segment of segments) {
		const from = Math.max(0, start - offset);
		const to = Math.min(segment.size, end - offset);
		offset += segment.size;
		if (from < to) yield* readSegment(segment, from, to);
	}
}

async function* readSegment(segment: Segment, from: number, to: number): AsyncGenerator<Buffer> {
	if (segment.path === undefined) throw new Error('The bytes were discarded.');
	const file = await open(segment.path, 'r');
	try {
		// The last byte is named inclusively here.
		for await (const chunk of file.createReadStream({
			start: from,
			end: to - 1,
			highWaterMark: 1 << 20,
			autoClose: false,
		})) {
			if (from === 0 && segment.firstByteMask !== 0) {
				chunk[0] ^= segment.firstByteMask;
				segment = { ...segment, firstByteMask: 0 };
			}
			yield chunk;
		}
	} finally {
		await file.close();
	}
}

import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createFileStreams, type FileRange } from '../../../src/browser/hashing/file-streams.js';
import { blobSource } from '../../../src/browser/source.js';
import { hasherWith, MiB, randomBytes, signal, whole } from './hashers.js';

const bytes = randomBytes(12 * MiB + 7);
const file = new Blob([bytes]);

afterEach(() => {
	vi.restoreAllMocks();
});

const range = (start: number, end: number, fileId = 1): FileRange => ({ file, fileId, start, end });

/** As long as the page lives, as in the worker: Chromium forgets a stream that only its pending read refers to. */
const kept: unknown[] = [];

/** Reads a range, and gives what came. */
function reading(streams = createFileStreams()) {
	kept.push(streams);
	return async (wanted: FileRange, ended = signal) => {
		const read: number[] = [];
		const pieces: Uint8Array[] = [];
		await streams.read(wanted, ended, (chunk) => {
			read.push(chunk.length);
			pieces.push(chunk.slice());
		});
		return { read, bytes: new Uint8Array(await new Blob(pieces as BlobPart[]).arrayBuffer()) };
	};
}

/** The sizes of what streams were opened of; beside the one byte that tells whether there are byte streams. */
function opened() {
	const stream = vi.spyOn(Blob.prototype, 'stream');
	return () => stream.mock.contexts.map((blob) => (blob as Blob).size).filter((size) => size > 1);
}

const first = (left: Uint8Array, right: Uint8Array) => left.findIndex((byte, at) => byte !== right[at]);

/** Compared by hand: a failed `toEqual` of megabytes would be printed. */
function expectBytes(got: Uint8Array, start: number, end: number): void {
	expect(got.length).toBe(end - start);
	expect(first(got, bytes.subarray(start, end))).toBe(-1);
}

test('parts that follow one another are one stream, asked for at once or one by one', async () => {
	const streams = opened();
	const read = reading();
	const both = await Promise.all([read(range(0, 3 * MiB)), read(range(3 * MiB, 5 * MiB + 1))]);
	const third = await read(range(5 * MiB + 1, bytes.length));
	expect(streams()).toEqual([bytes.length]);
	expectBytes(both[0].bytes, 0, 3 * MiB);
	expectBytes(both[1].bytes, 3 * MiB, 5 * MiB + 1);
	expectBytes(third.bytes, 5 * MiB + 1, bytes.length);
});

test('a part comes in pieces of at most 1 MiB', async () => {
	const { read } = await reading()(range(0, bytes.length));
	expect(Math.max(...read)).toBeLessThanOrEqual(MiB);
});

test('a part elsewhere in the file, or in another file, waits for nobody', async () => {
	const read = reading();
	const ended: string[] = [];
	await Promise.all([
		read(range(0, 11 * MiB)).then(() => ended.push('long')),
		read(range(11 * MiB + 1, 11 * MiB + 2)).then(() => ended.push('elsewhere')),
		read(range(0, 1, 2)).then(() => ended.push('other file')),
	]);
	expect(ended.at(-1)).toBe('long');
});

test('whatever is asked for in whatever order, each part gets its own bytes', async () => {
	const position = fc.integer({ min: 0, max: bytes.length });
	const parts = fc.array(fc.tuple(position, fc.integer({ min: 0, max: MiB + 5 })), { maxLength: 8 });
	await fc.assert(
		fc.asyncProperty(parts, fc.boolean(), async (wanted, follow) => {
			const read = reading();
			let end = 0;
			const ranges = wanted.map(([at, length]) => {
				const start = follow ? end : at;
				end = Math.min(bytes.length, start + length);
				return range(start, end);
			});
			const got = await Promise.all(ranges.map((each) => read(each)));
			for (const [index, each] of ranges.entries()) {
				expectBytes(got[index]?.bytes ?? new Uint8Array(), each.start, each.end);
			}
		}),
		{ numRuns: 10 },
	);
});

test('a part that is cancelled rejects with the reason, and the one behind it is read from its own beginning', async () => {
	const read = reading();
	const controller = new AbortController();
	const reason = new Error('mine');
	const before = read(range(0, 2 * MiB));
	const cancelled = read(range(2 * MiB, 4 * MiB), controller.signal);
	const behind = read(range(4 * MiB, 6 * MiB));
	controller.abort(reason);
	await expect(cancelled).rejects.toBe(reason);
	expectBytes((await before).bytes, 0, 2 * MiB);
	expectBytes((await behind).bytes, 4 * MiB, 6 * MiB);
});

describe('where a stream fails', () => {
	test('the part rejects, and the one behind it is read from a new stream', async () => {
		const read = reading();
		const network = new TypeError('network error');
		vi.spyOn(ReadableStreamBYOBReader.prototype, 'read').mockRejectedValueOnce(network);
		const failed = read(range(0, 2 * MiB));
		const behind = read(range(2 * MiB, 4 * MiB));
		await expect(failed).rejects.toThrow('broke off');
		expectBytes((await behind).bytes, 2 * MiB, 4 * MiB);
	});

	test('a stream that ends early is a file that has become shorter', async () => {
		const short = new Blob(['abc']);
		vi.spyOn(Blob.prototype, 'slice').mockImplementation(() => short);
		await expect(reading()(range(0, 10))).rejects.toThrow('shorter');
	});
});

test('no more than a few streams wait for a part that may never come', async () => {
	const cancelled = vi.spyOn(ReadableStreamBYOBReader.prototype, 'cancel');
	const read = reading();
	for (let at = 0; at < 10; at++) await read(range(at * MiB, at * MiB + 5, at));
	expect(cancelled.mock.calls.length).toBeGreaterThanOrEqual(6);
});

test('the stream of a file that was read to its end is let go', async () => {
	const cancelled = vi.spyOn(ReadableStreamBYOBReader.prototype, 'cancel');
	await reading()(range(bytes.length - 5, bytes.length));
	expect(cancelled).toHaveBeenCalledTimes(1);
});

test('where no Blob can be read into a buffer, slices are', async () => {
	const sizes: number[] = [];
	vi.spyOn(Blob.prototype, 'stream').mockImplementation(function (this: Blob) {
		sizes.push(this.size);
		return new ReadableStream();
	});
	const read = reading();
	const [one, two] = await Promise.all([read(range(1, 5 * MiB)), read(range(5 * MiB, bytes.length))]);
	expectBytes(one.bytes, 1, 5 * MiB);
	expectBytes(two.bytes, 5 * MiB, bytes.length);
	expect(Math.max(...one.read)).toBeLessThanOrEqual(4 * MiB);
	// Safari reads all the rest of a Blob before it says no: it is asked once, of one byte.
	expect(sizes).toEqual([1]);
});

test('the slices of a file to upload have the digests of any other Blob of their bytes', async () => {
	const { hasher, warn } = hasherWith();
	const source = blobSource(file);
	const parts = [0, 5, 3 * MiB, 3 * MiB + 1, 9 * MiB, bytes.length];
	const ranges = parts.slice(1).map((end, index) => [parts[index] ?? 0, end] as const);
	const digests = ranges.map(([start, end]) =>
		hasher.digest(source.slice(start, end), { md5: true }, signal),
	);
	const plain = ranges.map(([start, end]) =>
		hasher.digest(whole(file.slice(start, end)), { md5: true }, signal),
	);
	expect(await Promise.all(digests)).toEqual(await Promise.all(plain));
	expect(warn).not.toHaveBeenCalled();
});

import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { UploadTask } from '../../src/index.js';
import { bucket, expectStored, fileOf, openWorld, PART, sentParts, type World } from '../page.js';

const SIZE = 5 * PART + 7;
const LAST = 6;

/** Tells at which byte each read for a checksum begins; what `alter` says yes to reads as a file edited meanwhile. */
class ReadFile extends File {
	readonly #bytes: Uint8Array<ArrayBuffer>;
	readonly #start: number;
	readonly #reads: number[];
	alter = (_start: number, _times: number) => false;

	constructor(bytes = new Uint8Array(randomBytes(SIZE)), start = 0, reads: number[] = []) {
		super([bytes], 'film.mp4', { lastModified: 1_700_000_000_000 });
		this.#bytes = bytes;
		this.#start = start;
		this.#reads = reads;
	}

	override slice(start = 0, end = this.size): Blob {
		const slice = new ReadFile(this.#bytes.slice(start, end), this.#start + start, this.#reads);
		slice.alter = (...read) => this.alter(...read);
		return slice;
	}

	override async arrayBuffer(): Promise<ArrayBuffer> {
		this.#reads.push(this.#start);
		const isAltered = this.alter(this.#start, this.readsOf(this.#start / PART + 1));
		const bytes = new Uint8Array(await super.arrayBuffer());
		if (isAltered) bytes[0] = (bytes[0] ?? 0) ^ 1;
		return bytes.buffer;
	}

	/** How often the part was read for its checksum so far. */
	readsOf(partNumber: number): number {
		return this.#reads.filter((start) => start === (partNumber - 1) * PART).length;
	}
}

/** OSS's codes and ours, in the order of the attempts that failed. */
function failures(task: UploadTask): readonly string[] {
	const codes: string[] = [];
	task.on('retry', ({ error }) => codes.push(error.ossCode ?? error.code));
	return codes;
}

/** The task never said that it was done, nor that all bytes are there. */
function expectNeverDone(task: UploadTask): () => void {
	const states: string[] = [];
	let loaded = 0;
	task.on('state', (state) => states.push(state));
	task.on('progress', (progress) => {
		loaded = progress.loaded;
	});
	return () => {
		expect(states).toContain('failed');
		expect(states).not.toContain('done');
		expect(loaded).toBeLessThan(SIZE);
	};
}

const spoil = (world: World, partNumber: number, times: number | 'always' = 1) =>
	world.fault({ operation: 'UploadPart', partNumber, times, action: { type: 'corrupt' } });

describe.each([
	// With Content-MD5 OSS refuses a wrong part itself, which then goes out from memory. `full` reads each part once more before Complete.
	{ verify: 'crc64', code: 'ChecksumMismatch', readings: 2, once: 1 },
	{ verify: 'md5', code: 'InvalidDigest', readings: 3, once: 1 },
	{ verify: 'full', code: 'ChecksumMismatch', readings: 3, once: 2 },
] as const)('verify $verify: one byte flips', ({ verify, code, readings, once }) => {
	const options = { key: 'k', partSize: PART, verify };

	test.each([
		['a part', 2],
		['the last part', LAST],
	])('in %s: its bytes are hashed again, and it alone is sent again', async (_, partNumber) => {
		const world = await openWorld();
		const file = new ReadFile();
		spoil(world, partNumber);
		const task = world.page().upload(file, options);
		const [sent, codes] = [sentParts(task), failures(task)];
		expect((await task.result).verified).toBe('object');
		expect(codes).toEqual([code]);
		expect([...sent].sort()).toEqual([1, 2, 3, 4, 5, LAST, partNumber].sort());
		expect(file.readsOf(partNumber)).toBe(readings);
		// Of its siblings none is read again for that.
		expect(file.readsOf(4)).toBe(once);
		await expectStored(world, 'k', file);
	});

	test('in a part, and meanwhile the file was edited there: FileChanged, and no object', async () => {
		const world = await openWorld();
		const file = new ReadFile();
		file.alter = (start, times) => start === PART && times > 1;
		spoil(world, 2);
		const task = world.page().upload(file, options);
		const assertNeverDone = expectNeverDone(task);
		await expect(task.result).rejects.toMatchObject({ code: 'FileChanged' });
		assertNeverDone();
		expect(await world.oss.object(bucket, 'k')).toBeUndefined();
	});

	test('in a part, each time it is sent: the upload fails, and Complete is never asked for', async () => {
		const world = await openWorld();
		spoil(world, LAST, 'always');
		const task = world.page({ parallel: 1 }).upload(fileOf(SIZE), options);
		const assertNeverDone = expectNeverDone(task);
		const error = await task.result.catch((reason) => reason);
		expect(error.ossCode ?? error.code).toBe(code);
		assertNeverDone();
		expect(world.count('CompleteMultipartUpload')).toBe(0);
	});

	test('in the object, as it is put together: ChecksumMismatch, and the next upload() mends it', async () => {
		const world = await openWorld();
		const file = fileOf(SIZE);
		world.fault({ operation: 'CompleteMultipartUpload', action: { type: 'corrupt' } });
		const page = world.page();
		const task = page.upload(file, options);
		const assertNeverDone = expectNeverDone(task);
		await expect(task.result).rejects.toMatchObject({ code: 'ChecksumMismatch' });
		assertNeverDone();
		expect(await page.pending()).toMatchObject([{ loaded: 0 }]);
		expect(await page.upload(file, options).result).toMatchObject({ verified: 'object', resumed: 0 });
		await expectStored(world, 'k', file);
	});

	test('in the object of a Complete whose reply is lost: HEAD contradicts it, and the file is sent anew', async () => {
		const world = await openWorld();
		const file = fileOf(SIZE);
		world.fault({ operation: 'CompleteMultipartUpload', action: { type: 'corrupt' } });
		world.fault({ operation: 'CompleteMultipartUpload', action: { type: 'drop-reply' } });
		expect((await world.page().upload(file, options).result).verified).toBe('object');
		expect(world.count('HeadObject')).toBe(1);
		expect(world.count('InitiateMultipartUpload')).toBe(2);
		await expectStored(world, 'k', file);
	});

	test('in a part whose answer never came: the next page does not adopt it, and sends it again', async () => {
		const world = await openWorld();
		const file = fileOf(SIZE);
		spoil(world, 3);
		world.fault({ operation: 'UploadPart', partNumber: 3, action: { type: 'drop-reply' } });
		// It dies before it tries again. Without Content-MD5: with it, OSS would not have stored the part.
		const page = world.page({ parallel: 1, retry: { minDelayMs: 60_000, maxDelayMs: 60_000 } });
		page.upload(file, { ...options, verify: 'crc64' });
		await world.oss.whenRequest(({ partNumber, stored }) => partNumber === 3 && stored);
		await page.close();
		const task = world.page().upload(file, options);
		const sent = sentParts(task);
		expect(await task.result).toMatchObject({ verified: 'object', resumed: 2 * PART });
		expect([...sent].sort()).toEqual([3, 4, 5, LAST]);
		await expectStored(world, 'k', file);
	});

	test('in a file of one request: it is put again', async () => {
		const world = await openWorld();
		const file = fileOf(PART);
		world.fault({ operation: 'PutObject', action: { type: 'corrupt' } });
		const task = world.page().upload(file, options);
		const codes = failures(task);
		expect((await task.result).verified).toBe('object');
		expect(codes).toEqual([code]);
		await expectStored(world, 'k', file);
	});
});

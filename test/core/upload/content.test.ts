import { describe, expect, test } from 'vitest';
import { UploadError } from '../../../src/base/errors.js';
import type { Body, Octets, Slice } from '../../../src/core/ports.js';
import { settle } from '../../manual-clock.js';
import { blobOf, hanging, type ScriptedOptions, scriptedTask } from '../scripted-world.js';

const KiB = 1024;
const READ_ONCE = 256 * KiB;
const READ_MS = 30_000;

/** A file that counts how often its bytes are read into memory, and may change on disk. */
class DiskFile extends Blob {
	reads = 0;
	readonly #length: number;
	#now: Blob;
	/** What a read answers instead. */
	instead: (() => Promise<ArrayBuffer>) | undefined;

	constructor(fill: number, length: number) {
		super([new Uint8Array(length)]);
		this.#length = length;
		this.#now = new Blob([new Uint8Array(length).fill(fill)]);
	}

	change(fill: number): void {
		this.#now = new Blob([new Uint8Array(this.#length).fill(fill)]);
	}

	override arrayBuffer(): Promise<ArrayBuffer> {
		return this.slice().arrayBuffer();
	}

	override slice(start?: number, end?: number): Blob {
		const bytes = this.#now.slice(start, end);
		const read = () => {
			// The ends are looked at a byte at a time.
			if (bytes.size > 1) this.reads++;
			return this.instead?.() ?? Blob.prototype.arrayBuffer.call(bytes);
		};
		return Object.defineProperty(bytes, 'arrayBuffer', { value: read });
	}
}

const cut = () => new UploadError('Network', 'cut', { retryable: true });

/** One upload of the file; `answers` says what becomes of each attempt, with the CRC64 of what was sent. */
function putting(
	file: DiskFile,
	answers: readonly ('stored' | 'cut' | 'wrong')[],
	options: ScriptedOptions = {},
) {
	const bodies: Body[] = [];
	const hashed: (Slice | Octets)[] = [];
	const scripted = scriptedTask(
		file,
		{
			put: async (bytes) => {
				bodies.push(bytes);
				const answered = answers[bodies.length - 1];
				if (answered === 'cut') throw cut();
				const { crc64 } = await scripted.digest(bytes, false);
				return { ...scripted.receipt, crc64: answered === 'wrong' ? '1' : crc64 };
			},
		},
		{
			partSize: 1024 * KiB,
			digest: (content, { md5 }) => {
				hashed.push(content);
				return scripted.digest(content, md5);
			},
			...options,
		},
	);
	return { ...scripted, bodies, hashed };
}

const bytesOf = async (body: Body | undefined) =>
	new Uint8Array(await blobOf(body ?? new Blob([])).arrayBuffer());

describe('a whole file of up to 256 KiB', () => {
	test('is read once for all attempts, and what is hashed is what is sent', async () => {
		const file = new DiskFile(7, READ_ONCE);
		const { task, clock, bodies, hashed } = putting(file, ['cut', 'wrong', 'stored']);
		await clock.advance(60_000);
		expect(await task.result).toMatchObject({ verified: 'object' });
		expect(bodies).toHaveLength(3);
		expect(file.reads).toBe(1);
		expect(hashed).toHaveLength(1);
		expect(new Set<unknown>([...bodies, ...hashed]).size).toBe(1);
		expect(bodies[0]).toBeInstanceOf(Uint8Array);
	});

	test('that changes on disk between two attempts is stored as it was read', async () => {
		const file = new DiskFile(7, 5 * KiB);
		const { task, clock, bodies, digest } = putting(file, ['wrong', 'cut', 'stored']);
		await settle();
		expect(bodies).toHaveLength(1);
		file.change(8);
		await clock.advance(60_000);
		const { crc64 } = await task.result;
		expect(new Set(await bytesOf(bodies[2]))).toEqual(new Set([7]));
		expect(crc64).toBe((await digest(new Blob([new Uint8Array(5 * KiB).fill(7)]), false)).crc64);
	});

	test('is read again after a pause: it is another visit to it', async () => {
		const file = new DiskFile(7, 5 * KiB);
		const scripted = putting(file, ['cut', 'stored']);
		const { task, clock, bodies } = scripted;
		await settle();
		task.pause();
		file.change(8);
		task.resume();
		await clock.advance(60_000);
		await task.result;
		expect(new Set(await bytesOf(bodies.at(-1)))).toEqual(new Set([8]));
		expect(file.reads).toBe(2);
	});

	test('whose read hangs ends that attempt after 30 s as FileUnreadable, and is read again', async () => {
		for (const verify of ['crc64', 'md5'] as const) {
			const file = new DiskFile(7, 5 * KiB);
			file.instead = () => new Promise(() => {});
			const { task, clock, bodies } = putting(file, ['stored'], { verify, assertReadable: async () => {} });
			const retried: unknown[] = [];
			task.on('retry', ({ error, attempt }) => retried.push([error.code, attempt]));
			await clock.advance(READ_MS - 1);
			expect(retried).toEqual([]);
			await clock.advance(1);
			expect(retried).toEqual([['FileUnreadable', 2]]);
			expect(bodies).toEqual([]);
			file.instead = undefined;
			await clock.advance(60_000);
			await task.result;
			expect(bodies).toHaveLength(1);
		}
	});

	test('whose read hangs for ever ends as FileUnreadable, and says what to do', async () => {
		const file = new DiskFile(7, 5 * KiB);
		file.instead = () => new Promise(() => {});
		const { task, clock } = putting(file, ['stored'], { assertReadable: async () => {} });
		const outcome = expect(task.result).rejects.toMatchObject({
			code: 'FileUnreadable',
			message: expect.stringMatching(/^No answer within 30 s from the disk: .*pick it again$/),
		});
		await clock.advance(20 * 60_000);
		await outcome;
	});

	test("with verify: 'none' goes out from the disk as it is", async () => {
		const file = new DiskFile(7, 5 * KiB);
		const { task, bodies } = putting(file, ['stored'], { verify: 'none' });
		await task.result;
		expect(bodies).toHaveLength(1);
		expect(bodies[0]).toBe(file);
	});

	test('that cannot be read is FileUnreadable, and nothing is sent', async () => {
		const file = new DiskFile(7, 5 * KiB);
		file.instead = () => Promise.reject(new DOMException('gone', 'NotFoundError'));
		const { task, clock, bodies } = putting(file, ['stored']);
		await clock.advance(60_000);
		await expect(task.result).rejects.toMatchObject({ code: 'FileUnreadable' });
		expect(bodies).toEqual([]);
	});

	test('of no bytes is put as well', async () => {
		const { task, bodies } = putting(new DiskFile(7, 0), ['stored']);
		expect(await task.result).toMatchObject({ size: 0, crc64: '0', verified: 'object' });
		expect(bodies.map((body) => blobOf(body).size)).toEqual([0]);
	});
});

describe('a larger one', () => {
	test('goes out from the disk, and is hashed beside it', async () => {
		const file = new DiskFile(7, READ_ONCE + 1);
		const { task, clock, bodies, hashed } = putting(file, ['cut', 'stored']);
		await clock.advance(60_000);
		expect(await task.result).toMatchObject({ verified: 'object' });
		expect(bodies.every((body) => body instanceof Blob)).toBe(true);
		expect(hashed).toHaveLength(1);
		expect(hashed[0]).toHaveProperty('blob');
	});

	test('that changes between hashing and sending is FileChanged', async () => {
		const file = new DiskFile(7, READ_ONCE + 1);
		const { task, clock } = putting(file, ['wrong'], {});
		await settle();
		file.change(8);
		await clock.advance(60_000);
		await expect(task.result).rejects.toMatchObject({ code: 'FileChanged' });
	});
});

test('a part goes out from the disk, however small it is', async () => {
	const bodies: Body[] = [];
	const scripted = scriptedTask(
		new Blob([new Uint8Array(8 * KiB)]),
		{
			uploadPart: async ({ bytes }) => {
				bodies.push(bytes);
				const { crc64, md5 } = await scripted.digest(bytes, true);
				return { etag: `"${md5}"`, crc64 };
			},
		},
		{ partSize: 4 * KiB },
	);
	await scripted.task.result;
	expect(bodies).toHaveLength(2);
	expect(bodies.every((body) => body instanceof Blob)).toBe(true);
});

test.each([5 * KiB, READ_ONCE + 1])("of %d bytes, verify: 'none' hashes nothing", async (size) => {
	const { task, hashed, bodies } = putting(new DiskFile(7, size), ['wrong'], { verify: 'none' });
	expect(await task.result).toMatchObject({ verified: 'none', crc64: '1' });
	expect(hashed).toEqual([]);
	expect(bodies).toHaveLength(1);
});

describe('a part that OSS holds, and whose checksum cannot be had here,', () => {
	const unloaded = () => new UploadError('Network', 'no worker', { retryable: true });
	const never = () => new Promise<never>(() => {});
	const hangs: ScriptedOptions['digest'] = (_, __, signal) => hanging(signal);

	test.each<[string, string, number, ScriptedOptions]>([
		['of a disk that is silent', 'FileUnreadable', 160_000, { digest: hangs, assertReadable: never }],
		['that never comes', 'FileUnreadable', 640_000, { digest: hangs, assertReadable: async () => {} }],
		['for want of a file of the library', 'Network', 600_000, { digest: () => Promise.reject(unloaded()) }],
	])('%s, is sent once: %s, after %d ms at the latest', async (_, code, ms, options) => {
		const sent: number[] = [];
		const { task, clock } = scriptedTask(
			new Blob([new Uint8Array(8 * KiB)]),
			{
				uploadPart: async ({ partNumber }) => {
					sent.push(partNumber);
					return { etag: '"E"', crc64: '1' };
				},
			},
			{ partSize: 4 * KiB, ...options },
		);
		const outcome = expect(task.result).rejects.toMatchObject({ code, retryable: true });
		await clock.advance(ms);
		expect(task.state).toBe('failed');
		await outcome;
		expect(sent).toEqual([1]);
	});
});

test("verify: 'md5' sends the MD5 of what was read, and crc64 alone sends none", async () => {
	for (const verify of ['md5', 'crc64'] as const) {
		const md5s: (string | undefined)[] = [];
		const file = new DiskFile(7, 5 * KiB);
		const scripted = scriptedTask(
			file,
			{
				put: async (bytes, md5) => {
					md5s.push(md5);
					const { crc64 } = await scripted.digest(bytes, false);
					return { ...scripted.receipt, crc64 };
				},
			},
			{ verify, partSize: 1024 * KiB },
		);
		await scripted.task.result;
		const { md5 } = await scripted.digest(file.slice(), true);
		expect(md5s).toEqual([verify === 'md5' ? md5 : undefined]);
		expect(file.reads).toBe(1);
	}
});

test('a read that is cut off by the end of the task leaves nobody waiting', async () => {
	const file = new DiskFile(7, 5 * KiB);
	file.instead = () => hanging(new AbortController().signal);
	const { task, clock } = putting(file, ['stored']);
	await settle();
	await task.abort();
	await settle();
	expect(clock.sleeping).toBe(0);
});

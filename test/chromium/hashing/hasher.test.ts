import { createCRC64, createMD5 } from 'hash-wasm';
import SparkMD5 from 'spark-md5';
import { beforeAll, describe, expect, test } from 'vitest';
import { toDecimal } from '../../../src/browser/hashing/crc64.js';
import type { HasherOptions } from '../../../src/browser/hashing/hasher.js';
import { digestOnMainThread } from '../../../src/browser/hashing/main-thread-hasher.js';
import { createMd5 } from '../../../src/browser/hashing/main-thread-md5.js';
import type { Digest } from '../../../src/core/model.js';
import {
	CHECK_VALUE,
	crc64Of,
	hasherWith,
	MiB,
	randomBytes,
	signal,
	whole,
	withoutWasm,
	workerOf,
} from './hashers.js';

/** 64 MiB and a bit, so that neither chunks nor 64-byte blocks divide it. */
const size = 64 * MiB + 12_345;
let random: Blob;
let expected: Digest;
beforeAll(async () => {
	const bytes = randomBytes(size);
	random = new Blob([bytes]);
	// Another way: the JavaScript CRC64, and spark-md5, over the whole at once.
	expected = { crc64: crc64Of(bytes), md5: SparkMD5.ArrayBuffer.hash(bytes.buffer).toUpperCase() };
});

const ways: [string, () => Partial<HasherOptions>][] = [
	['the worker', () => ({})],
	['the worker without WebAssembly', () => ({ workerUrl: withoutWasm() })],
	['the main thread', () => ({ workerUrl: workerOf('throw new Error("no");') })],
];

describe.each(ways)('%s', (_, options) => {
	test('knows the published check values', async () => {
		const { hasher } = hasherWith(options());
		// CRC-64/XZ of "123456789" is 0x995dc9bbdf1939fa.
		expect(await hasher.digest(whole(new Blob(['123456789'])), { md5: true }, signal)).toEqual({
			crc64: CHECK_VALUE,
			md5: '25F9E794323B453885F5181F1B624D0B',
		});
		expect(await hasher.digest(whole(new Blob([])), { md5: true }, signal)).toEqual({
			crc64: '0',
			md5: 'D41D8CD98F00B204E9800998ECF8427E',
		});
	});

	test('gives no MD5 that was not asked for', async () => {
		const { hasher } = hasherWith(options());
		expect(await hasher.digest(whole(new Blob(['a'])), { md5: false }, signal)).not.toHaveProperty('md5');
	});

	test('agrees with other implementations on 64 MiB of random bytes', async () => {
		const { hasher } = hasherWith(options());
		expect(await hasher.digest(whole(random), { md5: true }, signal)).toEqual(expected);
	});

	test('keeps digests that run at the same time apart', async () => {
		const { hasher } = hasherWith(options());
		const slices = Array.from({ length: 8 }, (_, n) => random.slice(n * 5 * MiB, (n + 1) * 5 * MiB - n));
		const together = await Promise.all(
			slices.map((slice) => hasher.digest(whole(slice), { md5: true }, signal)),
		);
		const crc64 = await createCRC64('c96c5795d7870f42');
		const md5 = await createMD5();
		for (const [n, slice] of slices.entries()) {
			const bytes = new Uint8Array(await slice.arrayBuffer());
			expect(together[n]).toEqual({
				crc64: toDecimal(crc64.init().update(bytes).digest()),
				md5: md5.init().update(bytes).digest().toUpperCase(),
			});
		}
	});

	test('aborted, rejects with the reason itself, and the next digest is right', async () => {
		const { hasher } = hasherWith(options());
		const controller = new AbortController();
		const reason = new Error('mine');
		const digest = hasher.digest(whole(random), { md5: false }, controller.signal);
		const other = hasher.digest(whole(new Blob(['123456789'])), { md5: false }, signal);
		controller.abort(reason);
		await expect(digest).rejects.toBe(reason);
		expect((await other).crc64).toBe(CHECK_VALUE);
		expect((await hasher.digest(whole(random), { md5: false }, signal)).crc64).toBe(expected.crc64);
	});

	test('under an aborted signal does nothing', async () => {
		const { hasher } = hasherWith(options());
		const reason = new Error('mine');
		await expect(hasher.digest(whole(random), { md5: false }, AbortSignal.abort(reason))).rejects.toBe(
			reason,
		);
	});
});

test.each(ways)(
	'a short digest does not wait for the long ones asked for before it: %s',
	async (_, options) => {
		const { hasher } = hasherWith(options());
		const order: string[] = [];
		const long = [1, 2, 3].map(() =>
			hasher.digest(whole(random.slice(0, 16 * MiB)), { md5: true }, signal).then(() => order.push('long')),
		);
		await hasher.digest(whole(new Blob(['a'])), { md5: true }, signal).then(() => order.push('short'));
		await Promise.all(long);
		expect(order).toEqual(['short', 'long', 'long', 'long']);
	},
);

/** A file in OPFS that has changed since: reading it fails as with a file from disk. */
async function changedFile(): Promise<File> {
	const root = await navigator.storage.getDirectory();
	const handle = await root.getFileHandle(`changed-${crypto.randomUUID()}`, { create: true });
	const write = async (text: string) => {
		const stream = await handle.createWritable();
		await stream.write(text);
		await stream.close();
	};
	await write('before');
	const file = await handle.getFile();
	await write('after that');
	return file;
}

test.each(ways)(
	'a file that cannot be read is FileUnreadable, with the browser’s reason: %s',
	async (_, options) => {
		const { hasher } = hasherWith(options());
		await expect(hasher.digest(whole(await changedFile()), { md5: false }, signal)).rejects.toMatchObject({
			code: 'FileUnreadable',
			cause: { name: 'NotReadableError' },
		});
	},
);

test('on the main thread other tasks run between the chunks', async () => {
	const { port1, port2 } = new MessageChannel();
	let turns = 0;
	port1.onmessage = () => {
		turns++;
		port2.postMessage('');
	};
	port2.postMessage('');
	await digestOnMainThread(random.slice(0, 16 * MiB), createMd5(), signal);
	port1.close();
	// 64 chunks of 256 KiB.
	expect(turns).toBeGreaterThanOrEqual(64);
});

describe('bytes in memory', () => {
	const noWorker = { workerUrl: workerOf('throw new Error("no");') };

	test.each([0, 1, 1000, 256 * 1024])('%i of them are hashed without a worker', async (count) => {
		const { hasher, warn } = hasherWith(noWorker);
		const bytes = randomBytes(count);
		const digest = await hasher.digest(bytes, { md5: false }, signal);
		const crc64 = await createCRC64('c96c5795d7870f42');
		expect(digest).toEqual({ crc64: BigInt(`0x${crc64.init().update(bytes).digest()}`).toString() });
		// Nobody missed it.
		expect(warn).not.toHaveBeenCalled();
	});

	test.each([
		['more of them', 256 * 1024 + 1, false],
		['their MD5 too', 1000, true],
	])('%s: by the worker', async (_, count, md5) => {
		const { hasher, warn } = hasherWith(noWorker);
		const bytes = randomBytes(count);
		expect((await hasher.digest(bytes, { md5 }, signal)).crc64).toBe(crc64Of(bytes));
		expect(warn).toHaveBeenCalled();
	});

	test('an abort ends the wait for the code that hashes them', async () => {
		const { hasher } = hasherWith(noWorker);
		const reason = new Error('enough');
		await expect(hasher.digest(randomBytes(10), { md5: false }, AbortSignal.abort(reason))).rejects.toBe(
			reason,
		);
	});
});

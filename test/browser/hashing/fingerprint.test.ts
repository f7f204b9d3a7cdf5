import { afterEach, describe, expect, test, vi } from 'vitest';
import { sampledFingerprint } from '../../../src/browser/hashing/fingerprint.js';
import { createHasher } from '../../../src/browser/hashing/hasher.js';

const KiB = 1024;
const MiB = 1024 * KiB;
const { signal } = new AbortController();

afterEach(() => {
	vi.restoreAllMocks();
});

// Where there is no Worker the main thread computes it; that the worker agrees is a test of the hasher.
const fingerprint = sampledFingerprint(createHasher({ warn: () => {} }));
const print = (...parts: BlobPart[]) => fingerprint(new Blob(parts), signal);

function bytes(size: number, seed = 1): Uint8Array<ArrayBuffer> {
	const result = new Uint8Array(size);
	let state = seed;
	for (let index = 0; index < size; index++) {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		result[index] = state >>> 24;
	}
	return result;
}

test('it says its version and the size: a later way of sampling never meets this one', async () => {
	expect(await print('abc')).toBe('v1-3-900150983CD24FB0D6963F7D28E17F72');
	expect(await print()).toBe('v1-0-D41D8CD98F00B204E9800998ECF8427E');
});

test('name, type and time do not matter', async () => {
	const content = bytes(3 * MiB);
	const one = new File([content], 'a.txt', { type: 'text/plain', lastModified: 1 });
	const other = new File([content], 'b.bin', { type: '', lastModified: 2 });
	expect(await fingerprint(one, signal)).toBe(await fingerprint(other, signal));
});

describe('one byte changed', () => {
	const size = 5 * MiB + 3;
	const original = bytes(size);

	test.each([
		['the first', 0],
		['the last of the first sample', 4 * KiB - 1],
		['one in a middle sample', Math.round(((size - 4 * KiB) / 15) * 7) + 5],
		['the last', size - 1],
	])('%s: another fingerprint', async (_, position) => {
		const changed = original.slice();
		changed[position] = (changed[position] ?? 0) ^ 1;
		expect(await print(changed)).not.toBe(await print(original));
	});

	test('in a file of up to 1 MiB, wherever it is', async () => {
		const small = bytes(MiB);
		for (const position of [0, 70_000, 500_000, MiB - 1]) {
			const changed = small.slice();
			changed[position] = (changed[position] ?? 0) ^ 1;
			expect(await print(changed)).not.toBe(await print(small));
		}
	});
});

test('the same samples and another size: another fingerprint', async () => {
	expect(await print(new Uint8Array(3 * MiB))).not.toBe(await print(new Uint8Array(3 * MiB + 1)));
	expect(await print(new Uint8Array(MiB))).not.toBe(await print(new Uint8Array(MiB - 1)));
});

test.each([0, 1, 4 * KiB, MiB, MiB + 1, 3 * MiB, 70 * MiB])(
	'of %i bytes at most 1 MiB is read',
	async (size) => {
		let read = 0;
		const original = Blob.prototype.arrayBuffer;
		vi.spyOn(Blob.prototype, 'arrayBuffer').mockImplementation(function (this: Blob) {
			read += this.size;
			return original.call(this);
		});
		await print(new Uint8Array(size));
		expect(read).toBe(size <= MiB ? size : 64 * KiB);
	},
);

test('a file that cannot be read is FileUnreadable, with the browser’s reason', async () => {
	const cause = new DOMException('gone', 'NotReadableError');
	vi.spyOn(Blob.prototype, 'arrayBuffer').mockRejectedValue(cause);
	await expect(print('abc')).rejects.toMatchObject({ code: 'FileUnreadable', cause });
});

test('aborted, it rejects with the reason itself, before and while it reads', async () => {
	const reason = new Error('mine');
	await expect(fingerprint(new Blob(['a']), AbortSignal.abort(reason))).rejects.toBe(reason);
	const controller = new AbortController();
	const printing = fingerprint(new Blob(['a']), controller.signal);
	controller.abort(reason);
	await expect(printing).rejects.toBe(reason);
});

test('aborted while a read hangs that heeds no signal, it rejects with the reason itself [B8]', async () => {
	const reading = vi.spyOn(Blob.prototype, 'arrayBuffer').mockReturnValue(new Promise(() => {}));
	const controller = new AbortController();
	const printing = fingerprint(new Blob(['a']), controller.signal);
	await vi.waitUntil(() => reading.mock.calls.length > 0);
	const reason = new Error('mine');
	controller.abort(reason);
	await expect(printing).rejects.toBe(reason);
});

test('what fails and is not the reading of the file surfaces as what it is', async () => {
	const cause = new RangeError('Array buffer allocation failed');
	vi.spyOn(Blob.prototype, 'arrayBuffer').mockRejectedValue(cause);
	await expect(print('abc')).rejects.toBe(cause);
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Crc64, combineCrc64 as combineTwo } from '../../../emulator/store/crc64.js';
import { combineCrc64 } from '../../../src/core/upload/crc64.js';
import vectors from '../../oss/signing/sign-vectors.json' with { type: 'json' };

interface Vector {
	readonly kind: string;
	readonly name: string;
	readonly inputs: { readonly text: string; readonly parts?: readonly string[] };
	readonly expected: { readonly decimal: string };
}

/** Bit by bit, straight from the definition of CRC-64/XZ. */
function crc64(bytes: Uint8Array): string {
	const all = 0xffffffffffffffffn;
	let crc = all;
	for (const byte of bytes) {
		crc ^= BigInt(byte);
		for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ 0xc96c5795d7870f42n : crc >> 1n;
	}
	return (crc ^ all).toString();
}

const ranges = (pieces: readonly Uint8Array[]) =>
	pieces.map((bytes) => ({ crc64: crc64(bytes), size: bytes.length }));

/** The checksum of so many zeros, by the emulator's own arithmetic: doubled, and one more where a bit is set. */
function zeros(size: number): string {
	const one = BigInt(crc64(new Uint8Array(1)));
	let crc = 0n;
	let length = 0;
	for (const bit of size.toString(2)) {
		crc = combineTwo(crc, crc, length);
		length *= 2;
		if (bit === '1') {
			crc = combineTwo(crc, one, 1);
			length++;
		}
	}
	return crc.toString();
}

describe('combineCrc64', () => {
	test('zeros doubled are zeros read', () => {
		for (const size of [0, 1, 2, 3, 1000, 4097]) expect(zeros(size)).toBe(crc64(new Uint8Array(size)));
	});

	test('the check value of CRC-64/XZ, split anywhere', () => {
		const bytes = new TextEncoder().encode('123456789');
		expect(crc64(bytes)).toBe(BigInt('0x995dc9bbdf1939fa').toString());
		for (let at = 0; at <= bytes.length; at++) {
			expect(combineCrc64(ranges([bytes.slice(0, at), bytes.slice(at)]))).toBe(crc64(bytes));
		}
	});

	test('random bytes split at random places combine to the checksum of the whole', () => {
		fc.assert(
			fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 12 }), (pieces) => {
				const whole = Uint8Array.from(pieces.flatMap((piece) => [...piece]));
				expect(combineCrc64(ranges(pieces))).toBe(crc64(whole));
			}),
		);
	});

	test('the order of the ranges matters', () => {
		const [a, b] = [Uint8Array.of(1, 2, 3), Uint8Array.of(4, 5, 6)];
		expect(combineCrc64(ranges([a, b]))).not.toBe(combineCrc64(ranges([b, a])));
	});

	test('no ranges at all are CRC64 0, as OSS answers for an empty object', () => {
		expect(combineCrc64([])).toBe('0');
		expect(crc64(new Uint8Array())).toBe('0');
	});

	test('10,000 ranges of changing length, empty ones among them, combine to the checksum of the whole', () => {
		const whole = Uint8Array.from({ length: 30_000 }, (_, at) => (at * 167) ^ (at >> 3));
		const pieces: Uint8Array[] = [];
		let start = 0;
		for (let n = 0; n < 10_000; n++) {
			// 0 to 5 bytes, then what is left.
			const end = n === 9_999 ? whole.length : start + ((n * n) % 6);
			pieces.push(whole.subarray(start, end));
			start = end;
		}
		expect(new Set(pieces.map(({ length }) => length > 0))).toEqual(new Set([true, false]));
		expect(combineCrc64(ranges(pieces))).toBe(new Crc64().update(whole).digest().toString());
	});

	test('one whole, cut at random places, is the checksum of the whole', () => {
		const whole = fc.uint8Array({ minLength: 1, maxLength: 5_000 });
		const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 40 });
		fc.assert(
			fc.property(whole, cuts, (bytes, places) => {
				const at = [0, ...places.map((place) => Math.round(place * bytes.length)), bytes.length].sort(
					(a, b) => a - b,
				);
				const pieces = at.slice(1).map((end, n) => bytes.subarray(at[n], end));
				expect(combineCrc64(ranges(pieces))).toBe(new Crc64().update(bytes).digest().toString());
			}),
		);
	});

	test('ranges of any length, up to more than OSS takes, combine as another implementation says', () => {
		const range = fc.record({
			crc64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
			size: fc.oneof(
				fc.constantFrom(0, 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, 5 * 2 ** 30, 2 ** 53 - 1),
				fc.maxSafeNat(),
			),
		});
		fc.assert(
			fc.property(fc.array(range, { maxLength: 8 }), (all) => {
				const expected = all.reduce((total, { crc64, size }) => combineTwo(total, crc64, size), 0n);
				const decimal = all.map(({ crc64, size }) => ({ crc64: crc64.toString(), size }));
				expect(combineCrc64(decimal)).toBe(expected.toString());
			}),
		);
	});

	test('the largest object, 10,000 parts of 5 GiB of zeros, is the same in one step', () => {
		const size = 5 * 2 ** 30;
		const part = { crc64: zeros(size), size };
		const count = 10_000;
		expect(combineCrc64(Array.from({ length: count }, () => part))).toBe(zeros(count * size));
	});

	test('parts of more than 2^32 bytes, with a byte before and after them', () => {
		const size = 2 ** 32 + 12_345;
		const byte = { crc64: crc64(Uint8Array.of(7)), size: 1 };
		// 7, zeros, 7: from one run of 7 and zeros, which another implementation has put together.
		const expected = combineTwo(
			combineTwo(BigInt(byte.crc64), BigInt(zeros(size)), size),
			BigInt(byte.crc64),
			1,
		);
		expect(combineCrc64([byte, { crc64: zeros(size), size }, byte])).toBe(expected.toString());
	});

	const published = (vectors as unknown as readonly Vector[]).filter(({ kind }) => kind === 'crc64');

	test.each(published)('$name', ({ inputs: { text, parts = [text] }, expected: { decimal } }) => {
		const encode = (piece: string) => new TextEncoder().encode(piece);
		expect(crc64(encode(text))).toBe(decimal);
		expect(combineCrc64(ranges(parts.map(encode)))).toBe(decimal);
	});
});

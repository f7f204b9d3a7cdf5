import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { combineCrc64 } from '../../src/core/crc64.js';
import vectors from '../oss/sign-vectors.json' with { type: 'json' };

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

describe('combineCrc64', () => {
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

	test('a range longer than 2^32 bytes: appending zeros in one step or in many is the same', () => {
		const zeros = (size: number) => {
			// The checksum of 2^k zeros, doubled from that of one.
			let crc = crc64(new Uint8Array(1));
			let length = 1;
			while (length < size) {
				crc = combineCrc64([
					{ crc64: crc, size: length },
					{ crc64: crc, size: length },
				]);
				length *= 2;
			}
			return { crc64: crc, size: length };
		};
		const big = zeros(2 ** 33);
		const half = zeros(2 ** 32);
		expect(combineCrc64([half, half])).toBe(big.crc64);
		expect(combineCrc64([{ crc64: crc64(Uint8Array.of(7)), size: 1 }, big])).toBe(
			combineCrc64([{ crc64: crc64(Uint8Array.of(7)), size: 1 }, half, half]),
		);
	});

	const published = (vectors as unknown as readonly Vector[]).filter(({ kind }) => kind === 'crc64');

	test.each(published)('$name', ({ inputs: { text, parts = [text] }, expected: { decimal } }) => {
		const encode = (piece: string) => new TextEncoder().encode(piece);
		expect(crc64(encode(text))).toBe(decimal);
		expect(combineCrc64(ranges(parts.map(encode)))).toBe(decimal);
	});
});

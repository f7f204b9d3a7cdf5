import { createCRC64 } from 'hash-wasm';
import { describe, expect, test } from 'vitest';
import { scriptCrc64 } from '../../src/browser/crc64.js';
import { wasmCrc64 } from '../../src/browser/wasm-crc64.js';

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
/** From a fixed seed: a failure can be repeated. */
function pseudoRandom(length: number, seed: number): Uint8Array {
	let state = seed;
	return Uint8Array.from({ length }, () => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return state >>> 24;
	});
}

/** hash-wasm's, which shares no line with ours. */
const oracle = await createCRC64('c96c5795d7870f42');
const expected = (bytes: Uint8Array): bigint => BigInt(`0x${oracle.init().update(bytes).digest()}`);

describe.each([
	['in WebAssembly', wasmCrc64()],
	['in JavaScript', scriptCrc64()],
])('%s', (_, update) => {
	// https://reveng.sourceforge.io/crc-catalogue/all.htm#crc.cat.crc-64-xz
	test('"123456789" has the published check value', () => {
		expect(update(0n, ascii('123456789'))).toBe(0x995dc9bbdf1939fan);
	});

	test('nothing leaves a checksum as it was', () => {
		expect(update(0n, new Uint8Array())).toBe(0n);
		expect(update(0x995dc9bbdf1939fan, new Uint8Array())).toBe(0x995dc9bbdf1939fan);
	});

	test('each length up to 100 agrees with another implementation', () => {
		for (let length = 0; length <= 100; length++) {
			const bytes = pseudoRandom(length, length);
			expect(update(0n, bytes), `${length} bytes`).toBe(expected(bytes));
		}
	});

	test('each value of each byte of a step agrees', () => {
		for (let at = 0; at < 17; at++) {
			for (let value = 0; value < 256; value++) {
				const bytes = new Uint8Array(17);
				bytes[at] = value;
				if (update(0n, bytes) !== expected(bytes)) throw new Error(`Byte ${at} of value ${value}`);
			}
		}
	});

	test('zeros and ones agree', () => {
		for (const fill of [0, 255]) {
			const bytes = new Uint8Array(1000).fill(fill);
			expect(update(0n, bytes)).toBe(expected(bytes));
		}
	});

	test('more than a piece at a time agrees, whatever the alignment', () => {
		const bytes = pseudoRandom(1_000_003, 7);
		for (const start of [0, 1, 7, 15]) {
			expect(update(0n, bytes.subarray(start))).toBe(expected(bytes.subarray(start)));
		}
	});

	test('split anywhere, the pieces one after the other make the same', () => {
		const bytes = pseudoRandom(300, 11);
		for (let at = 0; at <= bytes.length; at++) {
			expect(update(update(0n, bytes.subarray(0, at)), bytes.subarray(at))).toBe(expected(bytes));
		}
	});

	test('checksums that are made in turn do not meet', () => {
		const [one, other] = [pseudoRandom(1000, 1), pseudoRandom(1000, 2)];
		let [crcOfOne, crcOfOther] = [0n, 0n];
		for (let at = 0; at < 1000; at += 100) {
			crcOfOne = update(crcOfOne, one.subarray(at, at + 100));
			crcOfOther = update(crcOfOther, other.subarray(at, at + 100));
		}
		expect(crcOfOne).toBe(expected(one));
		expect(crcOfOther).toBe(expected(other));
	});
});

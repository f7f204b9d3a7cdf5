import { expect, test } from 'vitest';
import { Crc64, combineCrc64, flipFirstByte } from '../../emulator/store/crc64.js';

const crc64 = (bytes: Uint8Array): bigint => new Crc64().update(bytes).digest();
const bytes = (length: number): Buffer =>
	Buffer.from(Array.from({ length }, (_, at) => (at * 167 + 13) % 256));

/** Bit by bit, from the definition. */
function slowCrc64(data: Uint8Array): bigint {
	let crc = 0xffff_ffff_ffff_ffffn;
	for (const byte of data) {
		crc ^= BigInt(byte);
		for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ 0xc96c5795d7870f42n : crc >> 1n;
	}
	return crc ^ 0xffff_ffff_ffff_ffffn;
}

test('the fast loop agrees with the definition at every length around its stride', () => {
	for (let length = 0; length < 40; length++) expect(crc64(bytes(length))).toBe(slowCrc64(bytes(length)));
});

test('the checksum does not depend on how the bytes are cut', () => {
	const all = bytes(1000);
	const crc = new Crc64();
	for (let at = 0; at < all.length; at += 37) crc.update(all.subarray(at, at + 37));
	expect(crc.digest()).toBe(crc64(all));
});

test.each([0, 1, 7, 100, 4096, 100_001])('checksums combine when the second run has %i bytes', (length) => {
	const [first, second] = [bytes(333), bytes(length)];
	expect(combineCrc64(crc64(first), crc64(second), length)).toBe(crc64(Buffer.concat([first, second])));
});

test.each([1, 2, 999])(
	'the checksum after the first of %i bytes flips follows without reading them',
	(length) => {
		const flipped = bytes(length);
		flipped.writeUInt8(flipped.readUInt8(0) ^ 1, 0);
		expect(flipFirstByte(crc64(bytes(length)), 1, length)).toBe(crc64(flipped));
	},
);

/** CRC-64/XZ, the checksum OSS calls `crc64ecma`: reflected, all ones in and out. */
const POLYNOMIAL = 0xc96c5795d7870f42n;
const ALL_ONES = 0xffff_ffff_ffff_ffffn;

// Slicing by 8, in two 32-bit halves: entry (k, byte) is the remainder of that byte followed by k zero bytes.
const LOW = new Uint32Array(8 * 256);
const HIGH = new Uint32Array(8 * 256);
for (let byte = 0; byte < 256; byte++) {
	let remainder = BigInt(byte);
	for (let bit = 0; bit < 8; bit++) {
		remainder = remainder & 1n ? (remainder >> 1n) ^ POLYNOMIAL : remainder >> 1n;
	}
	LOW[byte] = Number(remainder & 0xffff_ffffn);
	HIGH[byte] = Number(remainder >> 32n);
}
for (let index = 256; index < 8 * 256; index++) {
	const low = LOW[index - 256] ?? 0;
	const high = HIGH[index - 256] ?? 0;
	LOW[index] = ((low >>> 8) | (high << 24)) ^ (LOW[low & 255] ?? 0);
	HIGH[index] = (high >>> 8) ^ (HIGH[low & 255] ?? 0);
}

// Every index below is masked, so `?? 0` is for the compiler's eyes only.
const lowOf = (k: number, byte: number): number => LOW[(k << 8) | byte] ?? 0;
const highOf = (k: number, byte: number): number => HIGH[(k << 8) | byte] ?? 0;

/** Checksum of bytes that arrive in pieces. */
export class Crc64 {
	#low = 0xffff_ffff;
	#high = 0xffff_ffff;

	update(bytes: Uint8Array): this {
		const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
		const aligned = bytes.length & ~7;
		let low = this.#low;
		let high = this.#high;
		for (let at = 0; at < aligned; at += 8) {
			const a = low ^ view.getInt32(at, true);
			const b = high ^ view.getInt32(at + 4, true);
			low =
				lowOf(7, a & 255) ^
				lowOf(6, (a >>> 8) & 255) ^
				lowOf(5, (a >>> 16) & 255) ^
				lowOf(4, a >>> 24) ^
				lowOf(3, b & 255) ^
				lowOf(2, (b >>> 8) & 255) ^
				lowOf(1, (b >>> 16) & 255) ^
				lowOf(0, b >>> 24);
			high =
				highOf(7, a & 255) ^
				highOf(6, (a >>> 8) & 255) ^
				highOf(5, (a >>> 16) & 255) ^
				highOf(4, a >>> 24) ^
				highOf(3, b & 255) ^
				highOf(2, (b >>> 8) & 255) ^
				highOf(1, (b >>> 16) & 255) ^
				highOf(0, b >>> 24);
		}
		for (let at = aligned; at < bytes.length; at++) {
			const index = (low ^ view.getUint8(at)) & 255;
			low = ((low >>> 8) | (high << 24)) ^ lowOf(0, index);
			high = (high >>> 8) ^ highOf(0, index);
		}
		this.#low = low;
		this.#high = high;
		return this;
	}

	digest(): bigint {
		return ((BigInt(this.#high >>> 0) << 32n) | BigInt(this.#low >>> 0)) ^ ALL_ONES;
	}
}

/** Product of two polynomials modulo the CRC's; in this reflected form the top bit is x^0. */
function multiply(a: bigint, b: bigint): bigint {
	let product = 0n;
	let factor = b;
	for (let bit = 63n; bit >= 0n; bit--) {
		if ((a >> bit) & 1n) product ^= factor;
		factor = factor & 1n ? (factor >> 1n) ^ POLYNOMIAL : factor >> 1n;
	}
	return product;
}

const ONE = 1n << 63n;
/** x^(8 * 2^k) at index k. */
const SQUARES: bigint[] = [1n << 55n];
// All parts of an upload but the last are of one size: its power is worked out once.
const powers = new Map<number, bigint>();

/** x^(8 * bytes): what a remainder is multiplied with when so many zero bytes follow. */
function powerOf(bytes: number): bigint {
	const known = powers.get(bytes);
	if (known !== undefined) return known;
	let power = ONE;
	for (let k = 0, rest = bytes; rest > 0; k++, rest = Math.floor(rest / 2)) {
		const square = SQUARES[k] ?? multiply(SQUARES[k - 1] ?? ONE, SQUARES[k - 1] ?? ONE);
		SQUARES[k] = square;
		if (rest % 2 === 1) power = multiply(power, square);
	}
	if (powers.size > 1000) powers.clear();
	powers.set(bytes, power);
	return power;
}

/** Checksum of two runs of bytes, one after the other, from their own; the second is `bytes` long. */
export const combineCrc64 = (first: bigint, second: bigint, bytes: number): bigint =>
	multiply(first, powerOf(bytes)) ^ second;

/** Checksum after the very first byte of a run, `bytes` long, was XORed with `mask`. */
export const flipFirstByte = (crc: bigint, mask: number, bytes: number): bigint => {
	const difference = (BigInt(highOf(0, mask)) << 32n) | BigInt(lowOf(0, mask));
	return crc ^ multiply(difference, powerOf(bytes - 1));
};

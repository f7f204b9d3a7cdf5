/**
 * Joins CRC-64/XZ checksums of neighbouring byte ranges without reading the bytes again.
 *
 * A CRC of A followed by B is `crc(A) · x^(8·|B|) + crc(B)` in the polynomials over GF(2), modulo OSS's
 * polynomial. Polynomials are kept reflected (bit 63 is x^0), as two unsigned 32-bit halves: BigInt would be
 * ten times slower, and 10,000 parts are joined before Complete.
 */
interface Polynomial {
	readonly high: number;
	readonly low: number;
}

/** 0xC96C5795D7870F42: ECMA-182's polynomial, reflected. */
const MODULUS: Polynomial = { high: 0xc96c5795, low: 0xd7870f42 };
const ONE: Polynomial = { high: 0x80000000, low: 0 };
/** x^8: one byte further. */
const BYTE: Polynomial = { high: 0x00800000, low: 0 };

/** Joins the checksums of consecutive ranges, in their order; `''` of no ranges is CRC64 `0`. */
export function combineCrc64(ranges: Iterable<{ readonly crc64: string; readonly size: number }>): string {
	let total: Polynomial = { high: 0, low: 0 };
	// All parts but the last have one length: its power is computed once.
	let shiftSize = -1;
	let shift = ONE;
	for (const { crc64, size } of ranges) {
		if (size !== shiftSize) {
			shift = power(BYTE, size);
			shiftSize = size;
		}
		total = add(multiply(total, shift), parse(crc64));
	}
	return format(total);
}

function add(a: Polynomial, b: Polynomial): Polynomial {
	return { high: (a.high ^ b.high) >>> 0, low: (a.low ^ b.low) >>> 0 };
}

function multiply(a: Polynomial, b: Polynomial): Polynomial {
	let high = 0;
	let low = 0;
	let { high: bHigh, low: bLow } = b;
	for (let bit = 0; bit < 64; bit++) {
		const word = bit < 32 ? a.high : a.low;
		if ((word >>> (31 - (bit & 31))) & 1) {
			high ^= bHigh;
			low ^= bLow;
		}
		// Times x: one step to the right, and the modulus is taken off where x^64 fell out.
		const fellOut = bLow & 1;
		bLow = ((bLow >>> 1) | (bHigh << 31)) >>> 0;
		bHigh >>>= 1;
		if (fellOut) {
			bHigh = (bHigh ^ MODULUS.high) >>> 0;
			bLow = (bLow ^ MODULUS.low) >>> 0;
		}
	}
	return { high: high >>> 0, low: low >>> 0 };
}

function power(base: Polynomial, exponent: number): Polynomial {
	let result = ONE;
	let square = base;
	// Division, not a shift: a part may be larger than 2^32 bytes.
	for (let left = exponent; left > 0; left = Math.floor(left / 2)) {
		if (left % 2 === 1) result = multiply(result, square);
		square = multiply(square, square);
	}
	return result;
}

function parse(decimal: string): Polynomial {
	const value = BigInt(decimal);
	return { high: Number(value >> 32n), low: Number(value & 0xffffffffn) };
}

function format({ high, low }: Polynomial): string {
	return ((BigInt(high) << 32n) | BigInt(low)).toString();
}

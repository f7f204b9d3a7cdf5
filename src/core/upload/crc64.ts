/**
 * Joins CRC-64/XZ checksums of neighbouring byte ranges without reading the bytes again.
 *
 * A CRC of A followed by B is `crc(A) · x^(8·|B|) + crc(B)` in the polynomials over GF(2), modulo OSS's
 * polynomial. Polynomials are kept reflected: bit 63 is x^0.
 */

/** ECMA-182's polynomial. */
const MODULUS = 0xc96c5795d7870f42n;
const ONE = 1n << 63n;
/** x^8: one byte further. */
const BYTE = 1n << 55n;

/** Joins the checksums of consecutive ranges, in their order; `''` of no ranges is CRC64 `0`. */
export function combineCrc64(ranges: Iterable<{ readonly crc64: string; readonly size: number }>): string {
	let total = 0n;
	// All parts but the last have one length: its power is computed once, so that 10,000 parts take some 20 ms.
	let shiftSize = -1;
	let shift: readonly bigint[] = [];
	for (const { crc64, size } of ranges) {
		if (size !== shiftSize) {
			shift = multiples(shiftBy(size));
			shiftSize = size;
		}
		total = multiply(total, shift) ^ BigInt(crc64);
	}
	return total.toString();
}

/** The polynomial times x^0 to x^63. */
function multiples(polynomial: bigint): readonly bigint[] {
	let multiple = polynomial;
	return Array.from({ length: 64 }, () => {
		const current = multiple;
		// One step to the right, and the modulus is taken off where x^64 fell out.
		multiple = (multiple >> 1n) ^ ((multiple & 1n) * MODULUS);
		return current;
	});
}

/** Sums the multiples of `b` that the binary digits of `a` name. */
function multiply(a: bigint, multiplesOfB: readonly bigint[]): bigint {
	const digits = a.toString(2).padStart(64, '0');
	return multiplesOfB.reduce((sum, multiple, at) => (digits[at] === '1' ? sum ^ multiple : sum), 0n);
}

/** x^8 to the power of so many bytes. */
function shiftBy(size: number): bigint {
	let result = ONE;
	let square = BYTE;
	// Division, not a shift: a part may be larger than 2^32 bytes.
	for (let left = size; left > 0; left = Math.floor(left / 2)) {
		const squares = multiples(square);
		if (left % 2 === 1) result = multiply(result, squares);
		square = multiply(square, squares);
	}
	return result;
}

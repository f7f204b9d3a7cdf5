/** 0xC96C5795D7870F42, ECMA-182's polynomial reflected: CRC-64/XZ, as OSS computes it. */
const POLYNOMIAL_HIGH = 0xc96c5795;
const POLYNOMIAL_LOW = 0xd7870f42;

/** What each byte does to the register, whose halves are apart. */
const TABLE_HIGH = new Int32Array(256);
const TABLE_LOW = new Int32Array(256);
for (let byte = 0; byte < 256; byte++) {
	let high = 0;
	let low = byte;
	for (let bit = 0; bit < 8; bit++) {
		const fellOut = low & 1;
		low = (low >>> 1) | (high << 31);
		high >>>= 1;
		if (fellOut) {
			high ^= POLYNOMIAL_HIGH;
			low ^= POLYNOMIAL_LOW;
		}
	}
	TABLE_HIGH[byte] = high;
	TABLE_LOW[byte] = low;
}

/** CRC64 in JavaScript: a table, and the register in two 32-bit halves. */
export class Crc64 {
	#high = -1;
	#low = -1;

	init(): void {
		this.#high = -1;
		this.#low = -1;
	}

	update(bytes: Uint8Array): void {
		// Locals: V8 keeps these in registers, but not private fields.
		const tableHigh = TABLE_HIGH;
		const tableLow = TABLE_LOW;
		let high = this.#high;
		let low = this.#low;
		// By index: `for of` over bytes is eight times slower (35 against 290 MiB/s in V8).
		for (let at = 0; at < bytes.length; at++) {
			const index = (low ^ (bytes[at] ?? 0)) & 255;
			low = ((low >>> 8) | (high << 24)) ^ (tableLow[index] ?? 0);
			high = (high >>> 8) ^ (tableHigh[index] ?? 0);
		}
		this.#high = high;
		this.#low = low;
	}

	/** Sixteen hexadecimal digits. */
	digest(): string {
		return hex(~this.#high) + hex(~this.#low);
	}
}

const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, '0');

/** As OSS writes it: an unsigned decimal. */
export const toDecimal = (hexadecimal: string): string => BigInt(`0x${hexadecimal}`).toString();

import { expect, test } from 'vitest';
import { hasLostBytes } from '../../src/browser/lost-bytes.js';

/** Of a file that ends earlier by now. */
const cut = (bytes: Uint8Array<ArrayBuffer>): Blob =>
	Object.defineProperty(new Blob([bytes]), 'slice', { value: () => new Blob([]) });

test('a file that is whole has lost none, whatever it ends with', async () => {
	for (const bytes of [Uint8Array.of(), Uint8Array.of(1, 2), Uint8Array.of(1, 0)]) {
		expect(await hasLostBytes(bytes, new Blob([bytes]))).toBe(false);
	}
});

test('[B12] fewer bytes than the file had, as Firefox answers', async () => {
	expect(await hasLostBytes(Uint8Array.of(1), new Blob([Uint8Array.of(1, 2)]))).toBe(true);
});

test('[B12] zeros in the place of lost bytes, as WebKit answers', async () => {
	expect(await hasLostBytes(Uint8Array.of(1, 0), cut(Uint8Array.of(1, 2)))).toBe(true);
});

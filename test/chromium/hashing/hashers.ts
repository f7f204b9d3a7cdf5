import { afterEach, vi } from 'vitest';
import { Crc64, toDecimal } from '../../../src/browser/hashing/crc64.js';
import { createHasher, type HasherOptions } from '../../../src/browser/hashing/hasher.js';
import type { Slice } from '../../../src/core/ports.js';

/** A blob as a file of its own. */
export const whole = (blob: Blob): Slice => ({ blob, file: blob, start: 0 });

export const MiB = 1024 * 1024;
/** Of a test that cancels nothing. */
export const { signal } = new AbortController();
/** CRC-64/XZ of "123456789": 0x995dc9bbdf1939fa. */
export const CHECK_VALUE = '11051210869376104954';

/** By the JavaScript CRC64, over all at once. Not that of the main thread: a test sees when its file is loaded. */
export function crc64Of(bytes: Uint8Array): string {
	const crc64 = new Crc64();
	crc64.update(bytes);
	return toDecimal(crc64.digest());
}

const open: { close(): void }[] = [];

afterEach(() => {
	for (const hasher of open.splice(0)) hasher.close();
	vi.restoreAllMocks();
	vi.unstubAllGlobals();
	vi.useRealTimers();
});

export function hasherWith(options: Partial<HasherOptions> = {}) {
	const warn = vi.fn();
	const hasher = createHasher({ warn, ...options });
	open.push(hasher);
	return { hasher, warn };
}

/** The address of a module worker with this source. */
export const workerOf = (source: string) =>
	URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));

const workerSource = new URL('../../../src/browser/hashing/hash.worker.ts', import.meta.url).href;

/** The worker itself, once this has changed the world that it finds. */
export const workerAfter = (preparation: string) =>
	workerOf(`${preparation}; import(${JSON.stringify(workerSource)});`);

export const withoutWasm = () =>
	workerAfter(`Object.defineProperty(self, 'WebAssembly', { value: undefined })`);

/** Random bytes are made in pieces: no more are given at once. */
export function randomBytes(size: number): Uint8Array<ArrayBuffer> {
	const bytes = new Uint8Array(size);
	for (let start = 0; start < size; start += 65_536) {
		crypto.getRandomValues(bytes.subarray(start, start + 65_536));
	}
	return bytes;
}

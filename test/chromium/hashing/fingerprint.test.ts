import { afterEach, expect, test, vi } from 'vitest';
import { sampledFingerprint } from '../../../src/browser/hashing/fingerprint.js';
import { hasherWith, MiB, randomBytes, signal } from './hashers.js';

afterEach(() => {
	vi.restoreAllMocks();
	vi.unstubAllGlobals();
});

const file = new File([randomBytes(3 * MiB)], 'a.bin');

test('the page makes no slice: for each it would wait for another process of the browser', async () => {
	const { hasher } = hasherWith();
	const sliced = vi.spyOn(Blob.prototype, 'slice');
	const made = vi.fn();
	vi.stubGlobal(
		'Blob',
		class extends Blob {
			constructor(...args: ConstructorParameters<typeof Blob>) {
				super(...args);
				made();
			}
		},
	);
	await sampledFingerprint(hasher)(file, signal);
	expect(sliced).not.toHaveBeenCalled();
	expect(made).not.toHaveBeenCalled();
});

test('the worker and the main thread agree on the samples', async () => {
	const byWorker = await sampledFingerprint(hasherWith().hasher)(file, signal);
	const failing = hasherWith({ workerUrl: new URL('data:text/javascript,throw 1') });
	expect(await sampledFingerprint(failing.hasher)(file, signal)).toBe(byWorker);
	expect(failing.warn).toHaveBeenCalledTimes(1);
});

import { expect, test, vi } from 'vitest';
import { CHECK_VALUE, hasherWith, signal, whole } from './hashers.js';

// One page, one story: what a browser has loaded it keeps, so the order of these tests matters.

const check = new Blob(['123456789']);
const digest = ({ hasher }: ReturnType<typeof hasherWith>) =>
	hasher.digest(whole(check), { md5: false }, signal);
const loaded = () => {
	const names = performance.getEntriesByType('resource').map(({ name }) => name);
	return ['main-thread-hasher', 'main-thread-md5'].filter((file) =>
		names.some((name) => name.includes(file)),
	);
};

/** A deployment: the file is there for the first worker, and for no other. */
function gone(): URL {
	const worker = new URL('../../../src/browser/hashing/hash.worker.ts', import.meta.url).href;
	const source = new Blob([`import(${JSON.stringify(worker)});`], { type: 'text/javascript' });
	return new URL(URL.createObjectURL(source));
}

test('what hashes on the main thread is not loaded before something was hashed, and then with the next second [B7]', async () => {
	vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
	const hashing = hasherWith();
	hashing.hasher.hold?.();
	expect(loaded()).toEqual([]);
	await digest(hashing);
	// Long enough for two files, had they been asked for.
	for (let round = 0; round < 20; round++) await fetch(location.href, { cache: 'no-store' });
	expect(loaded()).toEqual([]);
	vi.advanceTimersByTime(1_000);
	vi.useRealTimers();
	await vi.waitUntil(() => loaded().length === 2, { timeout: 30_000 });
});

test('a worker whose file is gone when it is to start again gives way to what was loaded before [B7]', async () => {
	vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
	const workerUrl = gone();
	const hashing = hasherWith({ workerUrl });
	await digest(hashing);
	URL.revokeObjectURL(workerUrl.href);
	vi.advanceTimersByTime(30_000);
	expect((await digest(hashing)).crc64).toBe(CHECK_VALUE);
	expect(hashing.warn).toHaveBeenCalledTimes(1);
	expect((await digest(hashing)).crc64).toBe(CHECK_VALUE);
	expect(hashing.warn).toHaveBeenCalledTimes(1);
});

test('a worker that cannot start while the browser is offline is tried again, and nobody is warned [B7]', async () => {
	const Original = Worker;
	let started = 0;
	vi.stubGlobal(
		'Worker',
		class extends Original {
			constructor(url: string | URL, options?: WorkerOptions) {
				super(started++ === 0 ? '/there-is-no-such-worker.js' : url, options);
			}
		},
	);
	const online = vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
	const hashing = hasherWith();
	expect((await digest(hashing)).crc64).toBe(CHECK_VALUE);
	online.mockReturnValue(true);
	expect((await digest(hashing)).crc64).toBe(CHECK_VALUE);
	expect(started).toBe(2);
	expect(hashing.warn).not.toHaveBeenCalled();
});

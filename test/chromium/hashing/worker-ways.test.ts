import { expect, test, vi } from 'vitest';
import { CHECK_VALUE, hasherWith, signal, whole } from './hashers.js';

const check = new Blob(['123456789']);
const crc64Of = async ({ hasher }: ReturnType<typeof hasherWith>) =>
	(await hasher.digest(whole(check), { md5: false }, signal)).crc64;

const NOWHERE = '/there-is-no-such-worker.js';
// As Chromium refuses a script of another origin: at once.
const ELSEWHERE = 'https://cdn.example/hash.worker.js';

/** The first so many workers are made with another address; answers how many were made. */
function misplaced(address: string, times: number) {
	let made = 0;
	const Original = Worker;
	vi.stubGlobal(
		'Worker',
		class extends Original {
			constructor(url: string | URL, options?: WorkerOptions) {
				super(made++ < times ? address : url, options);
			}
		},
	);
	return () => made;
}

test.each([
	['is not found', NOWHERE],
	['lies on another origin', ELSEWHERE],
])('a worker whose file %s is started from its text, and nobody is warned [D1]', async (_, address) => {
	const made = misplaced(address, 1);
	const hashing = hasherWith();
	const all = [crc64Of(hashing), crc64Of(hashing), crc64Of(hashing)];
	expect(await Promise.all(all)).toEqual([CHECK_VALUE, CHECK_VALUE, CHECK_VALUE]);
	expect(await crc64Of(hashing)).toBe(CHECK_VALUE);
	expect(made()).toBe(2);
	expect(hashing.warn).not.toHaveBeenCalled();
});

test('where the text is refused too, the main thread hashes, with one warning', async () => {
	const made = misplaced(NOWHERE, 2);
	const hashing = hasherWith();
	expect(await Promise.all([crc64Of(hashing), crc64Of(hashing)])).toEqual([CHECK_VALUE, CHECK_VALUE]);
	expect(await crc64Of(hashing)).toBe(CHECK_VALUE);
	expect(made()).toBe(2);
	expect(hashing.warn).toHaveBeenCalledTimes(1);
});

test.each([NOWHERE, ELSEWHERE])('what `workerUrl` names is the only way: %s', async (workerUrl) => {
	const made = misplaced('', 0);
	const hashing = hasherWith({ workerUrl });
	expect(await crc64Of(hashing)).toBe(CHECK_VALUE);
	expect(hashing.warn).toHaveBeenCalledTimes(1);
	expect(made()).toBe(1);
});

test('a digest that is cancelled while another way is looked for rejects with the reason', async () => {
	misplaced(ELSEWHERE, 1);
	const { hasher } = hasherWith();
	const cancelled = new AbortController();
	const digest = hasher.digest(whole(check), { md5: false }, cancelled.signal);
	const reason = new Error('cancelled');
	cancelled.abort(reason);
	await expect(digest).rejects.toBe(reason);
});

test('in a worker of Firefox, where a worker may never start, none is started, and nothing is warned of', async () => {
	vi.stubGlobal('WorkerGlobalScope', EventTarget);
	vi.spyOn(navigator, 'userAgent', 'get').mockReturnValue(
		'Mozilla/5.0 (X11; rv:153.0) Gecko/20100101 Firefox/153.0',
	);
	const start = vi.fn();
	vi.stubGlobal('Worker', start);
	const { hasher, warn } = hasherWith();
	const { crc64, md5 } = await hasher.digest(whole(check), { md5: true }, signal);
	expect(crc64).toBe(CHECK_VALUE);
	expect(md5).toBe('25F9E794323B453885F5181F1B624D0B');
	expect(start).not.toHaveBeenCalled();
	expect(warn).not.toHaveBeenCalled();
});

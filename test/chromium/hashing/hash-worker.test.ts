import { afterEach, describe, expect, test, vi } from 'vitest';
import type { HasherOptions } from '../../../src/browser/hashing/hasher.js';
import { blobSource } from '../../../src/browser/source.js';
import {
	CHECK_VALUE,
	crc64Of,
	hasherWith,
	MiB,
	randomBytes,
	signal,
	whole,
	withoutWasm,
	workerAfter,
	workerOf,
} from './hashers.js';

/** The workers made from now on. */
function spyOnWorkers(): readonly Worker[] {
	const workers: Worker[] = [];
	const Original = Worker;
	vi.stubGlobal(
		'Worker',
		class extends Original {
			constructor(...args: ConstructorParameters<typeof Worker>) {
				super(...args);
				workers.push(this);
			}
		},
	);
	return workers;
}

const nextMessage = (worker: EventTarget | undefined) =>
	new Promise((resolve) => worker?.addEventListener('message', resolve, { once: true }));

const fakeTimers = () => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });

const check = new Blob(['123456789']);

describe('the life of the worker', () => {
	test('it starts at the first digest, and is one for all', async () => {
		const workers = spyOnWorkers();
		const { hasher } = hasherWith();
		expect(workers).toHaveLength(0);
		await Promise.all([1, 2, 3].map(() => hasher.digest(whole(check), { md5: false }, signal)));
		expect(workers).toHaveLength(1);
	});

	test('a file crosses to it once, however many of its parts are hashed, and nothing is said of one that is done', async () => {
		const said = vi.spyOn(Worker.prototype, 'postMessage');
		const { hasher } = hasherWith();
		const bytes = randomBytes(4 * MiB);
		const source = blobSource(new File([bytes], 'a.bin'));
		const digests: string[] = [];
		for (let at = 0; at < 4; at++) {
			digests.push(
				(await hasher.digest(source.slice(at * MiB, (at + 1) * MiB), { md5: false }, signal)).crc64,
			);
		}
		expect(digests).toEqual([0, 1, 2, 3].map((at) => crc64Of(bytes.subarray(at * MiB, (at + 1) * MiB))));
		const messages = said.mock.calls.map(([message]) => message);
		expect(messages.map(({ type, content }) => [type, content.file instanceof File])).toEqual([
			['digest', true],
			['digest', false],
			['digest', false],
			['digest', false],
		]);
	});

	test('a file that another one came between crosses again', async () => {
		const { hasher } = hasherWith();
		const source = blobSource(new File(['123456789'], 'a.txt'));
		for (const bytes of [
			source.slice(0, 9),
			whole(check),
			source.slice(0, 9),
			whole(new Blob(['123456789'])),
			source.slice(0, 9),
		]) {
			expect((await hasher.digest(bytes, { md5: false }, signal)).crc64).toBe(CHECK_VALUE);
		}
		expect((await hasher.digest(whole(new Blob(['12345678'])), { md5: false }, signal)).crc64).not.toBe(
			CHECK_VALUE,
		);
		expect((await hasher.digest(source.slice(0, 9), { md5: false }, signal)).crc64).toBe(CHECK_VALUE);
	});

	test('it ends after 30 s without a digest, and another starts with the next', async () => {
		const workers = spyOnWorkers();
		fakeTimers();
		const { hasher, warn } = hasherWith();
		await hasher.digest(whole(check), { md5: false }, signal);
		const ended = vi.spyOn(workers[0] as Worker, 'terminate');
		vi.advanceTimersByTime(29_999);
		expect(ended).not.toHaveBeenCalled();
		vi.advanceTimersByTime(1);
		expect(ended).toHaveBeenCalledTimes(1);
		expect((await hasher.digest(whole(check), { md5: false }, signal)).crc64).toBe(CHECK_VALUE);
		expect(workers).toHaveLength(2);
		expect(warn).not.toHaveBeenCalled();
	});

	test('closed, it ends, and what it was at rejects with an AbortError', async () => {
		const workers = spyOnWorkers();
		const { hasher } = hasherWith();
		await hasher.digest(whole(check), { md5: false }, signal);
		const ended = vi.spyOn(workers[0] as Worker, 'terminate');
		const digest = hasher.digest(whole(new Blob([new Uint8Array(8 * MiB)])), { md5: false }, signal);
		hasher.close();
		await expect(digest).rejects.toMatchObject({ name: 'AbortError' });
		expect(ended).toHaveBeenCalledTimes(1);
	});
});

describe('held by a task that runs, the worker [B7]', () => {
	/** A worker that is idle, with what tells when it ends. */
	async function idle() {
		const workers = spyOnWorkers();
		fakeTimers();
		const { hasher } = hasherWith();
		const first = hasher.hold?.() ?? expect.fail();
		const second = hasher.hold?.() ?? expect.fail();
		await hasher.digest(whole(check), { md5: false }, signal);
		return { hasher, workers, first, second, ended: vi.spyOn(workers[0] as Worker, 'terminate') };
	}

	test('does not end, however long nothing is hashed', async () => {
		const { hasher, workers, ended } = await idle();
		vi.advanceTimersByTime(3_600_000);
		expect(ended).not.toHaveBeenCalled();
		await hasher.digest(whole(check), { md5: false }, signal);
		expect(workers).toHaveLength(1);
	});

	test('ends 30 s after the last one let it go', async () => {
		const { first, second, ended } = await idle();
		first();
		vi.advanceTimersByTime(60_000);
		expect(ended).not.toHaveBeenCalled();
		second();
		vi.advanceTimersByTime(29_999);
		expect(ended).not.toHaveBeenCalled();
		vi.advanceTimersByTime(1);
		expect(ended).toHaveBeenCalledTimes(1);
	});

	test('is let go once by each, however often it says so', async () => {
		const { first, second, ended } = await idle();
		first();
		first();
		vi.advanceTimersByTime(60_000);
		expect(ended).not.toHaveBeenCalled();
		second();
		vi.advanceTimersByTime(30_000);
		expect(ended).toHaveBeenCalledTimes(1);
	});

	test('taken hold of again in time does not end', async () => {
		const { hasher, first, second, ended } = await idle();
		first();
		second();
		vi.advanceTimersByTime(29_999);
		hasher.hold?.();
		vi.advanceTimersByTime(60_000);
		expect(ended).not.toHaveBeenCalled();
	});

	test('ends at once when the hasher is closed', async () => {
		const { hasher, ended } = await idle();
		hasher.close();
		expect(ended).toHaveBeenCalledTimes(1);
	});

	test('is not started by that alone', () => {
		const workers = spyOnWorkers();
		hasherWith().hasher.hold?.();
		expect(workers).toHaveLength(0);
	});
});

describe('a worker that fails at its own work [B7]', () => {
	/** The MD5 copies each chunk: no memory for it, so many times. */
	const shortOfMemory = (times: number) =>
		workerAfter(`
			let left = ${times};
			const { slice } = Uint8Array.prototype;
			Uint8Array.prototype.slice = function (...args) {
				if (left-- > 0) throw new RangeError('Array buffer allocation failed');
				return slice.call(this, ...args);
			};
		`);
	const md5 = '25F9E794323B453885F5181F1B624D0B';

	test('once, tries once more by itself, and nobody hears of it', async () => {
		const { hasher, warn } = hasherWith({ workerUrl: shortOfMemory(1) });
		expect(await hasher.digest(whole(check), { md5: true }, signal)).toEqual({ crc64: CHECK_VALUE, md5 });
		expect(warn).not.toHaveBeenCalled();
	});

	test('again and again, gives way to the main thread, with one warning that says why', async () => {
		const { hasher, warn } = hasherWith({ workerUrl: shortOfMemory(Number.POSITIVE_INFINITY) });
		const digests = await Promise.all(
			[1, 2, 3].map(() => hasher.digest(whole(check), { md5: true }, signal)),
		);
		expect(digests).toEqual(digests.map(() => ({ crc64: CHECK_VALUE, md5 })));
		expect(warn).toHaveBeenCalledTimes(1);
		expect(String(warn.mock.calls[0])).toContain('allocation failed');
	});

	test('at a stream that breaks off, though its file can be read, reads it again', async () => {
		const { hasher, warn } = hasherWith({
			workerUrl: workerAfter(`
				const { read } = ReadableStreamBYOBReader.prototype;
				let first = true;
				ReadableStreamBYOBReader.prototype.read = function (view) {
					if (!first) return read.call(this, view);
					first = false;
					return Promise.reject(new TypeError('network error'));
				};
			`),
		});
		expect((await hasher.digest(whole(check), { md5: false }, signal)).crc64).toBe(CHECK_VALUE);
		expect(warn).not.toHaveBeenCalled();
	});

	test('nothing is kept of a failure: the same bytes are hashed again when they are asked for again', async () => {
		const { hasher } = hasherWith({
			workerUrl: workerAfter(`
				const { read } = ReadableStreamBYOBReader.prototype;
				const { arrayBuffer } = Blob.prototype;
				let left = 2;
				const gone = () => Promise.reject(new DOMException('for a moment', 'NotReadableError'));
				ReadableStreamBYOBReader.prototype.read = function (view) { return left-- > 0 ? gone() : read.call(this, view); };
				Blob.prototype.arrayBuffer = function () { return left-- > 0 ? gone() : arrayBuffer.call(this); };
			`),
		});
		const digest = () => hasher.digest(whole(check), { md5: false }, signal);
		await expect(digest()).rejects.toMatchObject({ code: 'FileUnreadable' });
		expect((await digest()).crc64).toBe(CHECK_VALUE);
	});
});

describe('what the worker reads', () => {
	const reads: number[] = [];
	const channel = new BroadcastChannel('reads');
	channel.onmessage = ({ data }) => reads.push(data);
	afterEach(() => void reads.splice(0));

	/** It tells of each read that it begins. */
	const telling = () =>
		workerAfter(`
			const channel = new BroadcastChannel('reads');
			const { arrayBuffer } = Blob.prototype;
			Blob.prototype.arrayBuffer = function () { channel.postMessage(this.size); return arrayBuffer.call(this); };
			const { read } = ReadableStreamBYOBReader.prototype;
			ReadableStreamBYOBReader.prototype.read = function (view) { channel.postMessage(view.byteLength); return read.call(this, view); };
		`);
	const size = 64 * MiB + 5;
	const blob = new Blob([randomBytes(size)]);
	/** All reads begun before have been told of when it resolves. */
	const told = async () => {
		const mark = new BroadcastChannel('reads');
		const heard = nextMessage(channel);
		mark.postMessage(0);
		await heard;
		mark.close();
	};

	test('is each part in pieces of a few MiB, never whole', async () => {
		const { hasher } = hasherWith({ workerUrl: telling() });
		await hasher.digest(whole(blob), { md5: true }, signal);
		// A read may give less than it was asked for.
		await vi.waitUntil(() => reads.reduce((sum, read) => sum + read, 0) >= size);
		expect(Math.max(...reads)).toBeLessThanOrEqual(8 * MiB);
	});

	test('of a part that is cancelled, is no more than the piece it was at', async () => {
		const { hasher } = hasherWith({ workerUrl: telling() });
		const controller = new AbortController();
		const begun = nextMessage(channel);
		const digest = hasher.digest(whole(blob), { md5: true }, controller.signal);
		await begun;
		controller.abort();
		await expect(digest).rejects.toBe(controller.signal.reason);
		// Asked for after the cancellation: what it reads is read after it.
		const small = new Blob([randomBytes(8)]);
		for (let round = 0; round < 20; round++) await hasher.digest(whole(small), { md5: false }, signal);
		await told();
		expect(reads.reduce((sum, read) => sum + read, 0)).toBeLessThan(size);
		expect(reads.slice(reads.indexOf(8)).filter((read) => read !== 8 && read !== 0)).toEqual([]);
	});
});

describe('with one warning the main thread takes over', () => {
	const afterReady = (then: string) =>
		workerOf(`postMessage({ type: 'ready' }); onmessage = () => { ${then} };`);

	test.each<[string, () => Partial<HasherOptions>]>([
		['a worker that cannot be loaded', () => ({ workerUrl: '/there-is-no-such-worker.js' })],
		['a worker that dies at once', () => ({ workerUrl: workerOf('throw new Error("no");') })],
		['a worker that dies at work', () => ({ workerUrl: afterReady('throw new Error("no")') })],
	])('from %s, its digests included, and the page’s error reporting hears nothing', async (_, options) => {
		const onError = vi.fn();
		addEventListener('error', onError);
		try {
			const { hasher, warn } = hasherWith(options());
			const digests = await Promise.all(
				[1, 2, 3].map(() => hasher.digest(whole(check), { md5: true }, signal)),
			);
			expect(new Set(digests.map(({ crc64 }) => crc64))).toEqual(new Set([CHECK_VALUE]));
			await hasher.digest(whole(check), { md5: false }, signal);
			expect(warn).toHaveBeenCalledTimes(1);
			expect(onError).not.toHaveBeenCalled();
		} finally {
			removeEventListener('error', onError);
		}
	});

	test('for what only looks like a Blob and crosses to no worker, without a warning: the worker is well', async () => {
		const { hasher, warn } = hasherWith();
		const own = { size: 9, slice: (from: number, to: number) => check.slice(from, to) } as Blob;
		await hasher.digest(whole(check), { md5: false }, signal);
		expect((await hasher.digest(whole(own), { md5: false }, signal)).crc64).toBe(CHECK_VALUE);
		expect((await hasher.digest(whole(check), { md5: false }, signal)).crc64).toBe(CHECK_VALUE);
		expect(warn).not.toHaveBeenCalled();
	});

	test('where workers are refused', async () => {
		vi.stubGlobal(
			'Worker',
			class {
				constructor() {
					throw new DOMException('refused', 'SecurityError');
				}
			},
		);
		const { hasher, warn } = hasherWith();
		expect((await hasher.digest(whole(check), { md5: false }, signal)).crc64).toBe(CHECK_VALUE);
		expect(warn).toHaveBeenCalledTimes(1);
	});

	test.each<[string, () => string, boolean]>([
		['is never ready', () => workerOf(''), false],
		['ends at work without a word', () => afterReady('close()'), true],
		['is ready and never answers', () => afterReady(''), true],
	])('from a worker that %s, after 15 s of silence, its digests included', async (_, workerUrl, isReady) => {
		const workers = spyOnWorkers();
		fakeTimers();
		const { hasher, warn } = hasherWith({ workerUrl: workerUrl() });
		const digests = [1, 2].map(() => hasher.digest(whole(check), { md5: false }, signal));
		if (isReady) await nextMessage(workers[0]);
		vi.advanceTimersByTime(14_999);
		expect(warn).not.toHaveBeenCalled();
		vi.advanceTimersByTime(1);
		for (const { crc64 } of await Promise.all(digests)) expect(crc64).toBe(CHECK_VALUE);
		await hasher.digest(whole(check), { md5: false }, signal);
		expect(warn).toHaveBeenCalledTimes(1);
	});
});

test('digests asked for again and again put the end of a silent worker off no further', async () => {
	fakeTimers();
	const { hasher, warn } = hasherWith({ workerUrl: workerOf('') });
	const digests = [hasher.digest(whole(check), { md5: false }, signal)];
	for (let second = 1; second <= 15; second++) {
		vi.advanceTimersByTime(1000);
		digests.push(hasher.digest(whole(check), { md5: false }, signal));
	}
	await Promise.all(digests);
	expect(warn).toHaveBeenCalledTimes(1);
});

test('a worker that waits minutes for a slow disk is not taken for a silent one', async () => {
	const workers = spyOnWorkers();
	fakeTimers();
	const { hasher, warn } = hasherWith({
		workerUrl: workerAfter('ReadableStreamBYOBReader.prototype.read = () => new Promise(() => {})'),
	});
	const controller = new AbortController();
	const digest = hasher.digest(whole(check), { md5: true }, controller.signal);
	await nextMessage(workers[0]);
	for (let beat = 1; beat <= 60; beat++) {
		const answered = nextMessage(workers[0]);
		vi.advanceTimersByTime(5000);
		await answered;
	}
	expect(warn).not.toHaveBeenCalled();
	controller.abort();
	await expect(digest).rejects.toBe(controller.signal.reason);
});

test('without WebAssembly the worker goes on in JavaScript, and says so once, though another takes its place', async () => {
	const workers = spyOnWorkers();
	fakeTimers();
	const { hasher, warn } = hasherWith({ workerUrl: withoutWasm() });
	await hasher.digest(whole(check), { md5: false }, signal);
	vi.advanceTimersByTime(30_000);
	await hasher.digest(whole(check), { md5: true }, signal);
	expect(workers).toHaveLength(2);
	expect(warn).toHaveBeenCalledTimes(1);
	expect(String(warn.mock.calls[0])).toContain('WebAssembly');
});

import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { sampledFingerprint } from '../../../src/browser/hashing/fingerprint.js';
import { hasherWith, MiB, randomBytes, signal, workerAfter } from './hashers.js';

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

/** A hasher whose worker tells of each slice that it makes, and that nothing more is to tell, when it is asked. */
function tellingOfSlices(preparation = '') {
	const channel = new BroadcastChannel(crypto.randomUUID());
	const told: unknown[] = [];
	onTestFinished(() => channel.close());
	channel.onmessage = ({ data }) => told.push(data);
	const workerUrl = workerAfter(`
		const channel = new BroadcastChannel('${channel.name}');
		channel.onmessage = () => channel.postMessage('all');
		const { slice } = Blob.prototype;
		Blob.prototype.slice = function (...range) {
			channel.postMessage('slice');
			return slice.apply(this, range);
		};
		${preparation}`);
	const hasTold = (count: number) => vi.waitUntil(() => told.length >= count, { timeout: 30_000 });
	return { ...hasherWith({ workerUrl }), told, hasTold, ask: () => channel.postMessage('?') };
}

test.each([
	['anything', file],
	['zeros, which WebKit gives where a file has lost its end', new File([new Uint8Array(3 * MiB)], 'a.bin')],
])(
	'a file is sliced once for its samples, which are read again before Complete: one that ends with %s',
	async (_, picked) => {
		const { hasher, told, hasTold, ask } = tellingOfSlices();
		const fingerprint = sampledFingerprint(hasher);
		const before = await fingerprint(picked, signal);
		expect(await fingerprint(picked, signal)).toBe(before);
		ask();
		await hasTold(17);
		expect(told.indexOf('all')).toBe(16);
	},
);

test('the samples are read while WebAssembly is compiled', async () => {
	const { hasher, hasTold } = tellingOfSlices('WebAssembly.compile = () => new Promise(() => {});');
	const hashing = sampledFingerprint(hasher)(file, signal).catch((error: Error) => error.message);
	await hasTold(16);
	hasher.close();
	expect(await hashing).toBe('The hasher is closed');
});

test('the worker and the main thread agree on the samples', async () => {
	const byWorker = await sampledFingerprint(hasherWith().hasher)(file, signal);
	const failing = hasherWith({ workerUrl: new URL('data:text/javascript,throw 1') });
	expect(await sampledFingerprint(failing.hasher)(file, signal)).toBe(byWorker);
	expect(failing.warn).toHaveBeenCalledTimes(1);
});

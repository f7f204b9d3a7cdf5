import { afterEach, expect, test, vi } from 'vitest';
import {
	createUploader,
	indexedDbCheckpoints,
	type Transport,
	type Uploader,
	type UploaderOptions,
} from '../../../src/index.js';

const uploaders: Uploader[] = [];

afterEach(async () => {
	for (const uploader of uploaders.splice(0)) await uploader.close();
	vi.restoreAllMocks();
});

/** An OSS that answers an upload in parts when it is told to. */
function waitingOss() {
	let go = () => {};
	const gone = new Promise<void>((resolve) => {
		go = resolve;
	});
	const transport: Transport = {
		async send({ method, url, signal }) {
			await Promise.race([
				gone,
				new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
			]);
			const { searchParams } = new URL(url);
			const text = searchParams.has('uploads')
				? '<InitiateMultipartUploadResult><Bucket>b</Bucket><Key>k</Key><UploadId>U</UploadId></InitiateMultipartUploadResult>'
				: '';
			const headers: Record<string, string> = { 'x-oss-request-id': 'ID', 'content-length': '0' };
			return {
				status: method === 'PUT' || text ? 200 : 204,
				text,
				header: (name) => headers[name.toLowerCase()],
			};
		},
		reaches: async () => true,
	};
	return { transport, go };
}

function uploaderWith(options: Partial<UploaderOptions>): Uploader {
	const uploader = createUploader({
		bucket: 'examplebucket',
		region: 'cn-hangzhou',
		getCredentials: () => ({ accessKeyId: 'a', accessKeySecret: 'b', securityToken: 'c' }),
		checkpoints: false,
		...options,
	});
	uploaders.push(uploader);
	return uploader;
}

const file = new File(['abc'], 'a.txt');

/** Whether the browser would ask before the page is left. */
function asksOnLeave(): boolean {
	const event = new Event('beforeunload', { cancelable: true });
	window.dispatchEvent(event);
	return event.defaultPrevented;
}

test('keepAwake: one wake lock for all that is sent, let go when nothing is', async () => {
	const requested = vi.spyOn(navigator.wakeLock, 'request');
	const { transport, go } = waitingOss();
	const tasks = [1, 2].map(() =>
		uploaderWith({ transport, keepAwake: true }).upload(file, { key: 'k', verify: 'none' }),
	);
	const lock = await vi.waitUntil(() => requested.mock.results[0]?.value as Promise<WakeLockSentinel>);
	expect(lock.released).toBe(false);
	go();
	await Promise.all(tasks.map(({ result }) => result));
	await vi.waitUntil(() => lock.released);
	expect(requested).toHaveBeenCalledTimes(1);
});

test('keepAwake: a pause lets go, and the lock that the browser took away is taken again when the page is seen', async () => {
	const requested = vi.spyOn(navigator.wakeLock, 'request');
	const { transport } = waitingOss();
	const task = uploaderWith({ transport, keepAwake: true }).upload(file, { key: 'k', verify: 'none' });
	const lockOf = (at: number) =>
		vi.waitUntil(() => requested.mock.results[at]?.value as Promise<WakeLockSentinel>);
	const first = await lockOf(0);
	// As browsers do when the page is hidden.
	await first.release();
	document.dispatchEvent(new Event('visibilitychange'));
	const second = await lockOf(1);
	task.pause();
	await vi.waitUntil(() => second.released);
	document.dispatchEvent(new Event('visibilitychange'));
	expect(requested).toHaveBeenCalledTimes(2);
	task.resume();
	expect((await lockOf(2)).released).toBe(false);
});

test('keepAwake: a lock that is refused costs nothing', async () => {
	vi.spyOn(navigator.wakeLock, 'request').mockRejectedValue(new DOMException('no', 'NotAllowedError'));
	const { transport, go } = waitingOss();
	const task = uploaderWith({ transport, keepAwake: true }).upload(file, { key: 'k', verify: 'none' });
	go();
	await task.result;
});

test('warnOnLeave: asked for as long as something has not ended, paused or not', async () => {
	const { transport, go } = waitingOss();
	const task = uploaderWith({ transport, warnOnLeave: true }).upload(file, { key: 'k', verify: 'none' });
	await vi.waitUntil(asksOnLeave);
	task.pause();
	expect(asksOnLeave()).toBe(true);
	task.resume();
	go();
	await task.result;
	await vi.waitUntil(() => !asksOnLeave());
});

test('warnOnLeave: asked for no longer, once the file of what is sent is kept', async () => {
	const { transport, go } = waitingOss();
	go();
	const root = await navigator.storage.getDirectory();
	const handle = await root.getFileHandle('kept.bin', { create: true });
	const writable = await handle.createWritable();
	await writable.write(new Uint8Array(300 * 1024));
	await writable.close();
	const slow: Transport = {
		...transport,
		send: (request) => (request.method === 'PUT' ? new Promise(() => {}) : transport.send(request)),
	};
	const checkpoints = indexedDbCheckpoints({ databaseName: `device-${crypto.randomUUID()}` });
	const options = { key: 'k', partSize: 100 * 1024, verify: 'none' } as const;
	const uploader = uploaderWith({ transport: slow, warnOnLeave: true, checkpoints });
	uploader.upload(await handle.getFile(), { ...options, key: 'picked' }).pause();
	await vi.waitUntil(asksOnLeave);
	await uploader.tasks[0]?.abort();
	const task = uploader.upload(handle, options);
	await vi.waitUntil(() => task.state === 'uploading' && !asksOnLeave());
	// A second one, whose file is not.
	uploader.upload(file, { key: 'small', verify: 'none' });
	expect(asksOnLeave()).toBe(true);
});

test('nothing of it happens by default, and nothing is loaded', async () => {
	const requested = vi.spyOn(navigator.wakeLock, 'request');
	const persisted = vi.spyOn(navigator.storage, 'persist');
	const { transport, go } = waitingOss();
	const task = uploaderWith({ transport }).upload(file, { key: 'k', verify: 'none' });
	expect(asksOnLeave()).toBe(false);
	go();
	await task.result;
	expect(requested).not.toHaveBeenCalled();
	expect(persisted).not.toHaveBeenCalled();
});

test('persistStorage: asked once, at the first upload that is remembered, and not waited for', async () => {
	const persisted = vi.spyOn(navigator.storage, 'persist').mockReturnValue(new Promise(() => {}));
	const { transport, go } = waitingOss();
	go();
	const databaseName = `device-${crypto.randomUUID()}`;
	const options = { transport, persistStorage: true, checkpoints: indexedDbCheckpoints({ databaseName }) };
	const large = new File([new Uint8Array(300 * 1024)], 'b.bin');
	const parts = { partSize: 100 * 1024, verify: 'none' } as const;
	const uploader = uploaderWith(options);
	await uploader.upload(file, { key: 'k', verify: 'none' }).result;
	expect(persisted).not.toHaveBeenCalled();
	uploader.upload(large, { key: 'k', ...parts });
	await vi.waitUntil(() => persisted.mock.calls.length === 1);
	uploader.upload(large, { key: 'l', ...parts });
	uploaderWith(options).upload(large, { key: 'm', ...parts });
	await new Promise((resolve) => setTimeout(resolve));
	expect(persisted).toHaveBeenCalledTimes(1);
});

import { afterEach, expect, test, vi } from 'vitest';
import { createUploadLock } from '../../../src/browser/tabs/upload-lock.js';

/** Of a test that cancels nothing. */
const { signal } = new AbortController();

const frames: HTMLIFrameElement[] = [];
afterEach(() => {
	for (const frame of frames.splice(0)) frame.remove();
});

/** Another document of this origin that holds the lock, as another tab would, until its frame is removed. */
async function holdElsewhere(id: string): Promise<HTMLIFrameElement> {
	const frame = document.createElement('iframe');
	document.body.append(frame);
	frames.push(frame);
	const locks = frame.contentWindow?.navigator.locks;
	await new Promise<void>((resolve) => {
		void locks
			?.request(`oss-resumable-upload:${id}`, () => {
				resolve();
				return new Promise(() => {});
			})
			.catch(() => {});
	});
	return frame;
}

test('an upload running in another tab is not given; when that tab dies, it is', async () => {
	const lock = createUploadLock();
	const frame = await holdElsewhere('a');
	expect(await lock.claim('a')).toBeUndefined();
	frame.remove();
	await navigator.locks.request('oss-resumable-upload:a', () => {});
	const release = await lock.claim('a');
	expect(release).toBeTypeOf('function');
	release?.();
});

test('what is claimed here is held against other tabs, and given back by the release', async () => {
	const release = await createUploadLock().claim('b');
	const names = async () => (await navigator.locks.query()).held?.map(({ name }) => name) ?? [];
	expect(await names()).toContain('oss-resumable-upload:b');
	release?.();
	await navigator.locks.request('oss-resumable-upload:b', () => {});
	expect(await names()).not.toContain('oss-resumable-upload:b');
});

test('an upload that another tab runs is waited for until that tab dies', async () => {
	const frame = await holdElsewhere('d');
	const given = vi.fn();
	const wait = createUploadLock().wait('d', signal);
	void wait.then(given);
	// Queued behind it, as the browser says.
	const pending = async () => (await navigator.locks.query()).pending?.map(({ name }) => name);
	await vi.waitFor(async () => expect(await pending()).toContain('oss-resumable-upload:d'));
	expect(given).not.toHaveBeenCalled();
	frame.remove();
	const release = await wait;
	expect(await createUploadLock().claim('d')).toBeUndefined();
	release();
	(await createUploadLock().claim('d'))?.();
});

test('a wait that is aborted ends with its reason, and leaves the queue', async () => {
	const frame = await holdElsewhere('e');
	const reason = new Error('enough');
	const gaveUp = new AbortController();
	const wait = createUploadLock().wait('e', gaveUp.signal);
	const pending = async () => (await navigator.locks.query()).pending?.map(({ name }) => name);
	await vi.waitFor(async () => expect(await pending()).toContain('oss-resumable-upload:e'));
	gaveUp.abort(reason);
	await expect(wait).rejects.toBe(reason);
	expect(await pending()).not.toContain('oss-resumable-upload:e');
	frame.remove();
	const release = await createUploadLock().wait('e', signal);
	release();
});

test('what is held is told, here and in other tabs, and nothing of what is not ours', async () => {
	const frame = await holdElsewhere('f');
	const release = await createUploadLock().claim('g/ü');
	await navigator.locks.request('not-ours', async () => {
		expect(await createUploadLock().held()).toEqual(new Set(['f', 'g/ü']));
	});
	release?.();
	frame.remove();
	await navigator.locks.request('oss-resumable-upload:f', () => {});
	await navigator.locks.request('oss-resumable-upload:g/ü', () => {});
	expect(await createUploadLock().held()).toEqual(new Set());
});

test('an upload released and claimed again in one moment is given every time', async () => {
	const lock = createUploadLock();
	for (let round = 0; round < 100; round++) {
		const release = await lock.claim('c');
		expect(release, `round ${round}`).toBeTypeOf('function');
		release?.();
	}
});

import { afterEach, expect, test } from 'vitest';
import { createUploadLock } from '../../../src/browser/tabs/upload-lock.js';

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

test('an upload released and claimed again in one moment is given every time', async () => {
	const lock = createUploadLock();
	for (let round = 0; round < 100; round++) {
		const release = await lock.claim('c');
		expect(release, `round ${round}`).toBeTypeOf('function');
		release?.();
	}
});

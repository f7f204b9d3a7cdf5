import { bytesReadBy } from './processes.js';
import { MiB, type Scene } from './scene.js';
import { startSink } from './sink.js';
import type { Visit } from './visit.js';

/** Bytes that all processes of the browser read while `work` is done. */
export async function bytesReadDuring(scene: Scene, work: () => Promise<unknown>): Promise<number> {
	const before = bytesReadBy(scene.browser.pid);
	await work();
	return bytesReadBy(scene.browser.pid) - before;
}

/**
 * The same while the picked file goes out by nothing but `fetch`, in parts of 8 MiB: once its size in Chromium and WebKit,
 * three times in Firefox 140, which no library can help.
 */
export async function bytesReadByFetch(scene: Scene, visit: Visit): Promise<number> {
	const sink = await startSink();
	try {
		return await bytesReadDuring(scene, async () => {
			await visit.tab.call('beginBare', { url: sink.url, partSize: 8 * MiB });
			await visit.whenLooks(({ isBareDone }) => isBareDone);
		});
	} finally {
		await sink.close();
	}
}

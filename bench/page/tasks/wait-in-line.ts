import { createUploader, type Uploader, type UploaderOptions, type UploadTask } from 'oss-resumable-upload';
import { uploaderOptions } from '../candidates/ours.js';
import { watchChanges } from '../changes.js';
import type { Settings, WaitInLineReport } from '../task.js';
import { heapInUse, watchPage } from '../watch.js';

/** Bytes. */
const SMALL = 1024;
/** So many are handed over in one task of the page, as a page does that reads a folder. */
const AT_ONCE = 100;

/** Nobody gets credentials before all tasks are there and have been weighed. */
export async function waitInLine(
	file: File,
	{ tasks: count, ...settings }: Settings & { readonly tasks: number },
): Promise<WaitInLineReport> {
	const { options, open } = gated(uploaderOptions(settings));
	const uploader = createUploader(options);
	const blobs = Array.from({ length: count }, (_, at) => file.slice(at, at + SMALL));
	const before = await heapInUse();
	const watchHandingOver = watchPage();
	const { tasks, callsMs } = await handOver(uploader, blobs);
	const handingOver = await watchHandingOver();
	const heap = (await heapInUse()) - before;

	const watchRun = watchPage();
	const stopCounting = watchChanges(uploader);
	const startedAt = performance.now();
	open();
	await Promise.all(tasks.map(({ result }) => result));
	const ms = performance.now() - startedAt;
	const run = await watchRun();
	const changes = stopCounting(ms);
	await uploader.close();
	return {
		ms,
		heap,
		callsMs,
		longestMs: Math.max(handingOver.longestMs, run.longestMs),
		longTasks: handingOver.longTasks + run.longTasks,
		changes,
	};
}

async function handOver(uploader: Uploader, blobs: readonly Blob[]) {
	const tasks: UploadTask[] = [];
	let callsMs = 0;
	while (tasks.length < blobs.length) {
		const startedAt = performance.now();
		for (const blob of blobs.slice(tasks.length, tasks.length + AT_ONCE)) {
			tasks.push(uploader.upload(blob, { key: `waiting-${tasks.length}` }));
		}
		callsMs += performance.now() - startedAt;
		await new Promise((resolve) => setTimeout(resolve));
	}
	return { tasks, callsMs };
}

/** The same options, with credentials that come only when it is opened. */
function gated({ getCredentials, ...options }: UploaderOptions) {
	let open = () => {};
	const opened = new Promise<void>((resolve) => {
		open = resolve;
	});
	const whenOpen: typeof getCredentials = async (request) => {
		await opened;
		if (getCredentials === undefined) throw new Error('Nobody gives credentials');
		return getCredentials(request);
	};
	return { options: { ...options, getCredentials: whenOpen }, open };
}

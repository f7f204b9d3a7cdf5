import { createUploader } from 'oss-resumable-upload';
import { longestGap } from '../../statistics.js';
import { uploaderOptions } from '../candidates/ours.js';
import type { FirstProgressReport, Settings, TransportName } from '../task.js';
import { transports } from '../transports.js';

interface Watch {
	readonly transport: TransportName;
	readonly watchMs: number;
}

/** Until something is told, and at least for `watchMs`; then the upload is stopped. */
export async function firstProgress(
	file: File,
	{ transport, watchMs, ...settings }: Settings & Watch,
): Promise<FirstProgressReport> {
	const uploader = createUploader({ ...uploaderOptions(settings), transport: transports[transport]() });
	const startedAt = performance.now();
	const task = uploader.upload(file, { key: 'ours', partSize: settings.partSize });
	const moments: number[] = [];
	let last = 0;
	const first = new Promise<number>((resolve, reject) => {
		task.on('progress', ({ loaded }) => {
			if (loaded <= last) return;
			last = loaded;
			moments.push(performance.now());
			resolve(loaded);
		});
		task.result.catch(reject);
	});
	const watched = new Promise((resolve) => setTimeout(resolve, watchMs));
	const loaded = await first;
	await watched;
	const endedAt = performance.now();
	await uploader.close();
	const ms = (moments[0] ?? Number.NaN) - startedAt;
	return { ms, loaded, silentMs: longestGap(moments, startedAt, endedAt) };
}

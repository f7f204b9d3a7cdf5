import { createUploader } from 'oss-resumable-upload';
import { uploaderOptions } from '../candidates/ours.js';
import type { FirstProgressReport, Settings, TransportName } from '../task.js';
import { transports } from '../transports.js';

/** When a byte has been told of, the upload is stopped. */
export async function firstProgress(
	file: File,
	{ transport, ...settings }: Settings & { readonly transport: TransportName },
): Promise<FirstProgressReport> {
	const uploader = createUploader({ ...uploaderOptions(settings), transport: transports[transport]() });
	const startedAt = performance.now();
	const task = uploader.upload(file, { key: 'ours', partSize: settings.partSize });
	const report = await new Promise<FirstProgressReport>((resolve, reject) => {
		task.on('progress', ({ loaded }) => {
			if (loaded > 0) resolve({ ms: performance.now() - startedAt, loaded });
		});
		task.result.catch(reject);
	});
	await uploader.close();
	return report;
}

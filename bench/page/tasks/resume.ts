import { createUploader } from 'oss-resumable-upload';
import { uploaderOptions } from '../candidates/ours.js';
import type { ResumeReport, Settings } from '../task.js';

/** Goes on with an upload as a page does that has just been loaded, until its first missing part is stored. */
export async function resumeParts(file: File, settings: Settings): Promise<ResumeReport> {
	const uploader = createUploader(uploaderOptions(settings));
	const calledAt = performance.timeOrigin + performance.now();
	const task = uploader.upload(file, { key: 'ours', partSize: settings.partSize });
	task.on('warning', ({ code, cause }) => {
		throw new Error(`Not what was to be measured: ${code}`, { cause });
	});
	await new Promise<void>((resolve, reject) => {
		task.on('part', ({ status, resumed }) => status === 'stored' && !resumed && resolve());
		task.result.catch(reject);
	});
	if (task.progress.resumed === 0) throw new Error('The upload began anew');
	await uploader.close();
	return { calledAt };
}

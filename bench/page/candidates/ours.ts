import { createUploader, type UploaderOptions, type Verify } from 'oss-resumable-upload';
import type { Candidate } from '../candidate.js';
import type { Settings } from '../task.js';

/** The library with its defaults. The keys are nobody's. */
export const uploaderOptions = ({ sink, parallel }: Settings): UploaderOptions => ({
	bucket: 'examplebucket',
	region: 'cn-hangzhou',
	endpoint: sink,
	getCredentials: () => ({ accessKeyId: 'bench', accessKeySecret: 'bench', securityToken: 'bench' }),
	parallel,
});

export const ours =
	(verify: Verify): Candidate =>
	async (file, settings) => {
		const uploader = createUploader(uploaderOptions(settings));
		const task = uploader.upload(file, { key: 'ours', partSize: settings.partSize, verify });
		task.on('warning', ({ code, cause }) => {
			throw new Error(`Not what was to be measured: ${code}`, { cause });
		});
		const { verified } = await task.result;
		const isVerified = verified === 'object';
		if (verify !== 'none' && !isVerified) throw new Error(`Verified: ${verified}`);
	};

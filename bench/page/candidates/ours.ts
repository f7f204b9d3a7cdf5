import { createUploader, type UploaderOptions, type UploadTask, type Verify } from 'oss-resumable-upload';
import type { Candidate } from '../candidate.js';
import type { Settings } from '../task.js';

/** Nobody's. */
export const CREDENTIALS = { accessKeyId: 'bench', accessKeySecret: 'bench', securityToken: 'bench' };

/** The library with its defaults. */
export const uploaderOptions = ({ sink, parallel }: Settings): UploaderOptions => ({
	bucket: 'examplebucket',
	region: 'cn-hangzhou',
	endpoint: sink,
	getCredentials: () => CREDENTIALS,
	parallel,
});

/** Milliseconds between two looks whether the copy is there. */
const LOOK_MS = 1000;

/** As `verify` asks, without a warning: anything else is not what was to be measured. */
export async function expectVerified(task: UploadTask, verify: Verify): Promise<void> {
	task.on('warning', ({ code, cause }) => {
		throw new Error(`Not what was to be measured: ${code}`, { cause });
	});
	const { verified } = await task.result;
	if (verify !== 'none' && verified !== 'object') throw new Error(`Verified: ${verified}`);
}

export const ours =
	(verify: Verify): Candidate =>
	async (file, settings) => {
		const uploader = createUploader(uploaderOptions(settings));
		const task = uploader.upload(file, { key: 'ours', partSize: settings.partSize, verify });
		await expectVerified(task, verify);
	};

/** The same, and a copy of the file is kept beside the upload. */
export const oursWithCopy: Candidate = async (file, settings) => {
	const uploader = createUploader(uploaderOptions(settings));
	const task = uploader.upload(file, { key: 'ours', partSize: settings.partSize, keepCopy: file.size });
	let isKept = false;
	const timer = setInterval(async () => {
		const [left] = await uploader.pending();
		isKept ||= left?.source === 'copy';
	}, LOOK_MS);
	try {
		await expectVerified(task, 'crc64');
	} finally {
		clearInterval(timer);
	}
	if (!isKept) throw new Error('Not what was to be measured: no copy was kept');
};

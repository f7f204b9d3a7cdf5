import { isUploadError } from '../index.js';

/** The file that was chosen is not the one of which OSS holds parts. */
export const isOtherFile = (error: unknown): boolean => isUploadError(error) && error.code === 'FileChanged';

/** Whether what OSS holds may be: it is not what another runs, nor what OSS has put together. */
export function mayBeDropped(error: unknown): boolean {
	if (!isUploadError(error)) return true;
	const isPutTogether = error.code === 'ChecksumMismatch' && error.partNumber === undefined;
	return error.code !== 'Locked' && error.code !== 'CallbackFailed' && !isPutTogether;
}

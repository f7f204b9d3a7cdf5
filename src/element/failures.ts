import { isUploadError } from '../index.js';

/** The file that was chosen is not the one of which OSS holds parts. */
export const isOtherFile = (error: unknown): boolean => isUploadError(error) && error.code === 'FileChanged';

/** Nothing is remembered of the upload any more, so that it cannot go on. */
export const hasNoRecord = (error: unknown): boolean =>
	isUploadError(error) && (error.code === 'UploadGone' || error.code === 'CallbackFailed');

/** Only who chooses the file again gets on: this `File` cannot be read any more. */
export const wantsFileAgain = (error: unknown): boolean =>
	isOtherFile(error) || (isUploadError(error) && error.code === 'FileUnreadable' && !error.retryable);

/** Whether what OSS holds may be: it is not what another runs, nor what OSS has put together. */
export function mayBeDropped(error: unknown): boolean {
	if (!isUploadError(error)) return true;
	const isPutTogether = error.code === 'ChecksumMismatch' && error.partNumber === undefined;
	return error.code !== 'Locked' && error.code !== 'CallbackFailed' && !isPutTogether;
}

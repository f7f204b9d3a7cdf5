import { UploadError } from '../../base/errors.js';

/** To be tried again: the disk may only sleep. */
export const fileSilent = (message: string): UploadError =>
	new UploadError(
		'FileUnreadable',
		`${message} from the disk: see that the file is there, then pick it again`,
		{ retryable: true },
	);

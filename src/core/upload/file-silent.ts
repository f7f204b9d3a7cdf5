import { UploadError } from '../../base/errors.js';

/** To be tried again: the disk may only sleep. */
export const fileSilent = (message: string): UploadError =>
	unreadable(`${message} from the disk: see that the file is there, then pick it again`);

/** It answers whoever looks at it, and is not read to its end all the same. */
export const fileSlow = (limitMs: number): UploadError =>
	unreadable(
		`The file answers, but was not read within ${Math.round(limitMs / 1000)} s: upload it again, what OSS holds is not sent again`,
	);

const unreadable = (message: string): UploadError =>
	new UploadError('FileUnreadable', message, { retryable: true });

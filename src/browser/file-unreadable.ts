import { UploadError } from '../base/errors.js';

/** The browser could not read the file: deleted, moved, changed on disk, or its permission is gone. */
export const fileUnreadable = (cause: unknown): UploadError =>
	new UploadError('FileUnreadable', 'The file was moved, deleted or changed: pick it again', { cause });

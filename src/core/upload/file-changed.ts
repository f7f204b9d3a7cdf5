import { UploadError } from '../../base/errors.js';

export const fileChanged = (): UploadError =>
	new UploadError('FileChanged', 'The file was changed while it was sent: pick it again');

import { UploadError } from '../../base/errors.js';

export function locked(): UploadError {
	const message =
		'This upload is running here or in another tab: let it finish there, or stop it there first';
	return new UploadError('Locked', message, { retryable: true });
}

export const isLocked = (error: unknown): boolean => error instanceof UploadError && error.code === 'Locked';

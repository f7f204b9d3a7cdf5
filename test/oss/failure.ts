import { UploadError } from '../../src/base/errors.js';

/** The error that the promise rejects with; anything else is a failure of the test. */
export const failure = async (promise: Promise<unknown>): Promise<UploadError> => {
	const error = await promise.then(
		() => undefined,
		(reason: unknown) => reason,
	);
	if (!(error instanceof UploadError)) throw new Error(`Expected an UploadError, got ${error}`);
	return error;
};

import { UploadError } from './errors.js';

/** What few pages need is loaded when it is needed; a chunk that does not come is a network that fails. */
export async function lazy<T>(module: Promise<T>): Promise<T> {
	try {
		return await module;
	} catch (cause) {
		throw new UploadError('Network', 'A part of the uploader could not be loaded', {
			retryable: true,
			cause,
		});
	}
}

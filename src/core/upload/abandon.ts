import { ServiceError } from '../../base/errors.js';
import type { Checkpoint } from '../model.js';
import type { Remote } from '../ports.js';
import type { Requests } from '../schedule/requests.js';
import { isRefused } from '../schedule/retry.js';

/** Codes that say that there is nothing left to abort. */
const GONE: readonly (string | undefined)[] = ['NoSuchUpload', 'NoSuchBucket'];

/** Why OSS kept the parts of an upload, though it was told. */
export const keptWords = ({ key }: Pick<Checkpoint, 'key'>): string =>
	`OSS does not let this token abort the upload to "${key}", so its parts stay until the bucket's lifecycle rule removes them: allow oss:AbortMultipartUpload`;

export const untoldWords = ({ key }: Pick<Checkpoint, 'key'>): string =>
	`OSS could not be told to drop the former upload to "${key}", so its parts stay until the bucket's lifecycle rule removes them: see \`cause\``;

/**
 * Frees what OSS holds of an upload. Resolves with whether it did; not when this is not allowed to us, which no later
 * try would change. Rejects when OSS cannot be told.
 */
export async function abandon(
	{ remote, requests }: { readonly remote: Remote; readonly requests: Requests },
	{ uploadId }: Pick<Checkpoint, 'uploadId'>,
): Promise<boolean> {
	try {
		await requests.run({
			operation: 'AbortMultipartUpload',
			send: (signal) => remote.abort(uploadId, signal),
		});
		return true;
	} catch (error) {
		if (error instanceof ServiceError && GONE.includes(error.ossCode)) return true;
		if (isRefused(error)) return false;
		throw error;
	}
}

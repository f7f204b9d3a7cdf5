import { UploadError } from '../errors.js';
import type { Checkpoint } from './ports.js';
import type { Round } from './round.js';

/** Codes that say there is nothing left to abort, or that we may not. */
const SETTLED: readonly (string | undefined)[] = ['NoSuchUpload', 'AccessDenied', 'NoSuchBucket'];

/** Frees what OSS holds of an upload, and forgets it. An abort that fails leaves parts behind: a warning tells. */
export async function abandon({ run, remote, requests }: Round, checkpoint: Checkpoint): Promise<void> {
	try {
		await requests.run({
			operation: 'AbortMultipartUpload',
			send: (signal) => remote.abort(checkpoint.uploadId, signal),
		});
	} catch (error) {
		if (!(error instanceof UploadError)) throw error;
		if (!SETTLED.includes(error.ossCode)) {
			const message =
				'OSS could not be told to drop the parts of a given-up upload: its lifecycle rule has to';
			run.emit({ type: 'warning', warning: { code: 'Abort', message, cause: error } });
		}
	}
	await run.checkpoints.delete(checkpoint.id);
}

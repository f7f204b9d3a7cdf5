import { ServiceError } from '../errors.js';
import { locked } from './claim.js';
import type { Checkpoint, Remote, UploadLock } from './ports.js';
import type { Requests } from './requests.js';
import type { Run } from './run.js';

/** Codes that say there is nothing left to abort, or that we may not. */
const SETTLED: readonly (string | undefined)[] = ['NoSuchUpload', 'NoSuchBucket', 'AccessDenied'];

export interface Abandoner {
	readonly run: Pick<Run, 'checkpoints'>;
	readonly remote: Remote;
	readonly requests: Requests;
}

/**
 * Frees what OSS holds of an upload, and forgets it. Rejects when OSS cannot be told: the checkpoint then stays, since
 * it alone knows of parts that somebody pays for.
 */
export async function abandon(
	{ run, remote, requests }: Abandoner,
	{ id, uploadId }: Checkpoint,
): Promise<void> {
	try {
		await requests.run({
			operation: 'AbortMultipartUpload',
			send: (signal) => remote.abort(uploadId, signal),
		});
	} catch (error) {
		if (!(error instanceof ServiceError && SETTLED.includes(error.ossCode))) throw error;
	}
	await run.checkpoints.delete(id);
}

export function notAborted(cause: unknown): { code: 'Abort'; message: string; cause: unknown } {
	return { code: 'Abort', message: 'OSS kept an upload: discard it later', cause };
}

/** Takes an upload that nobody is running, and abandons it. Rejects with `Locked`, or as `abandon` does. */
export async function abandonIdle(lock: UploadLock, abandoner: Abandoner, id: string): Promise<void> {
	const release = await lock.claim(id);
	if (release === undefined) throw locked();
	try {
		// Until now another tab may have finished it, or begun it anew.
		const saved = await abandoner.run.checkpoints.load(id);
		if (saved !== undefined) await abandon(abandoner, saved.checkpoint);
	} finally {
		release();
	}
}

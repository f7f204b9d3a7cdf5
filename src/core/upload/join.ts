import { UploadError, type UploadErrorCode } from '../../base/errors.js';
import { lazy } from '../../base/lazy.js';
import type { Outcome } from '../task/follow.js';
import { locked } from './locked.js';
import type { Destination, Run } from './run.js';

/** An upload that somebody else runs. */
export interface Busy extends Destination {
	readonly id: string;
	readonly fingerprint: string;
}

/**
 * What `ifRunning` says of an upload that runs already: by default it rejects with `Locked`. Else the task gives up its place
 * among those that run, and has the upload, or its end, when the other has let go of it.
 */
export async function join(run: Run, { id, key, fingerprint, settings }: Busy): Promise<Outcome> {
	const { intent, world, signal, emit } = run;
	const { ifRunning = 'fail' } = intent.kind === 'upload' ? intent : {};
	if (ifRunning === 'fail') throw locked();
	emit('aside', true);
	if (ifRunning === 'follow') {
		const { follow } = await lazy(() => import('../task/follow.js'));
		return follow(run, { id, key, fingerprint, headers: settings.headers });
	}
	emit('phase', 'waiting');
	const release = await world.lock.wait(id, signal);
	try {
		return { release, saved: await run.checkpoints.load(id) };
	} catch (error) {
		release();
		throw error;
	}
}

/** How the upload ended for the other, as an error of this task. */
export const failureOf = ({
	code,
	message,
}: {
	readonly code: string;
	readonly message: string;
}): UploadError => new UploadError(code as UploadErrorCode, message);

import type { CheckpointSummary } from '../model.js';
import { follow, type Outcome } from '../task/follow.js';
import type { Destination, Run } from './run.js';

/** An upload that somebody else runs. */
export interface Busy extends Destination {
	readonly id: string;
	readonly fingerprint: string;
}

/**
 * Waits for an upload that runs already, or follows it. The task gives up its place among those that run, and has the upload,
 * or its end, when the other has let go of it.
 */
export async function join(run: Run, { id, key, fingerprint, settings }: Busy): Promise<Outcome> {
	const { intent, world, signal, emit, checkpoints } = run;
	emit('aside', true);
	if (intent.kind === 'upload' && intent.ifRunning === 'follow') {
		return follow(run, { id, key, fingerprint, headers: settings.headers });
	}
	emit('phase', 'waiting');
	const release = await world.lock.wait(id, signal);
	try {
		return { release, saved: await checkpoints.load(id) };
	} catch (error) {
		release();
		throw error;
	}
}

/** The newest upload of this content that another tab runs; never one of this page, so that equal files keep their keys. */
export async function findOther(
	{ world, scope, checkpoints, source }: Run,
	fingerprint: string,
): Promise<CheckpointSummary | undefined> {
	const { bucket, lock } = world;
	const [found, held] = await Promise.all([checkpoints.find({ scope, bucket, fingerprint }), lock.held()]);
	return found.find(
		({ checkpoint: { id, size } }) => size === source.size && held.has(id) && !lock.isOwn(id),
	);
}

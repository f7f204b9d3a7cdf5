import { CallbackError, ServiceError } from '../../base/errors.js';
import type { CheckpointSummary, SavedUpload, Verify } from '../model.js';
import { type Followed, follow } from '../task/follow.js';
import type { CallbackFailure } from '../task/hints.js';
import { AbortedByOther } from './aborted-by-other.js';
import { patientWorld } from './late.js';
import { localDigest } from './local-digest.js';
import type { Run, UploadResult } from './run.js';
import { tellStored } from './tell-stored.js';

/** An upload that somebody else runs. */
export type Busy = Followed;

/** What became of it: it is done for this task too, or this one goes on with `saved` and holds the lock. */
export type Joined =
	| { readonly result: UploadResult }
	| { readonly release: () => void; readonly saved: SavedUpload | undefined };

/**
 * Waits for an upload that runs already, or follows it. The task gives up its place among those that run, and has the
 * upload, or its result, when the other has let go of it; rejects where that was aborted, or its callback failed.
 */
export async function join(run: Run, busy: Busy): Promise<Joined> {
	const { intent, world, signal, emit, checkpoints } = run;
	const isFollowing = intent.kind === 'upload' && intent.ifRunning === 'follow';
	emit('aside', isFollowing ? 'follow' : 'wait');
	if (isFollowing) return followed(run, busy);
	emit('phase', 'waiting');
	const release = await world.lock.wait(busy.id, signal);
	try {
		return { release, saved: await checkpoints.load(busy.id) };
	} catch (error) {
		release();
		throw error;
	}
}

async function followed(run: Run, busy: Busy): Promise<Joined> {
	const { release, saved, ending } = await follow(run, busy);
	if (ending === undefined) return { release, saved };
	let isOver = true;
	try {
		if (ending.how !== 'done') throw new AbortedByOther();
		const result = await ownResult(run, busy.settings.verify, ending.result);
		if (result) return { result: endAsOther(run, result, ending.callback) };
		isOver = false;
		return { release, saved };
	} finally {
		if (isOver) release();
	}
}

/** Another task has brought the upload to its end. */
function endAsOther(run: Run, result: UploadResult, callback: CallbackFailure | undefined): UploadResult {
	tellStored(run);
	run.progress.finish();
	run.emit('progress', true);
	if (callback) throw new CallbackError(result, new ServiceError(callback.message, callback));
	return result;
}

/** The result, as it holds for the file of this task; undefined where that is another: its fingerprint vouches for nothing. */
async function ownResult(run: Run, verify: Verify, result: UploadResult): Promise<UploadResult | undefined> {
	const { source, signal, emit } = run;
	if (verify === 'none' || result.crc64 === undefined) return { ...result, verified: 'none' };
	// A pause waits for it: resumed, the task would find nothing of the upload.
	emit('phase', 'completing');
	const patient = { ...patientWorld(run), source };
	const digest = await localDigest(patient, { start: 0, end: source.size }, false, signal);
	return digest.crc64 === result.crc64 ? result : undefined;
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

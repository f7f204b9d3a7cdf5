import { scoped, withDeadline } from '../abortable.js';
import { CallbackError, UploadError } from '../errors.js';
import { abandonIdle, notAborted } from './abandon.js';
import { findAfterRefusal, wholeCrc64 } from './outcome.js';
import type { ObjectReceipt } from './ports.js';
import { type OpenUpload, type Round, tellProgress } from './round.js';
import type { UploadResult } from './run.js';

/** OSS was seen to need 5 minutes for 34 GB; it goes on even when the connection is lost. */
const COMPLETE_CAP_MS = 30 * 60_000;
/** How often HEAD asks beside a Complete that has not answered. */
const WATCH_MS = 60_000;

/** Has OSS put the parts together, compares the whole, and forgets the upload. */
export async function completeUpload(round: Round, upload: OpenUpload): Promise<UploadResult> {
	const { run } = round;
	const { id, uploadId } = upload.checkpoint;
	run.emit('phase', 'completing');
	// Written first: if the page dies before the answer, the next one knows that the object may be there.
	await run.checkpoints.markCompleting(id);
	const parts = [...upload.stored.values()]
		.sort((a, b) => a.partNumber - b.partNumber)
		.map(({ partNumber, etag = '' }) => ({ partNumber, etag }));
	let attempts = upload.checkpoint.completing ? 1 : 0;
	const completing = round.requests.run({
		operation: 'CompleteMultipartUpload',
		deadlineMs: COMPLETE_CAP_MS,
		send: (signal) => {
			attempts++;
			return watched(round, upload, signal, (ended) => round.remote.complete(uploadId, parts, ended));
		},
	});
	const receipt = await completing.catch((error) => findAfterRefusal(round, upload, error, attempts > 1));
	return finishUpload(round, upload, receipt);
}

/** The answer of `complete`, or of a HEAD that finds the object while `complete` still hangs. */
function watched(
	round: Round,
	upload: OpenUpload,
	signal: AbortSignal,
	complete: (signal: AbortSignal) => Promise<ObjectReceipt>,
): Promise<ObjectReceipt> {
	return scoped(signal, ({ signal: ended }) => {
		const { clock } = round.run.world;
		const watch = async (): Promise<ObjectReceipt> => {
			for (;;) {
				await clock.sleep(WATCH_MS, ended);
				const expected = wholeCrc64(upload);
				const asking = withDeadline(clock, WATCH_MS, ended, (asked) => round.remote.head(asked));
				const info = await asking.catch(() => undefined);
				if (info?.size === upload.plan.size && expected !== undefined && info.crc64 === expected) return info;
			}
		};
		return Promise.race([complete(ended), watch()]);
	});
}

/** OSS has the object: compares it as a whole, and only then forgets how it came there. */
export async function finishUpload(
	round: Round,
	upload: OpenUpload,
	receipt: ObjectReceipt,
): Promise<UploadResult> {
	const { run } = round;
	const expected = wholeCrc64(upload) ?? upload.finished?.crc64;
	// Whether right or wrong, this upload has ended at OSS: nothing of it can be resumed.
	await run.checkpoints.delete(upload.checkpoint.id);
	if (expected !== undefined && receipt.crc64 !== undefined && expected !== receipt.crc64) {
		throw new UploadError(
			'ChecksumMismatch',
			`Expected the object's CRC64 to be ${expected}, got ${receipt.crc64}`,
			{ requestId: receipt.requestId, retryable: true },
		);
	}
	return resultOf(
		round,
		receipt,
		expected,
		[...upload.stored.values()].every((part) => part.verified),
	);
}

/** The end of every upload, in parts or not. `crc64` is the local one. */
export async function resultOf(
	round: Round,
	{ etag, crc64, location, requestId, callback, callbackFailure }: ObjectReceipt,
	localCrc64: string | undefined,
	partsVerified: boolean,
): Promise<UploadResult> {
	const { run, target } = round;
	await forgetRivals(round);
	run.progress.finish();
	tellProgress(run);
	const isCompared = localCrc64 !== undefined && crc64 !== undefined;
	const result: UploadResult = {
		bucket: run.world.bucket,
		key: target.key,
		etag,
		size: run.source.size,
		crc64: crc64 ?? localCrc64,
		verified: isCompared ? 'object' : partsVerified ? 'parts' : 'none',
		resumed: run.progress.snapshot().resumed,
		location,
		requestId,
		...(callback !== undefined && { callback }),
	};
	if (callbackFailure !== undefined) throw new CallbackError(result, callbackFailure);
	return result;
}

/** Other unfinished uploads to this key would one day overwrite the object that has just been finished. */
async function forgetRivals(round: Round): Promise<void> {
	const { run, target } = round;
	const query = { scope: run.scope, bucket: run.world.bucket, key: target.key };
	for (const { checkpoint } of await run.checkpoints.find(query)) {
		if (checkpoint.id === target.id) continue;
		// The object is stored all the same; one that is running has its own way to end.
		const told = (cause: unknown) => run.emit('warning', notAborted(cause));
		await abandonIdle(run.world.lock, round, checkpoint.id).catch(told);
	}
}

import { scoped, withDeadline } from '../../base/abortable.js';
import { CallbackError, UploadError } from '../../base/errors.js';
import type { ObjectReceipt } from '../model.js';
import { briefly } from './briefly.js';
import { emptyRecord, writeWithoutParts } from './empty-record.js';
import type { OpenUpload } from './open-upload.js';
import { differingAtComplete } from './other-settings.js';
import {
	confirmed,
	expectedOf,
	findAfterRefusal,
	isOurs,
	warnOfLostCallback,
	wholeCrc64,
} from './outcome.js';
import { type Round, tellProgress } from './round.js';
import type { Destination, UploadResult, Verified } from './run.js';
import { tellStored } from './tell-stored.js';

/** OSS was seen to need 5 minutes for 34 GB; it goes on even when the connection is lost. */
const COMPLETE_CAP_MS = 30 * 60_000;
/** How often HEAD asks beside a Complete that has not answered. */
const WATCH_MS = 60_000;

/** Has OSS put the parts together, compares the whole, and forgets the upload. */
export async function completeUpload(round: Round, upload: OpenUpload): Promise<UploadResult> {
	const { run, target } = round;
	const { checkpoint } = upload;
	const { id, uploadId } = checkpoint;
	run.emit('phase', 'completing');
	const differs = differingAtComplete(round, checkpoint).length > 0;
	const isOtherwise = differs && checkpoint.completing;
	// Written first: if the page dies before the answer, the next one knows that the object may be there, and how.
	if (differs) await writeWithoutParts(run, { ...checkpoint, settings: target.settings, completing: true });
	else await run.checkpoints.mark(id, 'completing');
	const parts = [...upload.stored.values()]
		.sort((a, b) => a.partNumber - b.partNumber)
		.map(({ partNumber, etag = '' }) => ({ partNumber, etag }));
	let attempts = checkpoint.completing ? 1 : 0;
	const completing = round.requests.run({
		operation: 'CompleteMultipartUpload',
		deadlineMs: COMPLETE_CAP_MS,
		send: (signal) => {
			attempts++;
			const complete = async (ended: AbortSignal) => {
				const answer = await round.remote.complete(uploadId, parts, ended);
				return confirmed(round, answer, () => expectedOf(upload), ended);
			};
			return isOtherwise ? complete(signal) : watched(round, upload, signal, complete);
		},
	});
	const answered = await completing.catch(async (error) => {
		run.memory.carriedCallback ||= round.remote.carriesCallback;
		if (isOtherwise) throw error;
		const found = await findAfterRefusal(round, () => expectedOf(upload), error, attempts > 1);
		warnOfLostCallback(round);
		return found;
	});
	return finishUpload(round, upload, answered);
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
				const asking = withDeadline(clock, WATCH_MS, ended, (asked) => round.remote.head(asked));
				const info = await asking.catch(() => undefined);
				if (info === undefined || !isOurs(info, expectedOf(upload))) continue;
				warnOfLostCallback(round);
				return info;
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
	const { run, target } = round;
	const { verify } = target.settings;
	// The checksums of earlier visits speak for the file of that time; unless they were compared, they are worth nothing.
	const isHashed = verify !== 'none';
	const expected = isHashed ? (upload.finished ? upload.finished.crc64 : wholeCrc64(upload)) : undefined;
	const isWrong = expected !== undefined && receipt.crc64 !== undefined && expected !== receipt.crc64;
	if (!isWrong) tellStored(run);
	// Whether right or wrong, this upload has ended at OSS: no part of it can be used again.
	const { id } = upload.checkpoint;
	const ended = isWrong ? emptyRecord(run, id, { completing: false }) : run.forget(id);
	await briefly(run.world.clock, ended);
	if (isWrong) throw wrongObject(target.key, expected, receipt);
	const areVerified = [...upload.stored.values()].every((part) => part.verified);
	return resultOf(round, receipt, expected, isHashed && areVerified);
}

function wrongObject(key: string, expected: string, { crc64, requestId }: ObjectReceipt): UploadError {
	return new UploadError(
		'ChecksumMismatch',
		`The object that now lies at "${key}" is not the file: its CRC64 is ${crc64}, the file's is ${expected}. Upload the file again to replace it`,
		{ requestId, retryable: true },
	);
}

/** The end of every upload, in parts or not. `crc64` is the local one. */
export async function resultOf(
	round: Round<Destination>,
	{ etag, crc64, location, requestId, callback, callbackFailure }: ObjectReceipt,
	localCrc64: string | undefined,
	partsVerified: boolean,
): Promise<UploadResult> {
	const { run, target } = round;
	run.progress.finish();
	tellProgress(run);
	const isCompared = localCrc64 !== undefined && crc64 !== undefined;
	const verified: Verified = isCompared ? 'object' : partsVerified ? 'parts' : 'none';
	const result: UploadResult = {
		bucket: run.world.bucket,
		key: target.key,
		etag,
		size: run.source.size,
		crc64: crc64 ?? localCrc64,
		verified,
		resumed: run.progress.snapshot().resumed,
		skipped: false,
		location,
		requestId,
		...(callback !== undefined && { callback }),
	};
	if (callbackFailure !== undefined) throw new CallbackError(result, callbackFailure);
	return result;
}

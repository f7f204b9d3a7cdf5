import { ServiceError } from '../errors.js';
import { combineCrc64 } from './crc64.js';
import type { ObjectInfo } from './ports.js';
import { remedyFor } from './retry.js';
import type { OpenUpload, Round } from './round.js';

/** OSS allows clocks to differ by this much. */
const CLOCK_TOLERANCE_MS = 15 * 60_000;

/** What OSS holds of an upload; without a checkpoint, of a PutObject: nothing in parts. */
export type Holdings = Pick<OpenUpload, 'plan' | 'stored'> & Partial<Pick<OpenUpload, 'checkpoint'>>;

/** CRC64 of the whole file from its parts' local ones; undefined when one of them was not computed. */
export function wholeCrc64({ plan, stored }: Holdings): string | undefined {
	const ranges: { crc64: string; size: number }[] = [];
	for (let partNumber = 1; partNumber <= plan.partCount; partNumber++) {
		const part = stored.get(partNumber);
		if (part?.crc64 === undefined) return undefined;
		ranges.push({ crc64: part.crc64, size: part.size });
	}
	return combineCrc64(ranges);
}

/**
 * After a request that was to finish the object was refused: the object, when an earlier one had finished it and its
 * answer was lost; else rejects with the refusal. `isRepeated`: there may have been an earlier one.
 */
export async function findAfterRefusal(
	round: Round,
	upload: Holdings,
	error: unknown,
	isRepeated: boolean,
): Promise<ObjectInfo> {
	const ossCode = error instanceof ServiceError ? error.ossCode : undefined;
	// For NoSuchUpload the browser itself may have sent the request twice.
	const mayBeDone = ossCode === 'NoSuchUpload' || (isRepeated && ossCode === 'FileAlreadyExists');
	const found = mayBeDone ? await findFinished(round, upload) : undefined;
	if (found === undefined) throw error;
	return found;
}

/**
 * After a Complete or PutObject whose answer was lost: the object, when it is this file; undefined when there is none,
 * or another. Rejects with `UploadGone` when OSS does not let us look: a second upload over a finished
 * object must not happen unnoticed.
 */
async function findFinished(
	{ run, remote, requests }: Round,
	upload: Holdings,
): Promise<ObjectInfo | undefined> {
	let info: ObjectInfo | undefined;
	try {
		info = await requests.run({ operation: 'HeadObject', send: (attempt) => remote.head(attempt) });
	} catch (error) {
		if (!(error instanceof ServiceError) || remedyFor(error) === 'retry') throw error;
		throw error.as('UploadGone', 'The object may be there, and HEAD (oss:GetObject) is refused');
	}
	if (info === undefined || info.size !== upload.plan.size) return undefined;
	if (info.crc64 === undefined) {
		// CORS hides the checksum: an object of this size that is younger than the upload has to do, unless the
		// file may be another one than then (no part of it is trusted).
		const { checkpoint, stored } = upload;
		const isYounger = checkpoint && (info.lastModified ?? 0) >= checkpoint.createdAt - CLOCK_TOLERANCE_MS;
		return isYounger && stored.size > 0 ? info : undefined;
	}
	const whole = run.source.slice(0, run.source.size);
	const local =
		wholeCrc64(upload) ?? (await run.world.hasher.digest(whole, { md5: false }, run.signal)).crc64;
	return info.crc64 === local ? info : undefined;
}

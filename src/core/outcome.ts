import { ServiceError } from '../errors.js';
import { combineCrc64 } from './crc64.js';
import type { ObjectInfo } from './ports.js';
import type { OpenUpload, Round } from './round.js';

/** OSS allows clocks to differ by this much. */
const CLOCK_TOLERANCE_MS = 15 * 60_000;

/** What OSS holds of an upload. */
export type Holdings = Pick<OpenUpload, 'checkpoint' | 'plan' | 'stored'>;

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
 * After a Complete whose answer was lost, and an upload that is gone: the object, when it is this file; undefined when
 * there is none, or another. Rejects with `UploadGone` when OSS does not let us look: a second upload over a finished
 * object must not happen unnoticed.
 */
export async function findFinished(
	{ run, remote, requests }: Round,
	upload: Holdings,
): Promise<ObjectInfo | undefined> {
	let info: ObjectInfo | undefined;
	try {
		info = await requests.run({ operation: 'HeadObject', send: (attempt) => remote.head(attempt) });
	} catch (error) {
		if (!(error instanceof ServiceError)) throw error;
		throw error.as(
			'UploadGone',
			'OSS forgot the upload, and HEAD (oss:GetObject) is refused: see whether the object is there',
		);
	}
	if (info === undefined || info.size !== upload.plan.size) return undefined;
	if (info.crc64 === undefined) {
		// CORS hides the checksum: an object of this size that is younger than the upload has to do, unless the
		// file may be another one than then (no part of it is trusted).
		const isYounger = (info.lastModified ?? 0) >= upload.checkpoint.createdAt - CLOCK_TOLERANCE_MS;
		return isYounger && upload.stored.size > 0 ? info : undefined;
	}
	const whole = run.source.slice(0, run.source.size);
	const local =
		wholeCrc64(upload) ?? (await run.world.hasher.digest(whole, { md5: false }, run.signal)).crc64;
	return info.crc64 === local ? info : undefined;
}

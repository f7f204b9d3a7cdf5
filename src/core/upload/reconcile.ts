import type { ListedPart, UploadedPart } from '../model.js';
import { type Plan, partLength } from './plan.js';

export interface Reconciled {
	/** Recorded, and listed by OSS with the same ETag and exact size. */
	readonly stored: ReadonlyMap<number, UploadedPart>;
	/** Recorded, but OSS does not hold them so. */
	readonly lost: readonly UploadedPart[];
	/**
	 * Listed with the exact size, but not recorded, as when the page died between the answer and the record: to be
	 * adopted when the checksum equals the local one.
	 */
	readonly unrecorded: Map<number, ListedPart>;
}

/** Compares what the checkpoint recorded with what OSS lists. A part whose ETag CORS had hidden gets it here. */
export function reconcile(
	plan: Plan,
	recorded: readonly UploadedPart[],
	listed: readonly ListedPart[],
): Reconciled {
	const unrecorded = new Map<number, ListedPart>();
	for (const part of listed) {
		if (part.partNumber <= plan.partCount && part.size === partLength(plan, part.partNumber)) {
			unrecorded.set(part.partNumber, part);
		}
	}
	const stored = new Map<number, UploadedPart>();
	const lost: UploadedPart[] = [];
	for (const part of recorded) {
		const match = unrecorded.get(part.partNumber);
		if (match === undefined || !isSame(part, match)) {
			lost.push(part);
			continue;
		}
		unrecorded.delete(part.partNumber);
		const verified = part.verified || (part.crc64 !== undefined && part.crc64 === match.crc64);
		stored.set(part.partNumber, { ...part, etag: match.etag, verified });
	}
	return { stored, lost, unrecorded };
}

/** Both have the plan's exact size: the recorded ones are `fitting`, the listed ones were looked at above. */
function isSame(part: UploadedPart, listed: ListedPart): boolean {
	if (part.crc64 !== undefined && listed.crc64 !== undefined && part.crc64 !== listed.crc64) return false;
	if (part.etag !== undefined) return part.etag === listed.etag;
	// CORS hid the ETag: an equal checksum tells that it is the part that was sent; where nothing was hashed, its size.
	return part.crc64 === undefined || listed.crc64 !== undefined;
}

/** Recorded parts that fit the plan: a checkpoint's own rows may have been damaged. */
export function fitting(plan: Plan, parts: readonly UploadedPart[]): Map<number, UploadedPart> {
	const fits = parts.filter(
		({ partNumber, size }) => partNumber <= plan.partCount && size === partLength(plan, partNumber),
	);
	return new Map(fits.map((part) => [part.partNumber, part]));
}

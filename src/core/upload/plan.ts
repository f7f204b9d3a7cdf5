const KiB = 1024;
const MiB = 1024 * 1024;
const GiB = 1024 * 1024 * 1024;

/** OSS's limits on parts (API reference, "Multipart upload"). */
export const LIMITS: {
	readonly minPartSize: number;
	readonly maxPartSize: number;
	readonly maxParts: number;
} = {
	/** Bytes; every part but the last. */
	minPartSize: 100 * KiB,
	/** Bytes; also the limit of one PutObject. */
	maxPartSize: 5 * GiB,
	maxParts: 10_000,
};

/** Part sizes are raised to a multiple of this, so that a chosen size of 100 KiB stays a whole number of KiB. */
const PART_SIZE_STEP = KiB;

const AUTO_MIN_PART_SIZE = 4 * MiB;
/** Bytes: up to here a file of one part has nothing that would be worth remembering. */
const SMALL_SIZE = 4 * MiB;
/** A page of ListParts: a resume asks once. */
const AUTO_MAX_PARTS = 1000;
/**
 * Every part costs a preflight and a wait for its answer, every interruption what the parts under way had sent: with
 * a part size that grows as the root of the file's, neither outweighs the other. 1 GiB goes out in 128 parts.
 */
const AUTO_PARTS_PER_MIB = 16;

/** Parts are computed, not listed: a plan of 10,000 parts is three numbers. */
export interface Plan {
	/** Bytes of the whole file. */
	readonly size: number;
	/** Bytes of every part but the last. */
	readonly partSize: number;
	readonly partCount: number;
}

/** Whether the file goes out in one PutObject: there is nothing to resume then. */
export function isOnePart(size: number, partSize: number | 'auto'): boolean {
	return planUpload(size, partSize).partCount === 1;
}

/** Whether it is done with one request, which costs less than to find out whether it was made before. */
export const isSmall = (size: number, partSize: number | 'auto'): boolean =>
	size <= SMALL_SIZE && isOnePart(size, partSize);

/** Where a part lies in the file: bytes `start` to `end` (exclusive). */
export interface PartRange {
	readonly partNumber: number;
	readonly start: number;
	readonly end: number;
}

/**
 * The plan for a new upload of at most 10,000 parts of 5 GiB. A part size that would need more than 10,000 parts is
 * raised, never rejected.
 */
export function planUpload(size: number, partSize: number | 'auto'): Plan {
	const wanted = partSize === 'auto' ? autoPartSize(size) : partSize;
	const needed = Math.ceil(size / LIMITS.maxParts / PART_SIZE_STEP) * PART_SIZE_STEP;
	return planOf(size, Math.max(wanted, needed));
}

/** The plan of an upload that has begun: its part size is taken as it is. */
export function planOf(size: number, partSize: number): Plan {
	return { size, partSize, partCount: Math.max(1, Math.ceil(size / partSize)) };
}

/** `partNumber` counts from 1. */
export function partRange({ size, partSize }: Plan, partNumber: number): PartRange {
	const start = (partNumber - 1) * partSize;
	return { partNumber, start, end: Math.min(start + partSize, size) };
}

export function partLength(plan: Plan, partNumber: number): number {
	const { start, end } = partRange(plan, partNumber);
	return end - start;
}

function autoPartSize(size: number): number {
	let partSize = AUTO_MIN_PART_SIZE;
	const isTooMany = () => size > partSize * Math.min(AUTO_MAX_PARTS, (AUTO_PARTS_PER_MIB * partSize) / MiB);
	// The last power of two that OSS takes is 4 GiB; what needs larger parts still, `planUpload` raises.
	while (isTooMany() && partSize * 2 <= LIMITS.maxPartSize) partSize *= 2;
	return partSize;
}

import type { Checkpoint, ObjectSettings, UploadedPart, Verify } from '../../core/model.js';

/** A part as it is stored. */
export interface PartRow extends UploadedPart {
	readonly id: string;
	/** When it was recorded, milliseconds since 1970. */
	readonly at: number;
}

const GiB = 1024 ** 3;
/** OSS's own limits: a row beyond them cannot be of an upload. */
const MAX_PARTS = 10_000;
const MIN_PART_SIZE = 100 * 1024;
const MAX_PART_SIZE = 5 * GiB;
/** Milliseconds: what a `Date` can hold, before 1970 and after. */
const MAX_TIME = 8.64e15;
/** Milliseconds: how far OSS lets a clock be off. */
const CLOCK_TOLERANCE_MS = 15 * 60_000;

const VERIFY: readonly unknown[] = ['crc64', 'md5', 'full', 'none'] satisfies Verify[];

type Check = (value: unknown) => boolean;
type Shape<T> = { readonly [Name in keyof T]-?: Check };

const isBoolean: Check = (value) => typeof value === 'boolean';
/** Whole characters: half a surrogate pair has no UTF-8, and could not be sent. */
const isText: Check = (value) => typeof value === 'string' && !/\p{Surrogate}/u.test(value);
const isName: Check = (value) => value !== '' && isText(value);
const isTextIfAny: Check = (value) => value === undefined || isText(value);
const isWithin =
	(min: number, max: number): Check =>
	(value) =>
		Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max;
const isTime: Check = (value) => Number.isFinite(value) && Math.abs(Number(value)) <= MAX_TIME;
const isVerify: Check = (value) => VERIFY.includes(value);
const isHeaders: Check = (value) =>
	isObject(value) && !Array.isArray(value) && Object.entries(value).flat().every(isText);
const isAny: Check = () => true;

const SETTINGS: Shape<ObjectSettings> = {
	headers: isHeaders,
	guessedContentType: isText,
	verify: isVerify,
};

/** Beside `data`, which need not be there, and is what the app says it is. */
const CHECKPOINT: Shape<Omit<Checkpoint, 'data'>> = {
	id: isName,
	scope: isText,
	bucket: isName,
	key: isName,
	fingerprint: isText,
	uploadId: isName,
	size: isWithin(0, MAX_PARTS * MAX_PART_SIZE),
	partSize: isWithin(1, Number.MAX_SAFE_INTEGER),
	name: isText,
	// They have a shape of their own.
	settings: isAny,
	initiateDigest: isText,
	createdAt: isTime,
	notBefore: isTime,
	ttlMs: (value) => Number.isFinite(value) && Number(value) >= 0,
	completing: isBoolean,
	abandoned: isBoolean,
};

const PART: Shape<UploadedPart> = {
	partNumber: isWithin(1, MAX_PARTS),
	size: isWithin(0, MAX_PART_SIZE),
	etag: isTextIfAny,
	crc64: isTextIfAny,
	verified: isBoolean,
};

/**
 * The row as a checkpoint, without what is no field of it; undefined when it is not sound. A row may come from
 * anywhere: another version, a developer's console, a damaged profile, somebody's own store.
 */
export function checkpointFrom(row: unknown): Checkpoint | undefined {
	if (!isObject(row)) return undefined;
	const settings = shaped(SETTINGS, Reflect.get(row, 'settings'));
	// 0.1 knew neither of the two.
	const {
		createdAt,
		notBefore = Number(createdAt) - CLOCK_TOLERANCE_MS,
		abandoned = false,
		data,
	}: Partial<Checkpoint> = row;
	const checkpoint = shaped(CHECKPOINT, { ...row, settings, notBefore, abandoned });
	if (!checkpoint || !settings || !isPlan(checkpoint)) return undefined;
	return data === undefined ? checkpoint : { ...checkpoint, data };
}

/** As `checkpointFrom`, for one part. */
export const partFrom = (row: unknown): UploadedPart | undefined => shaped(PART, row);

/** The number of the last part. A file of no bytes has one. */
export const lastPartOf = ({ size, partSize }: Pick<Checkpoint, 'size' | 'partSize'>): number =>
	Math.max(1, Math.ceil(size / partSize));

function isPlan(checkpoint: Pick<Checkpoint, 'size' | 'partSize'>): boolean {
	const { size, partSize } = checkpoint;
	// The whole file in one part may be of any size.
	if (partSize >= size) return true;
	return isWithin(MIN_PART_SIZE, MAX_PART_SIZE)(partSize) && lastPartOf(checkpoint) <= MAX_PARTS;
}

function isObject(value: unknown): value is object {
	return typeof value === 'object' && value !== null;
}

/** The fields of the shape and no others, or undefined where one of them is not sound. */
function shaped<T>(shape: Shape<T>, row: unknown): T | undefined {
	if (!isObject(row)) return undefined;
	const checks = Object.entries<Check>(shape);
	const fields = checks.map(([name]) => [name, Reflect.get(row, name)] as const);
	if (!checks.every(([, isSound], index) => isSound(fields[index]?.[1]))) return undefined;
	// Every field of T was looked at.
	return Object.fromEntries(fields) as T;
}

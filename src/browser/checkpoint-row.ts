import type { Checkpoint, UploadedPart } from '../core/ports.js';

/** A part as it is stored. */
export interface PartRow extends UploadedPart {
	readonly id: string;
	/** When it was recorded, milliseconds since 1970. */
	readonly at: number;
}

type Check = (value: unknown) => boolean;
type Shape<T> = { readonly [Name in keyof Required<T>]: Check };

const isString: Check = (value) => typeof value === 'string';
const isBoolean: Check = (value) => typeof value === 'boolean';
/** Bytes, milliseconds and part numbers: none is negative. */
const isNumber: Check = (value) => typeof value === 'number' && value >= 0;
const isPositive: Check = (value) => Number.isSafeInteger(value) && isNumber(value) && value !== 0;
const maybe =
	(check: Check): Check =>
	(value) =>
		value === undefined || check(value);

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null;

const fits = <T>(value: unknown, shape: Shape<T>): value is T =>
	isObject(value) && Object.entries<Check>(shape).every(([name, check]) => check(value[name]));

const CHECKPOINT: Shape<Checkpoint> = {
	id: isString,
	scope: isString,
	bucket: isString,
	key: isString,
	fingerprint: isString,
	uploadId: (value) => isString(value) && value !== '',
	size: isNumber,
	partSize: isPositive,
	name: isString,
	lastModified: maybe((value) => typeof value === 'number'),
	settings: (value) =>
		fits(value, {
			headers: (headers) => isObject(headers) && Object.values(headers).every(isString),
			guessedContentType: isString,
			verify: (verify) => verify === 'crc64' || verify === 'md5' || verify === 'full' || verify === 'none',
		}),
	initiateDigest: isString,
	createdAt: isNumber,
	ttlMs: isNumber,
	completing: isBoolean,
};

const PART: Shape<PartRow> = {
	id: isString,
	at: isNumber,
	partNumber: isPositive,
	size: isNumber,
	etag: maybe(isString),
	crc64: maybe(isString),
	verified: isBoolean,
};

/** A row may come from anywhere: another version, a developer's console, a damaged profile. */
export const isCheckpoint = (row: unknown): boolean => fits(row, CHECKPOINT);

export const isPartRow = (row: unknown): boolean => fits(row, PART);

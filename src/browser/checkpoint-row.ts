import type { Checkpoint, ObjectSettings, UploadedPart } from '../core/ports.js';

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
const isStringOrAbsent: Check = (value) => value === undefined || isString(value);

/** Each value of the object passes the check of its name. */
const checks =
	<T>(shape: Shape<T>): Check =>
	(value) =>
		value instanceof Object &&
		Object.entries<Check>(shape).every(([name, check]) => check(Reflect.get(value, name)));

/** A row may come from anywhere: another version, a developer's console, a damaged profile. */
export const isCheckpoint: Check = checks<Checkpoint>({
	id: isString,
	scope: isString,
	bucket: isString,
	key: isString,
	fingerprint: isString,
	uploadId: (value) => isString(value) && value !== '',
	size: isNumber,
	partSize: isPositive,
	name: isString,
	lastModified: (value) => value === undefined || typeof value === 'number',
	settings: checks<ObjectSettings>({
		headers: (headers) => headers instanceof Object && Object.values(headers).every(isString),
		guessedContentType: isString,
		verify: (verify) => /^(crc64|md5|full|none)$/.test(String(verify)),
	}),
	initiateDigest: isString,
	createdAt: isNumber,
	ttlMs: isNumber,
	completing: isBoolean,
});

export const isPartRow: Check = checks<PartRow>({
	id: isString,
	at: isNumber,
	partNumber: isPositive,
	size: isNumber,
	etag: isStringOrAbsent,
	crc64: isStringOrAbsent,
	verified: isBoolean,
});

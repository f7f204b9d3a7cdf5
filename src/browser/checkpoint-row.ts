import type { Checkpoint, ObjectSettings, UploadedPart } from '../core/ports.js';

/** A part as it is stored. */
export interface PartRow extends UploadedPart {
	readonly id: string;
	/** When it was recorded, milliseconds since 1970. */
	readonly at: number;
}

/** `typeof` of each field; `?` where it may be absent. */
type Shape<T> = { readonly [Name in keyof Required<T>]: string };

const CHECKPOINT: Shape<Checkpoint> = {
	id: 'string',
	scope: 'string',
	bucket: 'string',
	key: 'string',
	fingerprint: 'string',
	uploadId: 'string',
	size: 'number',
	partSize: 'number',
	name: 'string',
	lastModified: 'number?',
	settings: 'object',
	initiateDigest: 'string',
	createdAt: 'number',
	ttlMs: 'number',
	completing: 'boolean',
};

const PART: Shape<PartRow> = {
	id: 'string',
	at: 'number',
	partNumber: 'number',
	size: 'number',
	etag: 'string?',
	crc64: 'string?',
	verified: 'boolean',
};

const SETTINGS: Shape<ObjectSettings> = { headers: 'object', guessedContentType: 'string', verify: 'string' };

const isNatural = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) > 0;

const fits = <T>(row: unknown, shape: Shape<T>): row is T =>
	row instanceof Object &&
	Object.entries<string>(shape).every(([name, type]) => {
		const value: unknown = Reflect.get(row, name);
		return (value === undefined && type.endsWith('?')) || typeof value === type.replace('?', '');
	});

/** A row may come from anywhere: another version, a developer's console, a damaged profile. */
export const isCheckpoint = (row: unknown): boolean =>
	fits(row, CHECKPOINT) &&
	fits(row.settings, SETTINGS) &&
	isNatural(row.partSize) &&
	row.size >= 0 &&
	row.uploadId !== '';

export const isPartRow = (row: unknown): boolean => fits(row, PART) && isNatural(row.partNumber);

import type { Checkpoint, UploadedPart } from '../core/ports.js';

/** A part as it is stored. */
export interface PartRow extends UploadedPart {
	readonly id: string;
	/** When it was recorded, milliseconds since 1970. */
	readonly at: number;
}

/** A row is sound when each of its fields is of the example's type. */
const CHECKPOINT: Checkpoint = {
	id: '',
	scope: '',
	bucket: '',
	key: '',
	fingerprint: '',
	uploadId: '',
	size: 0,
	partSize: 0,
	name: '',
	lastModified: 0,
	settings: { headers: {}, guessedContentType: '', verify: 'none' },
	initiateDigest: '',
	createdAt: 0,
	ttlMs: 0,
	completing: false,
};

const PART: PartRow = { id: '', at: 0, partNumber: 0, size: 0, etag: '', crc64: '', verified: false };

/** Fields that may be absent. */
const OPTIONAL = ['lastModified', 'etag', 'crc64'];

const isNatural = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) > 0;

const isLike = <T extends object>(row: unknown, example: T): row is T =>
	row instanceof Object &&
	Object.entries(example).every(([name, field]) => {
		const value: unknown = Reflect.get(row, name);
		return typeof value === typeof field || (value === undefined && OPTIONAL.includes(name));
	});

/** A row may come from anywhere: another version, a developer's console, a damaged profile. */
export const isCheckpoint = (row: unknown): boolean =>
	isLike(row, CHECKPOINT) &&
	isLike(row.settings, CHECKPOINT.settings) &&
	isNatural(row.partSize) &&
	row.size >= 0 &&
	row.uploadId !== '';

export const isPartRow = (row: unknown): boolean => isLike(row, PART) && isNatural(row.partNumber);

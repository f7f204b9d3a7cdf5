import type { Operation } from '../core/ports.js';
import { integer, oneOf, pattern, privatePattern, type Rule } from '../expect.js';
import { ENCODED } from './callback.js';
import { decodeTags, expectTags } from './tags.js';

export const META = 'x-oss-meta-';

export const ACLS = ['default', 'private', 'public-read', 'public-read-write'] as const;
export const STORAGE_CLASSES = ['Standard', 'IA', 'Archive', 'ColdArchive', 'DeepColdArchive'] as const;

export const ACL = oneOf(...ACLS);
export const STORAGE_CLASS = oneOf(...STORAGE_CLASSES);
export const TRAFFIC_LIMIT = integer(245_760, 838_860_800, 'it is in bits per second');
/** An empty one is none. */
export const CONTENT_TYPE = pattern(
	/^([^\s/;,]+\/[^\s/;,]+\s*(;.*)?)?$/,
	'a type and a subtype',
	'write it like "video/mp4"',
);

/** What the object will be is said when it begins. */
const WHEN_BEGUN = /InitiateMultipartUpload|PutObject/;
/** What is done with the object once it is there. */
const WHEN_ENDED = /CompleteMultipartUpload|PutObject/;

/**
 * Which requests take which header, and which values (OSS API reference, multipart upload). A header elsewhere is no
 * harmless surplus: encryption on UploadPart is a 400. `x-oss-complete-all` is not here, since it would complete with gaps.
 */
const HEADERS = new Map<string, readonly [operations: RegExp, value?: Rule]>(
	Object.entries({
		'content-type': [WHEN_BEGUN, CONTENT_TYPE],
		'cache-control': [WHEN_BEGUN],
		'content-disposition': [WHEN_BEGUN],
		'content-encoding': [WHEN_BEGUN],
		expires: [WHEN_BEGUN],
		'x-oss-server-side-encryption': [WHEN_BEGUN, oneOf('AES256', 'KMS', 'SM4')],
		'x-oss-server-side-data-encryption': [WHEN_BEGUN, oneOf('SM4')],
		'x-oss-server-side-encryption-key-id': [WHEN_BEGUN],
		'x-oss-storage-class': [WHEN_BEGUN, STORAGE_CLASS],
		'x-oss-tagging': [WHEN_BEGUN, (name, value) => expectTags(name, decodeTags(value))],
		// Twice: another upload may have ended in between.
		'x-oss-forbid-overwrite': [
			/InitiateMultipartUpload|CompleteMultipartUpload|PutObject/,
			oneOf('true', 'false'),
		],
		'x-oss-object-acl': [WHEN_ENDED, ACL],
		'x-oss-callback': [WHEN_ENDED, ENCODED],
		'x-oss-callback-var': [WHEN_ENDED, ENCODED],
		'x-oss-traffic-limit': [/UploadPart|PutObject/, (name, value) => TRAFFIC_LIMIT(name, Number(value))],
		'x-oss-request-payer': [/./, oneOf('requester')],
	}),
);

/** Undefined for a header that no upload request knows. */
const entryOf = (name: string): readonly [operations: RegExp, value?: Rule] | undefined =>
	HEADERS.get(name) ?? (/^x-oss-meta-[a-z\d-]+$/.test(name) ? [WHEN_BEGUN] : undefined);

export const isKnown = (name: string): boolean => entryOf(name) !== undefined;

export const isTakenBy = (operation: Operation, name: string): boolean | undefined =>
	entryOf(name)?.[0].test(operation);

// Browsers send Latin-1 where the signature covers UTF-8, and HTTP strips spaces at the ends.
const ASCII = privatePattern(
	/^([!-~]([ -~]*[!-~])?)?$/,
	'printable ASCII without spaces at its ends',
	'encodeURIComponent makes it so',
);

/** For a value that OSS would refuse, or that would not arrive as it was given. */
export function expectHeader(name: string, value: string): void {
	ASCII(name, value);
	entryOf(name)?.[1]?.(name, value);
}

import { BOOLEAN, integer, oneOf, pattern, privatePattern, type Rule } from '../expect.js';
import { encodeCallback, encodeVars, expectCallback } from './callback.js';
import { encodeTags, expectTags } from './tags.js';

export const META = 'x-oss-meta-';

export const ACLS = ['default', 'private', 'public-read', 'public-read-write'] as const;
export const STORAGE_CLASSES = ['Standard', 'IA', 'Archive', 'ColdArchive', 'DeepColdArchive'] as const;

/** What the object will be is said when it begins. */
const WHEN_BEGUN = /InitiateMultipartUpload|PutObject/;
/** What is done with the object once it is there. */
const WHEN_ENDED = /CompleteMultipartUpload|PutObject/;

interface Header {
	readonly name: string;
	/** Which requests take it. Elsewhere it is no harmless surplus: encryption on UploadPart is a 400. */
	readonly operations: RegExp;
	readonly value?: Rule;
	/** The option that is written into it, `String` unless `write` does. */
	readonly option?:
		| 'contentType'
		| 'acl'
		| 'storageClass'
		| 'forbidOverwrite'
		| 'trafficLimit'
		| 'tags'
		| 'callback';
	/** What is written otherwise is no longer looked at. */
	readonly write?: (value: never) => string;
}

/** OSS API reference, multipart upload. `x-oss-complete-all` is not here, since it would complete with gaps. */
export const HEADERS: readonly Header[] = [
	{
		name: 'content-type',
		operations: WHEN_BEGUN,
		option: 'contentType',
		// An empty one is none.
		value: pattern(/^([^\s/;,]+\/[^\s/;,]+\s*(;.*)?)?$/, 'a type and a subtype', 'write it like "video/mp4"'),
	},
	{ name: 'cache-control', operations: WHEN_BEGUN },
	{ name: 'content-disposition', operations: WHEN_BEGUN },
	{ name: 'content-encoding', operations: WHEN_BEGUN },
	{ name: 'expires', operations: WHEN_BEGUN },
	{
		name: 'x-oss-server-side-encryption',
		operations: WHEN_BEGUN,
		value: oneOf('AES256', 'KMS', 'SM4'),
	},
	{ name: 'x-oss-server-side-data-encryption', operations: WHEN_BEGUN, value: oneOf('SM4') },
	{ name: 'x-oss-server-side-encryption-key-id', operations: WHEN_BEGUN },
	{
		name: 'x-oss-storage-class',
		operations: WHEN_BEGUN,
		option: 'storageClass',
		value: oneOf(...STORAGE_CLASSES),
	},
	{ name: 'x-oss-tagging', operations: WHEN_BEGUN, option: 'tags', value: expectTags, write: encodeTags },
	{
		name: 'x-oss-forbid-overwrite',
		// Twice: another upload may have ended in between.
		operations: /InitiateMultipartUpload|CompleteMultipartUpload|PutObject/,
		option: 'forbidOverwrite',
		value: BOOLEAN,
	},
	{ name: 'x-oss-object-acl', operations: WHEN_ENDED, option: 'acl', value: oneOf(...ACLS) },
	{
		name: 'x-oss-callback',
		operations: WHEN_ENDED,
		option: 'callback',
		value: expectCallback,
		write: encodeCallback,
	},
	{
		name: 'x-oss-callback-var',
		operations: WHEN_ENDED,
		option: 'callback',
		value: expectCallback,
		write: encodeVars,
	},
	{
		name: 'x-oss-traffic-limit',
		operations: /UploadPart|PutObject/,
		option: 'trafficLimit',
		value: integer(245_760, 838_860_800, 'in bits per second'),
	},
	{ name: 'x-oss-request-payer', operations: /./, value: oneOf('requester') },
];

const headerOf = (name: string): Header | undefined => HEADERS.find((header) => header.name === name);

/** Undefined for a header that no upload request knows. */
export const operationsOf = (name: string): RegExp | undefined =>
	/^x-oss-meta-[a-z\d-]+$/.test(name) ? WHEN_BEGUN : headerOf(name)?.operations;

// Browsers send Latin-1 where the signature covers UTF-8, and HTTP strips spaces at the ends.
const ASCII = privatePattern(
	/^([!-~]([ -~]*[!-~])?)?$/,
	'printable ASCII without spaces at its ends',
	'encodeURIComponent makes it so',
);

/** For a value that OSS would refuse, or that would not arrive as it was given. */
export function expectHeader(name: string, text: string): void {
	ASCII(name, text);
	const { value, write } = headerOf(name) ?? {};
	if (!write) value?.(name, /^(true|false|\d+)$/.test(text) ? JSON.parse(text) : text);
}

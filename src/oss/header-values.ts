import { BOOLEAN, integer, oneOf, openRule, type Rule, rule } from '../base/expect.js';
import { encodeCallback, encodeVars, expectCallback } from './callback.js';
import { encodeTags, expectTags } from './tags.js';

export const META = 'x-oss-meta-';

export const ACLS = ['default', 'private', 'public-read', 'public-read-write'] as const;
export const STORAGE_CLASSES = ['Standard', 'IA', 'Archive', 'ColdArchive', 'DeepColdArchive'] as const;

/** An empty one is none. */
const CONTENT_TYPE = openRule(
	'a type and a subtype',
	/^([^\s/;,]+\/[^\s/;,]+\s*(;.*)?)?$/,
	'write it like "video/mp4"',
);

const BITS_PER_SECOND = integer(245_760, 838_860_800, 'write it in bits per second');

/** What the object will be is said when it begins. */
const WHEN_BEGUN = /InitiateMultipartUpload|PutObject/;
/** What is done with the object once it is there. */
const WHEN_ENDED = /CompleteMultipartUpload|PutObject/;

export type HeaderOption =
	| 'contentType'
	| 'acl'
	| 'storageClass'
	| 'forbidOverwrite'
	| 'trafficLimit'
	| 'tags'
	| 'callback';

/**
 * - Its name.
 * - Which requests take it. Elsewhere it is no harmless surplus: encryption on UploadPart is a 400.
 * - What may be in it, and in the option.
 * - The option that is written into it, by `String` unless a function follows. What that writes is not looked at again.
 */
type Header = readonly [
	name: string,
	operations: RegExp,
	value?: Rule | undefined,
	option?: HeaderOption,
	write?: (value: never) => string,
];

/** OSS API reference, multipart upload. `x-oss-complete-all` is not here, since it would complete with gaps. */
export const HEADERS: readonly Header[] = [
	['content-type', WHEN_BEGUN, CONTENT_TYPE, 'contentType'],
	['cache-control', WHEN_BEGUN],
	['content-disposition', WHEN_BEGUN],
	['content-encoding', WHEN_BEGUN],
	['expires', WHEN_BEGUN],
	['x-oss-server-side-encryption', WHEN_BEGUN, oneOf('AES256', 'KMS', 'SM4')],
	['x-oss-server-side-data-encryption', WHEN_BEGUN, oneOf('SM4')],
	['x-oss-server-side-encryption-key-id', WHEN_BEGUN],
	['x-oss-storage-class', WHEN_BEGUN, oneOf(...STORAGE_CLASSES), 'storageClass'],
	['x-oss-tagging', WHEN_BEGUN, expectTags, 'tags', encodeTags],
	// Twice: another upload may have ended in between.
	[
		'x-oss-forbid-overwrite',
		/InitiateMultipartUpload|CompleteMultipartUpload|PutObject/,
		BOOLEAN,
		'forbidOverwrite',
	],
	['x-oss-object-acl', WHEN_ENDED, oneOf(...ACLS), 'acl'],
	['x-oss-callback', WHEN_ENDED, expectCallback, 'callback', encodeCallback],
	['x-oss-callback-var', WHEN_ENDED, expectCallback, 'callback', encodeVars],
	['x-oss-traffic-limit', /UploadPart|PutObject/, BITS_PER_SECOND, 'trafficLimit'],
	['x-oss-request-payer', /./, oneOf('requester')],
];

const headerOf = (name: string): Header | undefined =>
	/^x-oss-meta-[a-z\d-]+$/.test(name) ? [name, WHEN_BEGUN] : HEADERS.find(([each]) => each === name);

/** Undefined for a header that no upload request knows. */
export const operationsOf = (name: string): RegExp | undefined => headerOf(name)?.[1];

// Browsers send Latin-1 where the signature covers UTF-8, and HTTP strips spaces at the ends.
const ascii = (nextStep: string): Rule =>
	rule('printable ASCII without spaces at its ends', /^([!-~]([ -~]*[!-~])?)?$/, nextStep);
const ASCII = ascii('encodeURIComponent makes it so');
/** Encoded as a whole it would say nothing any more; RFC 6266 has a way for the name alone. */
const DISPOSITION = ascii("write the name as filename*=UTF-8'' and encodeURIComponent(name)");

/** For a value that OSS would refuse, or that would not arrive as it was given. */
export function expectHeader(name: string, text: string): void {
	(name === 'content-disposition' ? DISPOSITION : ASCII)(name, text);
	const [, , value, , write] = headerOf(name) ?? [];
	if (!write) value?.(name, /^(true|false|[1-9]\d*)$/.test(text) ? JSON.parse(text) : text);
}

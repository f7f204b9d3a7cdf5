import type { ObjectSettings, Operation } from '../core/ports.js';
import { expect, expectBoolean, expectOneOf, expectPrivateText, expectTexts } from '../expect.js';
import { CALLBACK, CALLBACK_VAR, type Callback, callbackHeaders } from './callback.js';
import {
	ACLS,
	expectEncryption,
	expectMetaName,
	expectMetaSize,
	expectTrafficLimit,
	expectValue,
	META,
	STORAGE_CLASSES,
} from './header-values.js';
import { encodeTags } from './tags.js';

export type { Callback } from './callback.js';

export type ObjectAcl = (typeof ACLS)[number];

export type StorageClass = (typeof STORAGE_CLASSES)[number];

/** The object's own settings; each goes to the requests that take it, and only there. */
export interface ObjectOptions {
	/**
	 * Such as `video/mp4`; an empty one is none.
	 *
	 * @default the Blob's own type, else by the key's extension, else by the file name's, else `application/octet-stream`
	 */
	readonly contentType?: string | undefined;
	/**
	 * Other headers that OSS knows: Cache-Control, Content-Disposition, Content-Encoding, Expires,
	 * x-oss-server-side-encryption and its kin, x-oss-request-payer. Anything else is a `TypeError`.
	 */
	readonly headers?: Readonly<Record<string, string>> | undefined;
	/** The object's own metadata (`x-oss-meta-*`): names of letters, digits and `-`, values of ASCII, 8 KB in all. */
	readonly meta?: Readonly<Record<string, string>> | undefined;
	readonly callback?: Callback | undefined;
	/** At most 10: names of 1 to 128 characters, values up to 256; letters, digits, spaces and `+ - = . _ : /`. */
	readonly tags?: Readonly<Record<string, string>> | undefined;
	/** @default the bucket's */
	readonly acl?: ObjectAcl | undefined;
	/** @default the bucket's */
	readonly storageClass?: StorageClass | undefined;
	/** Refuses the upload (`FileAlreadyExists`) where an object of this key exists. @default false */
	readonly forbidOverwrite?: boolean | undefined;
	/** Bits per second for each request, 245,760 to 838,860,800. @default no limit */
	readonly trafficLimit?: number | undefined;
}

/** What the object will be is said when it begins. */
const WHEN_BEGUN: readonly Operation[] = ['InitiateMultipartUpload', 'PutObject'];
/** What is done with the object once it is there. */
const WHEN_ENDED: readonly Operation[] = ['CompleteMultipartUpload', 'PutObject'];
const WITH_BYTES: readonly Operation[] = ['UploadPart', 'PutObject'];

/**
 * Which requests take which header (OSS API reference, multipart upload). A header elsewhere is no harmless surplus:
 * encryption on UploadPart is a 400. `x-oss-complete-all` is not here, since it would complete with gaps.
 */
const TAKEN_BY: ReadonlyMap<string, readonly Operation[]> = new Map([
	['content-type', WHEN_BEGUN],
	['cache-control', WHEN_BEGUN],
	['content-disposition', WHEN_BEGUN],
	['content-encoding', WHEN_BEGUN],
	['expires', WHEN_BEGUN],
	['x-oss-server-side-encryption', WHEN_BEGUN],
	['x-oss-server-side-data-encryption', WHEN_BEGUN],
	['x-oss-server-side-encryption-key-id', WHEN_BEGUN],
	['x-oss-storage-class', WHEN_BEGUN],
	['x-oss-tagging', WHEN_BEGUN],
	// Twice: another upload may have ended in between.
	['x-oss-forbid-overwrite', [...WHEN_BEGUN, 'CompleteMultipartUpload']],
	['x-oss-object-acl', WHEN_ENDED],
	[CALLBACK, WHEN_ENDED],
	[CALLBACK_VAR, WHEN_ENDED],
	['x-oss-traffic-limit', WITH_BYTES],
	[
		'x-oss-request-payer',
		[
			'InitiateMultipartUpload',
			'UploadPart',
			'ListParts',
			'CompleteMultipartUpload',
			'AbortMultipartUpload',
			'PutObject',
			'HeadObject',
		],
	],
]);

/** Empty for a header that no upload request knows. */
const takersOf = (name: string): readonly Operation[] =>
	TAKEN_BY.get(name) ?? (/^x-oss-meta-[a-z\d-]+$/.test(name) ? WHEN_BEGUN : []);

/** Those of the object's headers that this operation takes. */
export const headersFor = (
	operation: Operation,
	headers: ObjectSettings['headers'],
): Record<string, string> =>
	Object.fromEntries(Object.entries(headers).filter(([name]) => takersOf(name).includes(operation)));

/**
 * The options as headers, a guessed Content-Type not among them. Throws a `TypeError` or `RangeError` for what OSS would
 * refuse, before anything is sent.
 */
export function objectHeaders(options: ObjectOptions): ObjectSettings['headers'] {
	const { headers, meta, callback, tags, contentType, acl, storageClass, forbidOverwrite, trafficLimit } =
		options;
	if (contentType !== undefined) expectPrivateText('contentType', contentType, 'write it like "video/mp4"');
	expectOneOf('acl', acl, ...ACLS);
	expectOneOf('storageClass', storageClass, ...STORAGE_CLASSES);
	expectBoolean('forbidOverwrite', forbidOverwrite);
	if (trafficLimit !== undefined) expectTrafficLimit('trafficLimit', trafficLimit);
	// What is left out or empty hides no header of the same name.
	const said = {
		...lowerCased('headers', headers),
		...lowerCased('meta', meta),
		...present({
			'content-type': contentType,
			'x-oss-object-acl': acl,
			'x-oss-storage-class': storageClass,
			'x-oss-forbid-overwrite': forbidOverwrite ? 'true' : undefined,
			'x-oss-traffic-limit': trafficLimit?.toString(),
			'x-oss-tagging': encodeTags(tags),
			...callbackHeaders(callback),
		}),
	};
	for (const [name, value] of Object.entries(said)) {
		const known = "those of OSS's upload requests";
		const nextStep = 'leave it out, or put what is your own into `meta`';
		expect(takersOf(name).length, 'headers', known, name, nextStep);
		expectValue(name, value);
	}
	expectEncryption(said);
	expectMetaSize(said);
	return said;
}

/** Of `headers` and `meta`. HTTP knows no upper and lower case: of two names one would be lost. */
function lowerCased(option: 'headers' | 'meta', given: Readonly<Record<string, string>> | undefined) {
	const named: Record<string, string> = {};
	for (const [name, value] of expectTexts(option, given)) {
		const lower = name.toLowerCase();
		if (option === 'meta') expectMetaName(lower);
		const prefixed = option === 'meta' ? META + lower : lower;
		const isNew = !Object.hasOwn(named, prefixed);
		expect(isNew, option, 'without the same name twice, in whatever case', name, 'leave one out');
		named[prefixed] = value;
	}
	return present(named);
}

/** An empty header says nothing, while empty metadata is metadata. */
const present = (headers: Readonly<Record<string, string | undefined>>): Record<string, string> =>
	Object.fromEntries(
		Object.entries(headers).flatMap(([name, value]) =>
			value || (value === '' && name.startsWith(META)) ? [[name, value]] : [],
		),
	);

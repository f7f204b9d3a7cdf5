import { integer, oneOf, openRule, type Rule, texts } from '../base/expect.js';
import type { ObjectSettings, Operation } from '../core/model.js';
import type { Callback } from './callback.js';
import {
	type ACLS,
	expectHeader,
	HEADERS,
	type HeaderOption,
	META,
	operationsOf,
	type STORAGE_CLASSES,
} from './header-values.js';

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

/** Texts under names that are one whatever their case: of two, one would get lost. */
function caseless(ofName: Rule): Rule {
	const ofTexts = texts(ofName);
	return (option, value) => {
		ofTexts(option, value);
		const names = Object.keys(value as object);
		const isOnce = (name: unknown) =>
			names.filter((each) => each.toLowerCase() === String(name).toLowerCase()).length === 1;
		for (const name of names) openRule('there once, in whatever case', isOnce)(`name in ${option}`, name);
	};
}

/** Apart, since thousands of uploads begin in one go, most with none of these. */
const BY_OPTION = HEADERS.flatMap(([name, , value, option, write = String]) =>
	option ? [{ name, value, option, write }] : [],
);

export const OBJECT_RULES: Readonly<Record<keyof ObjectOptions, Rule>> = {
	headers: caseless(
		openRule(
			"one of OSS's upload requests",
			(name) => operationsOf(String(name).toLowerCase()),
			'put what is your own into `meta`',
		),
	),
	meta: caseless(
		openRule(
			'of letters, digits and hyphens',
			/^(?!x-oss-meta-)[a-z\d-]+$/i,
			'rename it, x-oss-meta- is added',
		),
	),
	...(Object.fromEntries(BY_OPTION.map(({ option, value }) => [option, value])) as Record<
		HeaderOption,
		Rule
	>),
};

/** Those of the object's headers that this operation takes. */
export const headersFor = (
	operation: Operation,
	headers: ObjectSettings['headers'],
): Record<string, string> =>
	Object.fromEntries(Object.entries(headers).filter(([name]) => operationsOf(name)?.test(operation)));

const ENCRYPTION = 'x-oss-server-side-encryption';

/**
 * The options, which keep `OBJECT_RULES`, as headers, a guessed Content-Type not among them. Throws a `TypeError` or
 * `RangeError` for what OSS would refuse of them together, before anything is sent.
 */
export function objectHeaders(options: ObjectOptions): ObjectSettings['headers'] {
	const { headers = {}, meta = {} } = options;
	// What is left out or empty hides no header of the same name, and says nothing; only empty metadata is metadata.
	const entries = Object.entries(headers).filter(([, text]) => text);
	for (const { name, option, write } of BY_OPTION) {
		const value = options[option];
		const text = value && write(value as never);
		if (text) entries.push([name, text]);
	}
	for (const [name, text] of Object.entries(meta)) entries.push([META + name, text]);
	if (entries.length === 0) return {};
	const said: Record<string, string> = {};
	for (const [name, text] of entries) {
		const lower = name.toLowerCase();
		expectHeader(lower, text);
		said[lower] = text;
	}

	// Of OSS's page on server-side encryption: these two mean something beside KMS only.
	if (said['x-oss-server-side-data-encryption'] || said[`${ENCRYPTION}-key-id`])
		oneOf('KMS')(ENCRYPTION, said[ENCRYPTION]);
	integer(0, 8192, 'leave the rest out')('bytes of meta', Object.entries(meta).flat().join('').length);
	return said;
}

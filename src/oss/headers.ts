import type { ObjectSettings, Operation } from '../core/ports.js';
import { base64Json, encode, utf8 } from './encoding.js';

export type ObjectAcl = 'default' | 'private' | 'public-read' | 'public-read-write';

export type StorageClass = 'Standard' | 'IA' | 'Archive' | 'ColdArchive' | 'DeepColdArchive';

/** What OSS sends to your own server once the object is stored; that server's answer becomes the upload's. */
export interface Callback {
	/** Address of your server; up to 5, separated by `;`, are tried in turn. */
	readonly url: string;
	/** Body of OSS's request, where `${bucket}`, `${object}`, `${size}`, `${x:name}` and the like are filled in. */
	readonly body: string;
	/** @default 'application/x-www-form-urlencoded' */
	readonly bodyType?: 'application/x-www-form-urlencoded' | 'application/json' | undefined;
	/** The Host header of OSS's request. @default the host of `url` */
	readonly host?: string | undefined;
	/** Sends the host's name in the TLS handshake. @default false */
	readonly sni?: boolean | undefined;
	/** Values of your own, in the body as `${x:name}`. Names in lower case. */
	readonly vars?: Readonly<Record<string, string>> | undefined;
}

/** The object's own settings; each goes to the requests that take it, and only there. */
export interface ObjectOptions {
	/** @default the Blob's own type, else by the key's extension, else `application/octet-stream` */
	readonly contentType?: string | undefined;
	/**
	 * Other headers that OSS knows: Cache-Control, Content-Disposition, Content-Encoding, Expires,
	 * x-oss-server-side-encryption and its kin, x-oss-request-payer. Anything else is a `TypeError`.
	 */
	readonly headers?: Readonly<Record<string, string>> | undefined;
	/** The object's own metadata (`x-oss-meta-*`): names of letters, digits and `-`, 8 KB in all. */
	readonly meta?: Readonly<Record<string, string>> | undefined;
	readonly callback?: Callback | undefined;
	/** At most 10. */
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

const KiB = 1024;
const META = 'x-oss-meta-';

const create: readonly Operation[] = ['InitiateMultipartUpload', 'PutObject'];
const finish: readonly Operation[] = ['CompleteMultipartUpload', 'PutObject'];
const send: readonly Operation[] = ['UploadPart', 'PutObject'];
const all: readonly Operation[] = [
	...create,
	...finish,
	...send,
	'ListParts',
	'AbortMultipartUpload',
	'HeadObject',
];

/**
 * Which requests take a header, and which values we offer for it (OSS API reference, multipart
 * upload). Encryption on UploadPart is a 400. `x-oss-complete-all` is not here: it would complete with gaps.
 */
const TABLE: Readonly<Record<string, readonly [takenBy: readonly Operation[], values?: string]>> = {
	'content-type': [create],
	'cache-control': [create],
	'content-disposition': [create],
	'content-encoding': [create],
	expires: [create],
	'x-oss-server-side-encryption': [create],
	'x-oss-server-side-data-encryption': [create],
	'x-oss-server-side-encryption-key-id': [create],
	'x-oss-storage-class': [create, 'Standard IA Archive ColdArchive DeepColdArchive'],
	'x-oss-tagging': [create],
	'x-oss-forbid-overwrite': [[...create, ...finish]],
	'x-oss-object-acl': [finish, 'default private public-read public-read-write'],
	'x-oss-traffic-limit': [send],
	'x-oss-callback': [finish],
	'x-oss-callback-var': [finish],
	'x-oss-request-payer': [all],
};

const ruleFor = (name: string): (typeof TABLE)[string] | undefined => {
	if (name.startsWith(META)) return [create];
	return Object.hasOwn(TABLE, name) ? TABLE[name] : undefined;
};

/** Those of the object's headers that this operation takes. */
export const headersFor = (
	operation: Operation,
	headers: ObjectSettings['headers'],
): Record<string, string> =>
	Object.fromEntries(Object.entries(headers).filter(([name]) => ruleFor(name)?.[0].includes(operation)));

/** The options as headers, a guessed Content-Type not among them. Throws a `TypeError` or `RangeError` for what OSS would refuse, before anything is sent. */
export function objectHeaders(options: ObjectOptions): ObjectSettings['headers'] {
	const {
		contentType,
		meta = {},
		callback,
		tags,
		acl,
		storageClass,
		forbidOverwrite,
		trafficLimit,
	} = options;
	const headers: Record<string, unknown> = {};
	const set = (name: string, value: unknown): void => {
		if (value !== undefined) headers[name.toLowerCase()] = value;
	};
	for (const [name, value] of Object.entries(options.headers ?? {})) set(name, value);
	for (const [name, value] of Object.entries(meta)) set(META + name, value);
	set('content-type', contentType);
	set('x-oss-object-acl', acl);
	set('x-oss-storage-class', storageClass);
	set('x-oss-forbid-overwrite', forbidOverwrite ? 'true' : undefined);
	set('x-oss-traffic-limit', trafficLimit === undefined ? undefined : String(trafficLimit));
	set('x-oss-tagging', (tags && encodeTags(tags)) || undefined);
	set('x-oss-callback', callback && encodeCallback(callback));
	set('x-oss-callback-var', callback?.vars && encodeVars(callback.vars));
	return checked(headers);
}

const encodeTags = (tags: Readonly<Record<string, string>>): string =>
	Object.entries(tags)
		.map(([name, value]) => `${encode(name)}=${encode(value)}`)
		.join('&');

function encodeCallback({ url, body, bodyType, host, sni }: Callback): string {
	for (const [name, value] of Object.entries({ url, body })) {
		if (!value || typeof value !== 'string') {
			throw new TypeError(`Expected \`callback.${name}\` to be a string, got ${typeof value}`);
		}
	}
	// JSON leaves out what is undefined.
	return base64Json({
		callbackUrl: url,
		callbackBody: body,
		callbackBodyType: bodyType,
		callbackHost: host,
		callbackSNI: sni,
	});
}

const encodeVars = (vars: Readonly<Record<string, string>>): string =>
	base64Json(Object.fromEntries(Object.entries(vars).map(([name, value]) => [`x:${name}`, value])));

function checked(given: Readonly<Record<string, unknown>>): Record<string, string> {
	const headers: Record<string, string> = {};
	let metaBytes = 0;
	for (const [name, value] of Object.entries(given)) {
		headers[name] = checkedValue(name, value);
		if (name.startsWith(META)) metaBytes += utf8(name.slice(META.length) + headers[name]).length;
	}
	checkRange('the bytes of `meta`', metaBytes, 0, 8 * KiB);
	checkRange('the number of `tags`', headers['x-oss-tagging']?.split('&').length ?? 0, 0, 10);
	checkRange('`trafficLimit`', Number(headers['x-oss-traffic-limit'] ?? 245_760), 245_760, 838_860_800);
	for (const name of ['x-oss-callback', 'x-oss-callback-var']) {
		checkRange(`the base64 bytes of ${name}`, headers[name]?.length ?? 0, 0, 5 * KiB);
	}
	return headers;
}

function checkedValue(name: string, value: unknown): string {
	const values = ruleFor(name)?.[1]?.split(' ');
	if (!ruleFor(name) || (name.startsWith(META) && !/^[a-z\d-]+$/.test(name.slice(META.length)))) {
		throw new TypeError(`Expected a header that OSS's upload requests know, got ${JSON.stringify(name)}`);
	}
	// Browsers send Latin-1 where the signature covers UTF-8, so nothing beyond ASCII arrives as it was signed.
	if (typeof value !== 'string' || !/^[ -~]*$/.test(value)) {
		throw new TypeError(
			`Expected ${name} to be printable ASCII (encodeURIComponent makes it so), got ${typeof value === 'string' ? 'other characters' : typeof value}`,
		);
	}
	if (values && !values.includes(value)) {
		throw new TypeError(`Expected ${name} to be one of ${values.join(', ')}, got ${JSON.stringify(value)}`);
	}
	return value;
}

function checkRange(what: string, value: number, min: number, max: number): void {
	if (!(Number.isInteger(value) && value >= min && value <= max)) {
		throw new RangeError(`Expected ${what} to be an integer from ${min} to ${max}, got ${value}`);
	}
}

import type { ObjectSettings, Operation } from '../core/ports.js';
import { expect, expectInteger } from '../expect.js';
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

const META = 'x-oss-meta-';

/**
 * Headers by the requests that take them, which are named by the initials of Initiate, UploadPart, ListParts, Complete,
 * Abort, PutObject and HeadObject (OSS API reference, multipart upload). Encryption on UploadPart is a 400.
 * `x-oss-complete-all` is not here: it would complete with gaps. Which values a header takes is for OSS to say: its
 * `InvalidArgument` names them.
 */
const TABLE: Readonly<Record<string, string>> = {
	IP: 'content-type cache-control content-disposition content-encoding expires x-oss-server-side-encryption x-oss-server-side-data-encryption x-oss-server-side-encryption-key-id x-oss-storage-class x-oss-tagging',
	ICP: 'x-oss-forbid-overwrite',
	CP: 'x-oss-object-acl x-oss-callback x-oss-callback-var',
	UP: 'x-oss-traffic-limit',
	IULCAPH: 'x-oss-request-payer',
};

/** `''` for a header that no upload request knows. */
const takenBy = (name: string): string => {
	if (/^x-oss-meta-[a-z\d-]+$/.test(name)) return 'IP';
	return Object.keys(TABLE).find((takers) => TABLE[takers]?.split(' ').includes(name)) ?? '';
};

/** Those of the object's headers that this operation takes. */
export const headersFor = (
	operation: Operation,
	headers: ObjectSettings['headers'],
): Record<string, string> =>
	Object.fromEntries(Object.entries(headers).filter(([name]) => takenBy(name).includes(operation.charAt(0))));

/**
 * The options as headers, a guessed Content-Type not among them. Throws a `TypeError` or `RangeError` for what OSS would
 * refuse, before anything is sent.
 */
export function objectHeaders(options: ObjectOptions): ObjectSettings['headers'] {
	const { meta = {}, callback, tags, trafficLimit } = options;
	const given: Readonly<Record<string, unknown>> = {
		...Object.fromEntries(Object.entries(meta).map(([name, value]) => [META + name, value])),
		'content-type': options.contentType,
		'x-oss-object-acl': options.acl,
		'x-oss-storage-class': options.storageClass,
		'x-oss-forbid-overwrite': options.forbidOverwrite ? 'true' : undefined,
		'x-oss-traffic-limit': trafficLimit === undefined ? undefined : String(trafficLimit),
		'x-oss-tagging': (tags && encodeTags(tags)) || undefined,
		'x-oss-callback': callback && encodeCallback(callback),
		'x-oss-callback-var': callback?.vars && encodeVars(callback.vars),
	};
	const headers: Record<string, string> = {};
	for (const [name, value] of [...Object.entries(options.headers ?? {}), ...Object.entries(given)]) {
		const lowerCased = name.toLowerCase();
		// An option left out must not hide a header of the same name.
		if (value !== undefined) headers[lowerCased] = checkedValue(lowerCased, value);
	}
	const metas = Object.entries(headers).filter(([name]) => name.startsWith(META));
	const metaBytes = utf8(metas.flat().join('')).length - metas.length * META.length;
	expectInteger('bytes of meta', metaBytes, 0, 8192);
	expectInteger('number of tags', Object.keys(tags ?? {}).length, 0, 10);
	expectInteger('trafficLimit', Number(headers['x-oss-traffic-limit'] ?? 245_760), 245_760, 838_860_800);
	for (const name of ['x-oss-callback', 'x-oss-callback-var']) {
		expectInteger(`base64 bytes of ${name}`, headers[name]?.length ?? 0, 0, 5120);
	}
	return headers;
}

const encodeTags = (tags: Readonly<Record<string, string>>): string =>
	Object.entries(tags)
		.map(([name, value]) => `${encode(name)}=${encode(value)}`)
		.join('&');

function encodeCallback({ url, body, bodyType, host, sni }: Callback): string {
	for (const [name, text] of Object.entries({ url, body })) {
		expect(text && typeof text === 'string', `callback.${name}`, 'a string that is not empty', text);
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

function checkedValue(name: string, value: unknown): string {
	expect(takenBy(name), 'headers', "those of OSS's upload requests", name);
	// Browsers send Latin-1 where the signature covers UTF-8, so nothing beyond ASCII arrives as it was signed.
	if (typeof value !== 'string' || !/^[ -~]*$/.test(value)) {
		const got = typeof value === 'string' ? 'other characters' : typeof value;
		throw new TypeError(
			`Expected ${name} to be printable ASCII (encodeURIComponent makes it so), got ${got}`,
		);
	}
	return value;
}

import { invalidArgument, OssError } from './oss-error.js';

/** Decoded query parameters in the order they came; a name without `=` has the value `''`. */
export type Query = readonly (readonly [name: string, value: string])[];

/** What a request is about. */
export interface Address {
	readonly bucket: string | undefined;
	/** Decoded, exactly the bytes that were signed; undefined for the bucket itself. */
	readonly key: string | undefined;
	readonly query: Query;
}

export const queryValue = (query: Query, name: string): string | undefined =>
	query.find(([candidate]) => candidate === name)?.[1];

const LOOPBACK_OR_IP = /^(?:localhost|\d{1,3}(?:\.\d{1,3}){3}|\[[\da-f:.]+\])$/i;

/**
 * Path style (`/bucket/key`) for an IP and `localhost`, virtual host (`<bucket>.<endpoint>`) for names,
 * or a domain bound to a bucket. The path is taken raw: `URL` would fold `.` and `..` segments.
 */
export function parseAddress(
	target: string,
	host: string,
	cnames: Readonly<Record<string, string>> = {},
): Address {
	const [path = '', ...rest] = target.replace(/^https?:\/\/[^/?#]*/i, '').split('?');
	const query = parseQuery(rest.join('?'));
	const hostName = host.replace(/:\d*$/, '').toLowerCase();
	const bound = cnames[hostName];
	if (bound !== undefined || (hostName !== '' && !LOOPBACK_OR_IP.test(hostName))) {
		const bucket = bound ?? hostName.slice(0, Math.max(0, hostName.indexOf('.')));
		return { bucket: bucket || undefined, key: decode(path.slice(1)) || undefined, query };
	}
	// A bucket's name holds no slash, so the first one ends it, even where it is written as %2F: the C SDK encodes
	// `bucket/key` as one.
	const [, bucket = '', key = ''] = /^\/?(.*?)(?:(?:\/|%2f)(.*))?$/is.exec(path) ?? [];
	return { bucket: decode(bucket) || undefined, key: decode(key) || undefined, query };
}

export function parseQuery(text: string): Query {
	return text
		.split('&')
		.filter((pair) => pair !== '')
		.map((pair) => {
			const equals = pair.indexOf('=');
			// A literal `+` in a query is a space to OSS; in a path it is a plus sign.
			const [name, value] = equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
			return [decode(name.replaceAll('+', ' ')), decode(value.replaceAll('+', ' '))] as const;
		});
}

function decode(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		throw invalidArgument('The request address is not valid percent-encoded UTF-8.');
	}
}

const MAX_KEY_BYTES = 1023;

/** @throws OssError InvalidObjectName */
export function assertObjectKey(key: string): void {
	const bytes = Buffer.byteLength(key);
	if (bytes < 1 || bytes > MAX_KEY_BYTES || key.startsWith('/') || key.startsWith('\\')) {
		throw new OssError(400, 'InvalidObjectName', 'The specified object is not valid.', {
			fields: [['ObjectName', key]],
		});
	}
}

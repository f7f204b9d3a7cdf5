import type { Octets } from '../../core/ports.js';

/** Parameters of a request's query; one with an empty value is written as its bare name. */
export type Query = Readonly<Record<string, string>>;

/** Percent-encodes by OSS's rule, which leaves only `A-Z a-z 0-9 - . _ ~`; encodeURIComponent leaves `!'()*` too. */
export const encode = (text: string): string =>
	encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

/** As `encode`, with the slashes of an object's key kept. */
export const encodePath = (key: string): string => encode(key).replaceAll('%2F', '/');

/** Default order of code units, which for ASCII is the order of bytes that OSS sorts by. */
export const byName = ([a]: readonly [string, string], [b]: readonly [string, string]): number =>
	a < b ? -1 : Number(a > b);

/** The query as it is sent and as V4 signs it: one text, so that the two cannot differ. */
export const canonicalQuery = (query: Query): string =>
	Object.entries(query)
		.map(([name, value]): [string, string] => [encode(name), encode(value)])
		// By name alone: '=' sorts after '-', so sorting the joined pairs would put `a-b=1` before `a=1`.
		.sort(byName)
		.map(([name, value]) => (value ? `${name}=${value}` : name))
		.join('&');

const encoder = new TextEncoder();

export const utf8 = (text: string): Octets => encoder.encode(text);

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

export function hex(bytes: Uint8Array): string {
	let text = '';
	for (const byte of bytes) text += HEX[byte];
	return text;
}

export const base64 = (bytes: Uint8Array): string =>
	btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));

export const base64Json = (value: unknown): string => base64(utf8(JSON.stringify(value)));

/** Throws a DOMException when it is no base64; bytes that are no UTF-8 come out as U+FFFD. */
export const textOfBase64 = (text: string): string =>
	new TextDecoder().decode(Uint8Array.from(atob(text), (char) => char.charCodeAt(0)));

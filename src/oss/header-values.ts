import { expect, expectInteger } from '../expect.js';
import { CALLBACK, CALLBACK_VAR, expectEncoded } from './callback.js';
import { utf8 } from './encoding.js';
import { expectTagging } from './tags.js';

export const META = 'x-oss-meta-';

export const ACLS = ['default', 'private', 'public-read', 'public-read-write'] as const;
export const STORAGE_CLASSES = ['Standard', 'IA', 'Archive', 'ColdArchive', 'DeepColdArchive'] as const;

const ENCRYPTION = 'x-oss-server-side-encryption';
const WITH_KMS = ['x-oss-server-side-data-encryption', `${ENCRYPTION}-key-id`];

/** Headers that take one of a few words (OSS API reference, PutObject). */
const WORDS = new Map<string, readonly string[]>([
	['x-oss-object-acl', ACLS],
	['x-oss-storage-class', STORAGE_CLASSES],
	['x-oss-forbid-overwrite', ['true', 'false']],
	[ENCRYPTION, ['AES256', 'KMS', 'SM4']],
	['x-oss-server-side-data-encryption', ['SM4']],
	['x-oss-request-payer', ['requester']],
]);

/** Headers whose value has a form of its own. */
const FORMS = new Map<string, (name: string, value: string) => void>([
	['content-type', expectContentType],
	[
		'x-oss-traffic-limit',
		(name, value) => expectTrafficLimit(name, /^\d+$/.test(value) ? Number(value) : value),
	],
	['x-oss-tagging', expectTagging],
	[CALLBACK, expectEncoded],
	[CALLBACK_VAR, expectEncoded],
]);

/** Throws for a value that OSS would refuse, or that would not arrive as it was given. Private ones are not repeated. */
export function expectValue(name: string, value: string): void {
	// Browsers send Latin-1 where the signature covers UTF-8, and HTTP strips spaces at the ends.
	if (!/^([!-~]([ -~]*[!-~])?)?$/.test(value)) {
		const way =
			name === 'content-disposition'
				? "filename*=UTF-8'', followed by what encodeURIComponent makes of the name,"
				: 'encodeURIComponent';
		throw new TypeError(
			`Expected ${name} to be printable ASCII without spaces at its ends, got other characters: ${way} makes it so`,
		);
	}
	const words = WORDS.get(name);
	if (words) expect(words.includes(value), name, `one of ${words.join(', ')}`, value);
	FORMS.get(name)?.(name, value);
}

function expectContentType(name: string, value: string): void {
	const isType = /^[^\s/;,]+\/[^\s/;,]+\s*(;.*)?$/.test(value);
	expect(isType, name, 'a type and a subtype', value, 'write it like "video/mp4", or leave it out');
}

export function expectTrafficLimit(name: string, bitsPerSecond: unknown): void {
	expectInteger(name, bitsPerSecond, 245_760, 838_860_800, '', 'it is in bits per second');
}

/** Of OSS's page on server-side encryption: these two mean something beside KMS only. */
export function expectEncryption(headers: Readonly<Record<string, string>>): void {
	for (const name of WITH_KMS) {
		const isAlone = headers[name] === undefined || headers[ENCRYPTION] === 'KMS';
		expect(isAlone, ENCRYPTION, `KMS beside ${name}`, headers[ENCRYPTION], `write KMS, or leave ${name} out`);
	}
}

export function expectMetaName(name: string): void {
	const isName = /^[a-z\d-]+$/.test(name) && !name.startsWith(META);
	const expected = 'of letters, digits and hyphens, without x-oss-meta-';
	expect(isName, 'name in meta', expected, name, 'rename it, x-oss-meta- is added');
}

export function expectMetaSize(headers: Readonly<Record<string, string>>): void {
	const metas = Object.entries(headers).filter(([name]) => name.startsWith(META));
	const bytes = utf8(metas.flat().join('')).length - metas.length * META.length;
	expectInteger('bytes of meta', bytes, 0, 8192, '', 'names and values count, store the rest elsewhere');
}

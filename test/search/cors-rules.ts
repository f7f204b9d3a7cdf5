import { type CorsRule, DEFAULT_CORS } from '../../emulator/index.js';

/** What the bucket's rule lacks, if anything. */
export type CorsKind =
	| 'full'
	| 'no PUT'
	| 'no POST'
	| 'no GET'
	| 'no HEAD'
	| 'no DELETE'
	| 'no x-oss headers'
	| 'no meta header'
	| 'no Content-MD5'
	| 'exposes nothing'
	| 'hides ETag'
	| 'hides CRC64'
	| 'hides Date'
	| 'shows ETag alone'
	| 'off'
	| 'another origin';

/** Where the page comes from. */
export const ORIGIN = 'https://app.example';

export function rulesOf(kind: CorsKind): readonly CorsRule[] | false {
	if (kind === 'off') return false;
	return DEFAULT_CORS.map((rule) => ({ ...rule, ...CHANGES[kind]?.(rule) }));
}

const without = (method: string) => (rule: CorsRule) => ({
	methods: rule.methods.filter((each) => each !== method),
});

const hiding =
	(...names: readonly string[]) =>
	(rule: CorsRule) => ({ expose: rule.expose.filter((each) => !names.includes(each)) });

const SIGNED = [
	'authorization',
	'x-oss-date',
	'x-oss-content-sha256',
	'x-oss-security-token',
	'content-type',
];

const CHANGES: Partial<Record<CorsKind, (rule: CorsRule) => Partial<CorsRule>>> = {
	'no PUT': without('PUT'),
	'no POST': without('POST'),
	'no GET': without('GET'),
	'no HEAD': without('HEAD'),
	'no DELETE': without('DELETE'),
	'no x-oss headers': () => ({ headers: ['authorization', 'content-*'] }),
	'no meta header': () => ({ headers: [...SIGNED, 'content-md5'] }),
	'no Content-MD5': () => ({ headers: [...SIGNED, 'x-oss-meta-*'] }),
	'exposes nothing': () => ({ expose: [] }),
	'hides ETag': hiding('ETag'),
	'hides CRC64': hiding('x-oss-hash-crc64ecma'),
	'hides Date': hiding('Date'),
	'shows ETag alone': () => ({ expose: ['ETag'] }),
	'another origin': () => ({ origins: ['https://other.example'] }),
};

/** Whether a page may read OSS's checksum of an answer. */
export const showsCrc64 = (kind: CorsKind): boolean =>
	kind !== 'exposes nothing' && kind !== 'hides CRC64' && kind !== 'shows ETag alone';

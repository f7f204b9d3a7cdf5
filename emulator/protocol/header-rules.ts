import { invalidArgument, OssError } from './oss-error.js';
import type { OssOperation } from './router.js';
import type { Headers } from './signature-v4.js';

/** Headers of the object itself, which HEAD and GET repeat. */
const OBJECT_HEADERS = new Set([
	'content-type',
	'cache-control',
	'content-disposition',
	'content-encoding',
	'expires',
	'x-oss-server-side-encryption',
	'x-oss-server-side-data-encryption',
	'x-oss-server-side-encryption-key-id',
	'x-oss-storage-class',
]);

/** Bytes; https://www.alibabacloud.com/help/en/oss/user-guide/limits */
const MAX_META_BYTES = 8 * 1024;
const MAX_TAGS = 10;
/** Bits per second. */
const TRAFFIC_LIMIT = { min: 245_760, max: 838_860_800 };

/** Values that are a choice. */
const CHOICES: Readonly<Record<string, readonly string[]>> = {
	'x-oss-forbid-overwrite': ['true', 'false'],
	'x-oss-complete-all': ['yes'],
	'x-oss-object-acl': ['default', 'private', 'public-read', 'public-read-write'],
	'x-oss-storage-class': ['Standard', 'IA', 'Archive', 'ColdArchive', 'DeepColdArchive'],
	'x-oss-request-payer': ['requester'],
	'x-oss-metadata-directive': ['COPY', 'REPLACE'],
	'x-oss-tagging-directive': ['Copy', 'Replace'],
};

/** What of the object is said where it is made. */
const MAKES_OBJECT: readonly OssOperation[] = ['PutObject', 'CopyObject', 'InitiateMultipartUpload'];
const COPIES: readonly OssOperation[] = ['CopyObject', 'UploadPartCopy'];

/** What is kept with an object that was put or initiated with these headers. */
export const objectHeaders = (headers: Headers): Headers => ({
	'content-type': 'application/octet-stream',
	'x-oss-storage-class': 'Standard',
	...Object.fromEntries(
		Object.entries(headers).filter(([name]) => OBJECT_HEADERS.has(name) || name.startsWith('x-oss-meta-')),
	),
	...(headers['x-oss-tagging'] === undefined
		? {}
		: { 'x-oss-tagging-count': String(tags(headers['x-oss-tagging']).length) }),
});

/** What is kept with a copy: the source's own, but for what the directives replace. A storage class is never copied. */
export function copiedHeaders(source: Headers, headers: Headers): Headers {
	const own = objectHeaders(headers);
	const storageClass = own['x-oss-storage-class'] ?? 'Standard';
	const metadata = headers['x-oss-metadata-directive'] === 'REPLACE' ? own : source;
	const tagged = headers['x-oss-tagging-directive'] === 'Replace' ? own : source;
	const { 'x-oss-tagging-count': _, ...described } = metadata;
	const count = tagged['x-oss-tagging-count'];
	return {
		...described,
		'x-oss-storage-class': storageClass,
		...(count === undefined ? {} : { 'x-oss-tagging-count': count }),
	};
}

export const aclOf = (headers: Headers): string => headers['x-oss-object-acl'] ?? 'default';

/** @throws OssError for a header that does not belong to the operation, or a value OSS refuses */
export function assertHeaders(operation: OssOperation, headers: Headers): void {
	for (const [name, choices] of Object.entries(CHOICES)) {
		const value = headers[name];
		if (value !== undefined && !choices.includes(value)) throw refused(name, value);
	}
	assertEncryption(operation, headers);
	assertTrafficLimit(headers['x-oss-traffic-limit']);
	assertMeta(headers);
	const tagging = headers['x-oss-tagging'];
	if (tagging !== undefined && tags(tagging).length > MAX_TAGS) {
		throw new OssError(400, 'InvalidTag', `Object tags cannot be greater than ${MAX_TAGS}.`);
	}
	const source = headers['x-oss-copy-source'];
	if (source !== undefined && !COPIES.includes(operation)) throw refused('x-oss-copy-source', source);
}

function assertEncryption(operation: OssOperation, headers: Headers): void {
	const name = Object.keys(headers).find((header) => header.startsWith('x-oss-server-side-'));
	if (name === undefined) return;
	if (!MAKES_OBJECT.includes(operation)) {
		throw refused(name, headers[name] ?? '');
	}
	const algorithm = headers['x-oss-server-side-encryption'];
	if (algorithm === undefined || !['AES256', 'KMS', 'SM4'].includes(algorithm)) {
		throw new OssError(
			400,
			'InvalidEncryptionAlgorithmError',
			'The Encryption request you specified is not valid. Supported value: AES256/SM4/KMS.',
		);
	}
}

function assertTrafficLimit(value: string | undefined): void {
	if (value === undefined) return;
	const limit = Number(value);
	if (!/^\d+$/.test(value) || limit < TRAFFIC_LIMIT.min || limit > TRAFFIC_LIMIT.max) {
		throw refused('x-oss-traffic-limit', value);
	}
}

function assertMeta(headers: Headers): void {
	let bytes = 0;
	for (const [name, value] of Object.entries(headers)) {
		if (!name.startsWith('x-oss-meta-')) continue;
		if (!/^x-oss-meta-[a-z\d-]+$/.test(name)) throw refused(name, value);
		bytes += Buffer.byteLength(name) - 'x-oss-meta-'.length + Buffer.byteLength(value);
	}
	if (bytes > MAX_META_BYTES) {
		throw new OssError(400, 'InvalidArgument', 'Your metadata headers exceed the maximum allowed size.');
	}
}

const tags = (tagging: string): readonly string[] => tagging.split('&').filter(Boolean);

const refused = (name: string, value: string): OssError =>
	invalidArgument(`The ${name} header is not valid for this request.`, name, value);

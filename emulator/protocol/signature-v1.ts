import { createHmac } from 'node:crypto';
import type { Query } from './address.js';
import type { Headers } from './signature-v4.js';

/** Query parameters that are part of the signed resource, besides every `x-oss-*`. */
const SUB_RESOURCES = new Set(
	(
		'acl bucketInfo location stat delete append tagging objectMeta uploads uploadId partNumber security-token ' +
		'position response-content-type response-content-language response-expires response-cache-control ' +
		'response-content-disposition response-content-encoding restore callback callback-var versions versioning ' +
		'versionId sequential continuation-token regionList cloudboxes symlink resourceGroup'
	).split(' '),
);

export interface V1Request {
	readonly method: string;
	readonly bucket: string | undefined;
	readonly key: string | undefined;
	readonly query: Query;
	readonly headers: Headers;
	/** The Date line: an HTTP date, or the presigned address's Expires. */
	readonly date: string;
}

/** https://www.alibabacloud.com/help/en/oss/developer-reference/include-signatures-in-the-authorization-header */
export const stringToSignV1 = ({ method, headers, date, ...resource }: V1Request): string =>
	[
		method,
		headers['content-md5'] ?? '',
		headers['content-type'] ?? '',
		date,
		canonicalizedOssHeaders(headers) + canonicalizedResource(resource),
	].join('\n');

const canonicalizedOssHeaders = (headers: Headers): string =>
	Object.entries(headers)
		.filter(([name]) => name.startsWith('x-oss-'))
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([name, value]) => `${name}:${value.trim()}\n`)
		.join('');

/** Neither the key nor the values are encoded here. */
function canonicalizedResource({ bucket, key, query }: Pick<V1Request, 'bucket' | 'key' | 'query'>): string {
	const path = bucket === undefined ? '/' : `/${bucket}/${key ?? ''}`;
	const signed = query
		.filter(([name]) => SUB_RESOURCES.has(name) || name.startsWith('x-oss-'))
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([name, value]) => (value === '' ? name : `${name}=${value}`));
	return signed.length === 0 ? path : `${path}?${signed.join('&')}`;
}

export const signatureV1 = (accessKeySecret: string, text: string): string =>
	createHmac('sha1', accessKeySecret).update(text).digest('base64');

import { hmac } from '@noble/hashes/hmac.js';
import { sha1 } from '@noble/hashes/legacy.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { base64, byName } from './encoding.js';
import type { SignInput } from './signer-v4.js';

/** Query parameters that are part of the resource (Go SDK v2, signer/v1.go). `max-parts` and the like are not. */
const SUB_RESOURCES = new Set(
	(
		'acl append bucketInfo callback callback-var cloudboxes continuation-token delete location objectMeta ' +
		'partNumber position regionList response-cache-control response-content-disposition ' +
		'response-content-encoding response-content-language response-content-type response-expires restore ' +
		'security-token sequential stat symlink tagging uploadId uploads versionId versioning versions'
	).split(' '),
);

/** `/bucket/key?sub-resources`, nothing of it percent-encoded. */
export const canonicalResource = (
	{ bucket, key, query }: SignInput,
	subResources: readonly string[] = [],
): string => {
	const parameters = Object.entries(query)
		.filter(([name]) => SUB_RESOURCES.has(name) || subResources.includes(name) || name.startsWith('x-oss-'))
		.sort(byName)
		.map(([name, value]) => (value ? `${name}=${value}` : name))
		.join('&');
	return `/${bucket}/${key}${parameters && `?${parameters}`}`;
};

/** `date` is what stands on the Date line: x-oss-date's own value, or the Expires of a presigned URL. */
export const stringToSign = (input: SignInput, date: string, subResources?: readonly string[]): string => {
	const headers = Object.entries(input.headers)
		.map(([name, value]): [string, string] => [name.toLowerCase(), value.trim()])
		.sort(byName);
	const lineOf = (wanted: string): string => headers.find(([name]) => name === wanted)?.[1] ?? '';
	return [
		input.method,
		lineOf('content-md5'),
		lineOf('content-type'),
		date,
		...headers.filter(([name]) => name.startsWith('x-oss-')).map(([name, value]) => `${name}:${value}`),
		canonicalResource(input, subResources),
	].join('\n');
};

export const signature = (accessKeySecret: string, text: string): string =>
	base64(hmac(sha1, utf8ToBytes(accessKeySecret), utf8ToBytes(text)));

/** Header form: all headers to send, the authorization among them. */
export function sign(input: SignInput, subResources?: readonly string[]): Record<string, string> {
	const { accessKeyId, accessKeySecret, securityToken } = input.credentials;
	const date = new Date(input.time).toUTCString();
	const headers: Record<string, string> = {
		...input.headers,
		// Browsers drop a Date set by script.
		'x-oss-date': date,
		...(securityToken && { 'x-oss-security-token': securityToken }),
	};
	const text = stringToSign({ ...input, headers }, date, subResources);
	headers.authorization = `OSS ${accessKeyId}:${signature(accessKeySecret, text)}`;
	return headers;
}

/** Query form: the whole query of a URL that is valid for `expiresSeconds`. */
export function presign(input: SignInput, expiresSeconds: number): Record<string, string> {
	const { accessKeyId, accessKeySecret, securityToken } = input.credentials;
	const expires = String(Math.floor(input.time / 1000) + expiresSeconds);
	const query: Record<string, string> = {
		...input.query,
		...(securityToken && { 'security-token': securityToken }),
	};
	const text = stringToSign({ ...input, query }, expires);
	return {
		...query,
		Expires: expires,
		OSSAccessKeyId: accessKeyId,
		Signature: signature(accessKeySecret, text),
	};
}

import type { RamAction } from '../control/sts.js';
import { type Address, queryValue } from './address.js';
import { invalidArgument, OssError } from './oss-error.js';

/** Names of OSS's API reference. */
export type OssOperation =
	| 'PutObject'
	| 'CopyObject'
	| 'HeadObject'
	| 'GetObject'
	| 'DeleteObject'
	| 'InitiateMultipartUpload'
	| 'UploadPart'
	| 'UploadPartCopy'
	| 'CompleteMultipartUpload'
	| 'AbortMultipartUpload'
	| 'ListParts'
	| 'ListMultipartUploads';

export const isOssOperation = (name: string): name is OssOperation => Object.hasOwn(RAM_ACTIONS, name);

/** `Unknown` for a request that is none of them; `AssumeRole` is one of STS. */
export type Operation = OssOperation | 'Preflight' | 'AssumeRole' | 'Unknown';

/** What a RAM policy must allow for each. */
export const RAM_ACTIONS: Readonly<Record<OssOperation, RamAction>> = {
	PutObject: 'PutObject',
	// Besides GetObject of the source.
	CopyObject: 'PutObject',
	UploadPartCopy: 'PutObject',
	InitiateMultipartUpload: 'PutObject',
	UploadPart: 'PutObject',
	CompleteMultipartUpload: 'PutObject',
	HeadObject: 'GetObject',
	GetObject: 'GetObject',
	DeleteObject: 'DeleteObject',
	AbortMultipartUpload: 'AbortMultipartUpload',
	ListParts: 'ListParts',
	ListMultipartUploads: 'ListMultipartUploads',
};

/** `<method> <sub-resources>`, of an object and of a bucket. */
const OBJECT_ROUTES: Readonly<Record<string, OssOperation>> = {
	'PUT ': 'PutObject',
	'HEAD ': 'HeadObject',
	'GET ': 'GetObject',
	'DELETE ': 'DeleteObject',
	'POST uploads': 'InitiateMultipartUpload',
	'PUT partNumber,uploadId': 'UploadPart',
	'POST uploadId': 'CompleteMultipartUpload',
	'DELETE uploadId': 'AbortMultipartUpload',
	'GET uploadId': 'ListParts',
};
/** What a PUT with x-oss-copy-source is instead. */
const COPYING: Partial<Readonly<Record<OssOperation, OssOperation>>> = {
	PutObject: 'CopyObject',
	UploadPart: 'UploadPartCopy',
};
const BUCKET_ROUTES: Readonly<Record<string, OssOperation>> = { 'GET uploads': 'ListMultipartUploads' };

/** Sub-resources that choose an operation, of this emulator or of OSS. */
const SUB_RESOURCES = [
	'acl',
	'append',
	'delete',
	'partNumber',
	'restore',
	'symlink',
	'tagging',
	'uploadId',
	'uploads',
];

/** @throws OssError for what OSS has no operation for, or this emulator has none */
export function route(method: string, { bucket, key, query }: Address, isCopy = false): OssOperation {
	const subResources = SUB_RESOURCES.filter((name) => queryValue(query, name) !== undefined);
	const routes = key === undefined ? BUCKET_ROUTES : OBJECT_ROUTES;
	const operation = bucket === undefined ? undefined : routes[`${method} ${subResources.join(',')}`];
	if (operation !== undefined) return (isCopy ? COPYING[operation] : undefined) ?? operation;
	if (subResources.includes('partNumber') || subResources.includes('uploadId')) {
		throw invalidArgument('This combination of method, partNumber and uploadId is not an operation.');
	}
	throw new OssError(405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.', {
		fields: [['Method', method]],
	});
}

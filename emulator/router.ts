import { type Address, queryValue } from './address.js';
import { invalidArgument, OssError } from './oss-error.js';
import type { RamAction } from './sts.js';

/** Names of OSS's API reference. */
export type OssOperation =
	| 'PutObject'
	| 'HeadObject'
	| 'GetObject'
	| 'DeleteObject'
	| 'InitiateMultipartUpload'
	| 'UploadPart'
	| 'CompleteMultipartUpload'
	| 'AbortMultipartUpload'
	| 'ListParts'
	| 'ListMultipartUploads';

/** `Unknown` for a request that is none of them. */
export type Operation = OssOperation | 'Preflight' | 'Unknown';

/** What a RAM policy must allow for each. */
export const RAM_ACTIONS: Readonly<Record<OssOperation, RamAction>> = {
	PutObject: 'PutObject',
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
export function route(method: string, { bucket, key, query }: Address): OssOperation {
	const subResources = SUB_RESOURCES.filter((name) => queryValue(query, name) !== undefined);
	const routes = key === undefined ? BUCKET_ROUTES : OBJECT_ROUTES;
	const operation = bucket === undefined ? undefined : routes[`${method} ${subResources.join(',')}`];
	if (operation !== undefined) return operation;
	if (subResources.includes('partNumber') || subResources.includes('uploadId')) {
		throw invalidArgument('This combination of method, partNumber and uploadId is not an operation.');
	}
	throw new OssError(405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.', {
		fields: [['Method', method]],
	});
}

import { createHash } from 'node:crypto';
import { findFault } from '../control/faults.js';
import { compareKeys, type NamedPart, sortedParts, type Upload } from '../store/multipart.js';
import { multipartObject, type StoredObject } from '../store/object-store.js';
import { corrupted } from '../store/segment.js';
import { queryValue } from './address.js';
import { type Callback, callBack, parseCallback } from './callback.js';
import type { Exchange, Reply } from './exchange.js';
import { aclOf, objectHeaders } from './header-rules.js';
import { asJson, checksums, storeBody } from './object-operations.js';
import {
	assertMayOverwrite,
	type Handler,
	integerParameter,
	type OperationRequest,
	type Storage,
} from './operations.js';
import { invalidArgument, malformedXml, OssError } from './oss-error.js';
import { type XmlFields, xmlDocument, xmlTime } from './xml.js';
import { parseXml, type XmlElement } from './xml-reader.js';

const MAX_PARTS = 10_000;
const MAX_PAGE = 1000;

export const xmlReply = (root: string, fields: XmlFields): Reply => ({
	status: 200,
	headers: { 'Content-Type': 'application/xml' },
	body: xmlDocument(root, fields),
});

/** A key as the answer writes it: XML has no way to write some characters, `encoding-type=url` has. */
function keyWriter(request: OperationRequest): {
	readonly write: (key: string) => string;
	readonly note: XmlFields;
} {
	const type = queryValue(request.query, 'encoding-type');
	if (type === undefined) return { write: (key) => key, note: [] };
	if (type !== 'url')
		throw invalidArgument('Invalid Encoding Method specified in Request.', 'encoding-type', type);
	return { write: encodeURIComponent, note: [['EncodingType', 'url']] };
}

export const requireUpload = (request: OperationRequest, { uploads }: Storage): Upload =>
	uploads.require(request.bucket, request.key, queryValue(request.query, 'uploadId') ?? '');

export const initiateMultipartUpload: Handler = async (exchange, request, storage) => {
	const { write, note } = keyWriter(request);
	assertMayOverwrite(request, storage);
	await exchange.drain();
	const { bucket, key } = request;
	const upload = storage.uploads.initiate({
		bucket,
		key,
		headers: objectHeaders(request.headers),
		initiated: storage.clock.now(),
	});
	exchange.record.uploadId = upload.uploadId;
	exchange.record.stored = true;
	return xmlReply('InitiateMultipartUploadResult', [
		...note,
		['Bucket', bucket],
		['Key', write(key)],
		['UploadId', upload.uploadId],
	]);
};

export function requirePartNumber({ query }: OperationRequest): number {
	const text = queryValue(query, 'partNumber') ?? '';
	const partNumber = Number(text);
	if (!/^\d+$/.test(text) || partNumber < 1 || partNumber > MAX_PARTS) {
		throw invalidArgument(
			`Part number must be an integer between 1 and ${MAX_PARTS}, inclusive.`,
			'partNumber',
			text,
			'0017-00000220',
		);
	}
	return partNumber;
}

export const uploadPart: Handler = async (exchange, request, storage) => {
	const partNumber = requirePartNumber(request);
	const upload = requireUpload(request, storage);
	const segment = await storeBody(exchange, request, storage);
	const part = await storage.uploads.addPart(upload, {
		partNumber,
		segment,
		lastModified: storage.clock.now(),
	});
	exchange.record.stored = true;
	return { status: 200, headers: { ...checksums(segment), ETag: part.etag } };
};

export const completeMultipartUpload: Handler = async (exchange, request, storage) => {
	const { write, note } = keyWriter(request);
	const callback = parseCallback(request);
	const upload = requireUpload(request, storage);
	const named = namedParts(request, await exchange.text());
	assertMayOverwrite(request, storage);
	const segments = await storage.uploads.complete(upload, named);
	const corrupt = findFault(exchange.faults, 'corrupt') !== undefined;
	const { bucket, key, headers } = upload;
	const object = multipartObject(
		{ bucket, key, headers, acl: aclOf(request.headers), lastModified: storage.clock.now() },
		segments.map((segment, index) => (corrupt && index === 0 ? corrupted(segment) : segment)),
	);
	await storage.objects.put(object);
	exchange.record.stored = true;
	return completed(object, callback, exchange, [
		...note,
		['Location', request.location],
		['Bucket', bucket],
		['Key', write(key)],
		['ETag', object.etag],
	]);
};

async function completed(
	object: StoredObject,
	callback: Callback | undefined,
	exchange: Exchange,
	fields: XmlFields,
): Promise<Reply> {
	const reply = xmlReply('CompleteMultipartUploadResult', fields);
	const headers = { ...reply.headers, ETag: object.etag, 'x-oss-hash-crc64ecma': String(object.crc64) };
	if (!callback) return { ...reply, headers };
	// The callback server's answer takes the place of the XML.
	return { status: 200, headers: asJson(headers), body: await callBack(callback, object, exchange.closing) };
}

function namedParts({ headers }: OperationRequest, body: string): readonly NamedPart[] | 'all' {
	const announced = headers['content-md5'];
	if (announced !== undefined && announced !== createHash('md5').update(body).digest('base64')) {
		throw new OssError(400, 'InvalidDigest', 'The Content-MD5 you specified did not match what we received.');
	}
	if (headers['x-oss-complete-all'] === 'yes') {
		if (body === '') return 'all';
		throw invalidArgument(
			'The body must be empty when x-oss-complete-all is used.',
			'x-oss-complete-all',
			'yes',
			'0042-00000216',
		);
	}
	const root = parseXml(body);
	if (root.name !== 'CompleteMultipartUpload' || root.children.length === 0) throw malformedXml();
	return root.children.map(namedPart);
}

function namedPart(element: XmlElement): NamedPart {
	const value = (name: string): string => {
		const [child, ...others] = element.children.filter((candidate) => candidate.name === name);
		if (!child || others.length > 0 || child.children.length > 0) throw malformedXml();
		return child.text.trim();
	};
	const number = value('PartNumber');
	const partNumber = Number(number);
	if (element.name !== 'Part' || !/^\d+$/.test(number) || partNumber < 1 || partNumber > MAX_PARTS) {
		throw malformedXml();
	}
	return { partNumber, etag: value('ETag') };
}

export const abortMultipartUpload: Handler = async (exchange, request, storage) => {
	await exchange.drain();
	await storage.uploads.forget(requireUpload(request, storage).uploadId);
	exchange.record.stored = true;
	return { status: 204 };
};

export const listParts: Handler = async (exchange, request, storage) => {
	await exchange.drain();
	const { write, note } = keyWriter(request);
	const maxParts = integerParameter(request, 'max-parts', { min: 1, max: MAX_PAGE, fallback: MAX_PAGE });
	const marker = integerParameter(request, 'part-number-marker', { min: 0, max: 1e9, fallback: 0 });
	const upload = requireUpload(request, storage);
	const after = sortedParts(upload).filter(({ partNumber }) => partNumber > marker);
	const page = after.slice(0, maxParts);
	return xmlReply('ListPartsResult', [
		...note,
		['Bucket', request.bucket],
		['Key', write(request.key)],
		['UploadId', upload.uploadId],
		['StorageClass', upload.headers['x-oss-storage-class'] ?? 'Standard'],
		['PartNumberMarker', marker === 0 ? '' : marker],
		// An empty page has no last part: the element is there, and has no value.
		['NextPartNumberMarker', page.at(-1)?.partNumber ?? ''],
		['MaxParts', maxParts],
		['IsTruncated', after.length > page.length],
		...page.map(
			({ partNumber, lastModified, etag, segment }) =>
				[
					'Part',
					[
						['PartNumber', partNumber],
						['LastModified', xmlTime(lastModified)],
						['ETag', etag],
						['HashCrc64ecma', String(segment.crc64)],
						['Size', segment.size],
					],
				] as const,
		),
	]);
};

export const listMultipartUploads: Handler = async (exchange, request, storage) => {
	await exchange.drain();
	const { write, note } = keyWriter(request);
	const maxUploads = integerParameter(request, 'max-uploads', { min: 1, max: MAX_PAGE, fallback: MAX_PAGE });
	const [prefix = '', keyMarker = '', idMarker = ''] = ['prefix', 'key-marker', 'upload-id-marker'].map(
		(name) => queryValue(request.query, name),
	);
	const after = storage.uploads
		.list(request.bucket)
		.filter((upload) => upload.key.startsWith(prefix) && isBehind(upload, keyMarker, idMarker));
	const page = after.slice(0, maxUploads);
	const truncated = after.length > page.length;
	const last = truncated ? page.at(-1) : undefined;
	return xmlReply('ListMultipartUploadsResult', [
		...note,
		['Bucket', request.bucket],
		['KeyMarker', write(keyMarker)],
		['UploadIdMarker', idMarker],
		['NextKeyMarker', write(last?.key ?? '')],
		['NextUploadIdMarker', last?.uploadId ?? ''],
		['Delimiter', ''],
		['Prefix', write(prefix)],
		['MaxUploads', maxUploads],
		['IsTruncated', truncated],
		...page.map(
			({ key, uploadId, initiated }) =>
				[
					'Upload',
					[
						['Key', write(key)],
						['UploadId', uploadId],
						['Initiated', xmlTime(initiated)],
					],
				] as const,
		),
	]);
};

/** Without an id the whole key is passed by. */
const isBehind = ({ key, uploadId }: Upload, keyMarker: string, idMarker: string): boolean =>
	compareKeys(key, keyMarker) > 0 || (key === keyMarker && idMarker !== '' && uploadId > idMarker);

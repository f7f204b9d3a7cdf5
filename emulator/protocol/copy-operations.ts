import { normalObject, type StoredObject } from '../store/object-store.js';
import type { Segment } from '../store/segment.js';
import { requireSource } from './copy-source.js';
import { aclOf, copiedHeaders } from './header-rules.js';
import { requirePartNumber, requireUpload, xmlReply } from './multipart-operations.js';
import { assertReadable, MAX_BODY_BYTES, rangeOf, tooLarge } from './object-operations.js';
import { assertMayOverwrite, type Handler, type OperationRequest, type Storage } from './operations.js';
import { invalidArgument } from './oss-error.js';
import { xmlTime } from './xml.js';

export const copyObject: Handler = async (exchange, request, storage) => {
	await exchange.drain();
	assertMayOverwrite(request, storage);
	const source = sourceOf(request, storage);
	const segment = await copied(source, undefined, storage);
	const { bucket, key, headers } = request;
	const object = normalObject(
		{
			bucket,
			key,
			headers: copiedHeaders(source.headers, headers),
			acl: aclOf(headers),
			lastModified: storage.clock.now(),
		},
		segment,
	);
	await storage.objects.put(object);
	exchange.record.stored = true;
	const reply = xmlReply('CopyObjectResult', [
		['LastModified', xmlTime(object.lastModified)],
		['ETag', object.etag],
	]);
	const checksum = { 'x-oss-hash-crc64ecma': String(object.crc64) };
	return { ...reply, headers: { ...reply.headers, ...checksum, ETag: object.etag } };
};

export const uploadPartCopy: Handler = async (exchange, request, storage) => {
	await exchange.drain();
	const partNumber = requirePartNumber(request);
	const upload = requireUpload(request, storage);
	const source = sourceOf(request, storage);
	const segment = await copied(source, request.headers['x-oss-copy-source-range'], storage);
	const lastModified = storage.clock.now();
	const part = await storage.uploads.addPart(upload, { partNumber, segment, lastModified });
	exchange.record.stored = true;
	const reply = xmlReply('CopyPartResult', [
		['LastModified', xmlTime(lastModified)],
		['ETag', part.etag],
	]);
	return { ...reply, headers: { ...reply.headers, ETag: part.etag } };
};

function sourceOf({ source, headers }: OperationRequest, storage: Storage): StoredObject {
	if (!source) throw invalidArgument('The request names nothing to copy.', 'x-oss-copy-source');
	return requireSource(source, headers, storage.objects);
}

/** A segment of its own: the source may be deleted afterwards. */
function copied(
	source: StoredObject,
	header: string | undefined,
	{ objects, segments }: Storage,
): Promise<Segment> {
	assertReadable(source);
	const { start, end } = rangeOf(header, source.size) ?? { start: 0, end: source.size };
	if (end - start > MAX_BODY_BYTES) throw tooLarge();
	return segments.store(objects.read(source, start, end));
}

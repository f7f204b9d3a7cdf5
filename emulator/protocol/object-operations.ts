import { findFault } from '../control/faults.js';
import { normalObject, type StoredObject } from '../store/object-store.js';
import { removeSegment, type Segment } from '../store/segment.js';
import { callBack, parseCallback } from './callback.js';
import type { Exchange, Reply } from './exchange.js';
import { aclOf, objectHeaders } from './header-rules.js';
import {
	assertMayOverwrite,
	type Handler,
	type OperationRequest,
	requireObject,
	type Storage,
} from './operations.js';
import { notImplemented, OssError } from './oss-error.js';
import type { Headers } from './signature-v4.js';

/** Bytes: the most that one PutObject or one part may hold. */
export const MAX_BODY_BYTES = 5 * 1024 ** 3;

export const putObject: Handler = async (exchange, request, storage) => {
	const callback = parseCallback(request);
	assertMayOverwrite(request, storage);
	const segment = await storeBody(exchange, request, storage);
	const { bucket, key } = request;
	const object = normalObject(
		{
			bucket,
			key,
			headers: objectHeaders(request.headers),
			acl: aclOf(request.headers),
			lastModified: storage.clock.now(),
		},
		segment,
	);
	await storage.objects.put(object);
	exchange.record.stored = true;
	const headers = { ...checksums(segment), ETag: object.etag };
	if (!callback) return { status: 200, headers };
	return { status: 200, headers: asJson(headers), body: await callBack(callback, object, exchange.closing) };
};

export const asJson = (headers: Headers): Headers => ({ ...headers, 'Content-Type': 'application/json' });

/** The body as a segment, checked against Content-Length and Content-MD5; a refused one leaves nothing behind. */
export async function storeBody(
	exchange: Exchange,
	{ headers }: OperationRequest,
	{ segments }: Storage,
): Promise<Segment> {
	if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) {
		throw new OssError(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.');
	}
	const announced = headers['content-md5'];
	const expected = announced === undefined ? undefined : Buffer.from(announced, 'base64');
	if (expected && expected.length !== 16) {
		throw new OssError(400, 'InvalidDigest', 'The Content-MD5 you specified is not valid.');
	}
	if (Number(headers['content-length'] ?? 0) > MAX_BODY_BYTES) throw tooLarge();
	const body = exchange.body();
	const segment = await segments.store(findFault(exchange.faults, 'corrupt') ? firstByteFlipped(body) : body);
	if (expected && !expected.equals(segment.md5)) {
		await removeSegment(segment);
		throw new OssError(400, 'InvalidDigest', 'The Content-MD5 you specified did not match what we received.');
	}
	if (segment.size > MAX_BODY_BYTES) {
		await removeSegment(segment);
		throw tooLarge();
	}
	return segment;
}

export const tooLarge = (): OssError =>
	new OssError(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size.', {
		fields: [['MaxSizeAllowed', MAX_BODY_BYTES]],
	});

async function* firstByteFlipped(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
	let first = true;
	for await (const chunk of body) {
		if (first && chunk.length > 0) {
			chunk.writeUInt8(chunk.readUInt8(0) ^ 1, 0);
			first = false;
		}
		yield chunk;
	}
}

/** What the answer to a body says of it. */
export const checksums = ({ md5, crc64 }: Segment): Headers => ({
	'Content-MD5': md5.toString('base64'),
	'x-oss-hash-crc64ecma': String(crc64),
});

export const headObject: Handler = async (exchange, request, storage) => {
	await exchange.drain();
	const object = requireObject(request, storage);
	return { status: 200, headers: { ...describe(object), 'Content-Length': String(object.size) } };
};

export const getObject: Handler = async (exchange, request, storage) => {
	await exchange.drain();
	const object = requireObject(request, storage);
	assertReadable(object);
	return send(object, request.headers.range, storage);
};

/** @throws OssError NotImplemented where the bytes were discarded */
export function assertReadable({ segments }: StoredObject): void {
	if (segments.some(({ path }) => path === undefined)) {
		throw notImplemented('This emulator discards what it is sent.');
	}
}

/** The bytes that a range names, `end` exclusive; undefined for the whole: so OSS takes one that cannot be met. */
export function rangeOf(
	range: string | undefined,
	size: number,
): { readonly start: number; readonly end: number } | undefined {
	const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? [];
	const start = Number(from ?? 0);
	const end = Math.min(to ? Number(to) + 1 : size, size);
	return from === undefined || start >= end ? undefined : { start, end };
}

function send(object: StoredObject, header: string | undefined, { objects }: Storage): Reply {
	const range = rangeOf(header, object.size);
	if (!range) {
		const headers = { ...describe(object), 'Content-Length': String(object.size) };
		return { status: 200, headers, body: objects.read(object) };
	}
	const { start, end } = range;
	return {
		status: 206,
		headers: {
			...describe(object),
			'Content-Length': String(end - start),
			'Content-Range': `bytes ${start}-${end - 1}/${object.size}`,
		},
		body: objects.read(object, start, end),
	};
}

const describe = (object: StoredObject): Headers => ({
	...object.headers,
	ETag: object.etag,
	'Last-Modified': new Date(object.lastModified).toUTCString(),
	'Accept-Ranges': 'bytes',
	'x-oss-object-type': object.type,
	'x-oss-hash-crc64ecma': String(object.crc64),
	...(object.md5 ? { 'Content-MD5': object.md5.toString('base64') } : {}),
});

export const deleteObject: Handler = async (exchange, { bucket, key }, { objects }) => {
	await exchange.drain();
	await objects.delete(bucket, key);
	exchange.record.stored = true;
	return { status: 204 };
};

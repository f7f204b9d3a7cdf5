import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createCRC64, type IHasher } from 'hash-wasm';
import { combineCrc64 } from '../emulator/store/crc64.js';
import { etagOf } from './etag.js';
import { type FromSink, LOOPBACK, type Profile, type Seen, type ToSink } from './profile.js';
import { createThrottle } from './throttle.js';

/*
 * An OSS that costs as little as it can: it answers as OSS does, checks no signature and keeps no byte. It runs in a
 * process of its own, and does what its parent says.
 */

interface StoredPart {
	readonly size: number;
	readonly crc64: bigint;
}

const uploads = new Map<string, Map<number, StoredPart>>();
/** By path: what was put in one request. */
const objects = new Map<string, StoredPart>();
const throttle = createThrottle();
const freeHashes: IHasher[] = [];
let profile: Profile = LOOPBACK;
let seen = nothing();
let underWay = 0;
let cpuBefore = process.cpuUsage();

function nothing(): Omit<Seen, 'cpuSeconds' | 'underWay'> {
	return { received: 0, sentAgain: 0, partsStored: 0, firstByteAt: undefined };
}

const CORS = {
	'Access-Control-Allow-Origin': '*',
	'Access-Control-Allow-Methods': 'PUT, POST, GET, HEAD, DELETE',
	'Access-Control-Max-Age': '600',
	'Access-Control-Expose-Headers': 'ETag, x-oss-request-id, x-oss-hash-crc64ecma',
};

const server = createServer((request, response) => {
	handle(request, response).catch(() => response.destroy());
});
server.keepAliveTimeout = 60_000;

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
	const { searchParams, pathname } = new URL(request.url ?? '/', 'http://sink');
	const answer = await answerTo(request, searchParams, pathname);
	if (profile.latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, profile.latencyMs));
	response.writeHead(answer.status, {
		...CORS,
		'Access-Control-Allow-Headers': request.headers['access-control-request-headers'] ?? '*',
		'x-oss-request-id': 'BENCH',
		...answer.headers,
	});
	response.end(answer.body);
}

interface Answer {
	readonly status: number;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: string;
}

async function answerTo(request: IncomingMessage, query: URLSearchParams, path: string): Promise<Answer> {
	const uploadId = query.get('uploadId') ?? '';
	const partNumber = Number(query.get('partNumber'));
	switch (request.method) {
		case 'OPTIONS':
			return { status: 200 };
		case 'PUT':
			underWay++;
			return receive(request, path, uploadId, partNumber).finally(() => underWay--);
		case 'POST':
			for await (const _ of request);
			return query.has('uploads') ? initiate(path) : complete(path, uploadId);
		case 'HEAD':
			return head(path);
		case 'GET':
			return listParts(uploadId, Number(query.get('part-number-marker') ?? 0));
		case 'DELETE':
			uploads.delete(uploadId);
			return { status: 204 };
		default:
			return { status: 404 };
	}
}

async function receive(
	request: IncomingMessage,
	path: string,
	uploadId: string,
	partNumber: number,
): Promise<Answer> {
	const { hashes } = profile;
	const hash = hashes ? (freeHashes.pop() ?? (await createCRC64('c96c5795d7870f42'))).init() : undefined;
	let size = 0;
	for await (const chunk of request as AsyncIterable<Buffer>) {
		seen = { ...seen, firstByteAt: seen.firstByteAt ?? now(), received: seen.received + chunk.length };
		size += chunk.length;
		hash?.update(chunk);
		await throttle.take(request.socket, chunk.length, profile);
	}
	const crc64 = hash ? BigInt(`0x${hash.digest()}`) : 0n;
	if (hash) freeHashes.push(hash);
	if (uploadId === '') objects.set(path, { size, crc64 });
	const parts = uploads.get(uploadId) ?? new Map();
	const isAgain = parts.has(partNumber);
	parts.set(partNumber, { size, crc64 });
	seen = {
		...seen,
		partsStored: seen.partsStored + 1,
		sentAgain: seen.sentAgain + (isAgain ? size : 0),
	};
	// Said as OSS says it; Node would answer in chunks, and the browser could not know that there is nothing to read.
	const headers = { ETag: etagOf(partNumber), 'Content-Length': '0', ...checksum(crc64) };
	return { status: 200, headers };
}

function head(path: string): Answer {
	const object = objects.get(path);
	if (object === undefined) return { status: 404 };
	const headers = { ETag: etagOf(1), 'Last-Modified': new Date().toUTCString(), ...checksum(object.crc64) };
	return { status: 200, headers: { ...headers, 'Content-Length': String(object.size) } };
}

const checksum = (crc64: bigint): Record<string, string> =>
	profile.hashes ? { 'x-oss-hash-crc64ecma': crc64.toString() } : {};

function initiate(path: string): Answer {
	const uploadId = `${uploads.size + 1}`.padStart(32, '0');
	uploads.set(uploadId, new Map());
	return xml('InitiateMultipartUploadResult', `<Key>${path.slice(1)}</Key><UploadId>${uploadId}</UploadId>`);
}

function complete(path: string, uploadId: string): Answer {
	const parts = [...(uploads.get(uploadId) ?? [])].sort(([a], [b]) => a - b);
	let whole = 0n;
	for (const [, { crc64, size }] of parts) whole = combineCrc64(whole, crc64, size);
	const etag = `"${uploadId}-${parts.length}"`;
	const answer = xml(
		'CompleteMultipartUploadResult',
		`<Location>http://sink${path}</Location><Key>${path.slice(1)}</Key><ETag>${etag}</ETag>`,
	);
	return { ...answer, headers: { ETag: etag, ...checksum(whole) } };
}

function listParts(uploadId: string, marker: number): Answer {
	const all = [...(uploads.get(uploadId) ?? [])].sort(([a], [b]) => a - b).filter(([at]) => at > marker);
	const page = all.slice(0, 1000);
	const parts = page.map(
		([at, { size, crc64 }]) =>
			`<Part><PartNumber>${at}</PartNumber><LastModified>2012-02-23T07:01:34.000Z</LastModified><ETag>${etagOf(at)}</ETag><HashCrc64ecma>${crc64}</HashCrc64ecma><Size>${size}</Size></Part>`,
	);
	const [last] = page.at(-1) ?? [marker];
	return xml(
		'ListPartsResult',
		`<UploadId>${uploadId}</UploadId><NextPartNumberMarker>${last}</NextPartNumberMarker><MaxParts>1000</MaxParts><IsTruncated>${all.length > page.length}</IsTruncated>${parts.join('')}`,
	);
}

const xml = (name: string, content: string): Answer => ({
	status: 200,
	headers: { 'Content-Type': 'application/xml' },
	body: `<?xml version="1.0" encoding="UTF-8"?>\n<${name}>${content}</${name}>`,
});

const now = (): number => performance.timeOrigin + performance.now();

const say = (message: FromSink): void => void process.send?.(message);

process.on('message', (message: ToSink) => {
	if (message.type === 'ask') {
		const { user, system } = process.cpuUsage(cpuBefore);
		say({ type: 'seen', seen: { ...seen, underWay, cpuSeconds: (user + system) / 1e6 } });
		return;
	}
	if (message.type === 'profile') profile = message.profile;
	if (message.type === 'forget') {
		seen = nothing();
		cpuBefore = process.cpuUsage();
	}
	if (message.type === 'pretend') pretend(message);
	say({ type: 'done' });
});

function pretend({ partCount, partSize, without }: ToSink & { type: 'pretend' }): void {
	for (const parts of uploads.values()) {
		for (let at = 1; at <= partCount; at++) {
			if (!without.includes(at)) parts.set(at, { size: partSize, crc64: 1n });
			else parts.delete(at);
		}
	}
}

// The parent is gone: nobody is left to stop us.
process.on('disconnect', () => process.exit());

server.listen(0, '127.0.0.1', () => {
	const { port } = server.address() as AddressInfo;
	say({ type: 'listening', url: `http://127.0.0.1:${port}` });
});

import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { assertObjectKey, parseAddress, queryValue } from './address.js';
import { type Authority, authenticate, authorizationKind, type ReceivedRequest } from './authentication.js';
import { sleep } from './clock.js';
import { type CorsRule, corsHeaders, preflight } from './cors.js';
import { Exchange, type Reply } from './exchange.js';
import { type Faults, findFault } from './faults.js';
import { assertHeaders } from './header-rules.js';
import * as multipart from './multipart-operations.js';
import * as objects from './object-operations.js';
import type { Handler, Storage } from './operations.js';
import { accessDenied, ConnectionLost, invalidArgument, noSuchBucket, OssError } from './oss-error.js';
import type { OpenRecord, RequestLog } from './request-log.js';
import { type OssOperation, RAM_ACTIONS, route } from './router.js';
import { xmlDocument } from './xml.js';

export interface ServiceOptions {
	readonly buckets: ReadonlySet<string>;
	readonly cnames: Readonly<Record<string, string>>;
	readonly cors: readonly CorsRule[] | false;
	readonly authority: Authority;
	readonly storage: Storage;
	readonly faults: Faults;
	readonly log: RequestLog;
	/** Milliseconds before each request is looked at. */
	readonly latencyMs: number;
	/** Of each connection's request bodies; undefined for no limit. */
	readonly bytesPerSecond: number | undefined;
	/** Aborted when the emulator closes. */
	readonly closing: AbortSignal;
}

const HANDLERS: Readonly<Record<OssOperation, Handler>> = {
	PutObject: objects.putObject,
	HeadObject: objects.headObject,
	GetObject: objects.getObject,
	DeleteObject: objects.deleteObject,
	InitiateMultipartUpload: multipart.initiateMultipartUpload,
	UploadPart: multipart.uploadPart,
	CompleteMultipartUpload: multipart.completeMultipartUpload,
	AbortMultipartUpload: multipart.abortMultipartUpload,
	ListParts: multipart.listParts,
	ListMultipartUploads: multipart.listMultipartUploads,
};

/** What is known of a request before it is answered; `problem` when it is none of OSS's. */
interface Parsed {
	readonly request: ReceivedRequest;
	readonly operation: OssOperation | undefined;
	readonly problem: unknown;
}

/** OSS itself: from a request to its answer. */
export class Service {
	readonly #options: ServiceOptions;

	constructor(options: ServiceOptions) {
		this.#options = options;
	}

	async serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
		const parsed = parse(incoming, this.#options.cnames);
		const record = newRecord(parsed);
		const { log, bytesPerSecond, closing, faults } = this.#options;
		const struck = faults.strike(record);
		if (struck.length > 0) record.faulted = struck.map(({ action }) => action.type).join(',');
		const exchange = new Exchange(incoming, response, {
			record,
			faults: struck,
			log,
			bytesPerSecond,
			closing,
		});
		log.begin(record);
		const startedAt = performance.now();
		try {
			const reply = await this.#answer(exchange, parsed);
			await exchange.holdReply();
			if (findFault(struck, 'drop-reply')) return exchange.destroy();
			await exchange.send({
				...reply,
				headers: { ...this.#commonHeaders(exchange, startedAt), ...reply.headers },
			});
		} catch {
			// Whatever is thrown here means that nobody hears an answer any more.
			exchange.destroy();
		}
	}

	async #answer(exchange: Exchange, parsed: Parsed): Promise<Reply> {
		let reply: Reply;
		try {
			reply = await this.#work(exchange, parsed);
		} catch (error) {
			if (error instanceof ConnectionLost || exchange.signal.aborted) throw error;
			await exchange.drain();
			reply = this.#errorReply(exchange, parsed.request, error);
		}
		const replaced = findFault(exchange.faults, 'replace-body')?.action;
		if (!replaced) return reply;
		const { body, status = reply.status, headers = reply.headers ?? {} } = replaced;
		return { status, headers, body };
	}

	async #work(exchange: Exchange, { request, operation, problem }: Parsed): Promise<Reply> {
		await this.#befall(exchange);
		if (exchange.record.operation === 'Preflight') {
			return { status: 200, headers: preflight(this.#options.cors, request.headers) };
		}
		const { bucket, key = '' } = request;
		if (operation === undefined || bucket === undefined) throw problem;
		const { authority, buckets, storage } = this.#options;
		const accessKey = authenticate(request, authority);
		if (!accessKey.allows(RAM_ACTIONS[operation], request.key)) {
			throw accessDenied('You have no right to access this object because of bucket acl.');
		}
		if (!buckets.has(bucket)) throw noSuchBucket(bucket);
		if (request.key !== undefined) assertObjectKey(request.key);
		assertHeaders(operation, request.headers);
		const location = `http://${request.headers.host ?? ''}/${encodeURI(locationPath(request))}`;
		return HANDLERS[operation](exchange, { ...request, operation, bucket, key, location }, storage);
	}

	/** What faults and the latency do before the request is looked at. */
	async #befall(exchange: Exchange): Promise<void> {
		const { latencyMs, storage, authority } = this.#options;
		const { faults, record, signal } = exchange;
		const delay = findFault(faults, 'delay')?.action;
		const delayMs = latencyMs + (delay && !delay.applied ? delay.ms : 0);
		if (delayMs > 0) await sleep(delayMs, signal);
		if (findFault(faults, 'forget-upload')) await storage.uploads.forget(record.uploadId ?? '');
		if (findFault(faults, 'expire-tokens')) authority.keys.expire();
		const skew = findFault(faults, 'skew-clock')?.action.ms;
		if (skew !== undefined) authority.clock.skew(skew);
		const answer = findFault(faults, 'status')?.action;
		if (answer) {
			throw new FaultAnswer(answer.status, answer.code ?? 'InternalError', answer.headers ?? {}, answer.body);
		}
	}

	#errorReply(exchange: Exchange, request: ReceivedRequest, thrown: unknown): Reply {
		const error = thrown instanceof OssError ? thrown : unexpected(thrown);
		const { record } = exchange;
		record.code = error.code;
		const fault = error instanceof FaultAnswer ? error : undefined;
		const document = xmlDocument(
			'Error',
			[
				['Code', error.code],
				['Message', error.message],
				['RequestId', record.requestId],
				['HostId', request.headers.host ?? ''],
				...error.fields,
				...(error.ec === undefined ? [] : ([['EC', error.ec]] as const)),
			],
			false,
		);
		const body = fault?.body ?? document;
		return {
			status: error.status,
			headers: {
				'Content-Type': 'application/xml',
				...(error.ec === undefined ? {} : { 'x-oss-ec': error.ec }),
				// HEAD has no body, so newer servers repeat the document here.
				...(record.method === 'HEAD' ? { 'x-oss-err': Buffer.from(body).toString('base64') } : {}),
				...fault?.headers,
			},
			...(record.method === 'HEAD' ? {} : { body }),
		};
	}

	#commonHeaders({ record, faults }: Exchange, startedAt: number): Readonly<Record<string, string>> {
		const { cors, authority } = this.#options;
		const hidden = findFault(faults, 'hide-headers')?.action.names ?? [];
		return {
			Server: 'AliyunOSS',
			Date: new Date(authority.clock.now()).toUTCString(),
			'x-oss-request-id': record.requestId,
			// Milliseconds of work, not a clock.
			'x-oss-server-time': String(Math.round(performance.now() - startedAt)),
			...(record.operation === 'Preflight' ? {} : corsHeaders(cors, record.method, record.origin, hidden)),
		};
	}
}

/** The answer a `status` fault gives. */
class FaultAnswer extends OssError {
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string | undefined;

	constructor(
		status: number,
		code: string,
		headers: Readonly<Record<string, string>>,
		body: string | undefined,
	) {
		super(status, code, 'The emulator was told to answer this.');
		this.headers = headers;
		this.body = body;
	}
}

const unexpected = (thrown: unknown): OssError =>
	new OssError(
		500,
		'InternalError',
		thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown),
	);

const locationPath = ({ bucket, key = '', headers }: ReceivedRequest): string =>
	(headers.host ?? '').startsWith(`${bucket}.`) ? key : `${bucket}/${key}`;

function parse(incoming: IncomingMessage, cnames: Readonly<Record<string, string>>): Parsed {
	const headers = receivedHeaders(incoming);
	const method = incoming.method ?? '';
	try {
		const address = parseAddress(incoming.url ?? '/', headers.host ?? '', cnames);
		const request = { ...address, method, headers };
		try {
			if (method === 'OPTIONS') return { request, operation: undefined, problem: undefined };
			return {
				request,
				operation: route(method, address),
				problem: invalidArgument('The request has no bucket.'),
			};
		} catch (problem) {
			return { request, operation: undefined, problem };
		}
	} catch (problem) {
		const request = { bucket: undefined, key: undefined, query: [], method, headers };
		return { request, operation: undefined, problem };
	}
}

function receivedHeaders({ headers }: IncomingMessage): Readonly<Record<string, string>> {
	const entries = Object.entries(headers).flatMap(([name, value]) =>
		value === undefined ? [] : [[name, asUtf8(Array.isArray(value) ? value.join(', ') : value)] as const],
	);
	return Object.fromEntries(entries);
}

/** Node reads header bytes as Latin-1; what is signed are the bytes, and clients mean UTF-8 by them. */
function asUtf8(value: string): string {
	const text = Buffer.from(value, 'latin1').toString();
	return text.includes('\ufffd') ? value : text;
}

const SECRET_HEADERS = new Set(['authorization', 'x-oss-security-token']);

function newRecord({ request, operation }: Parsed): OpenRecord {
	const { bucket, key, query, headers, method } = request;
	const partNumber = queryValue(query, 'partNumber');
	const uploadId = queryValue(query, 'uploadId');
	return {
		at: Date.now(),
		requestId: randomBytes(12).toString('hex').toUpperCase(),
		operation: method === 'OPTIONS' ? 'Preflight' : (operation ?? 'Unknown'),
		method,
		...(bucket === undefined ? {} : { bucket }),
		...(key === undefined ? {} : { key }),
		...(partNumber === undefined ? {} : { partNumber: Number(partNumber) }),
		...(uploadId === undefined ? {} : { uploadId }),
		...(headers.origin === undefined ? {} : { origin: headers.origin }),
		authorization: authorizationKind(request),
		headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !SECRET_HEADERS.has(name))),
		bytes: 0,
		status: 0,
		stored: false,
	};
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Faults, findFault } from '../control/faults.js';
import { imposterReply } from '../control/imposter.js';
import type { RequestLog } from '../control/request-log.js';
import { assertObjectKey } from './address.js';
import { type Authority, authenticate, type ReceivedRequest } from './authentication.js';
import { assertNoCallback } from './callback.js';
import { sleep } from './clock.js';
import * as copies from './copy-operations.js';
import { type CopySource, parseCopySource } from './copy-source.js';
import { type BucketCors, corsHeaders, preflight } from './cors.js';
import { asOssError, errorReply, FaultAnswer } from './error-document.js';
import { Exchange, type Reply } from './exchange.js';
import { assertHeaders } from './header-rules.js';
import * as multipart from './multipart-operations.js';
import * as objects from './object-operations.js';
import type { Handler, Storage } from './operations.js';
import { accessDenied, ConnectionLost, noSuchBucket, OssError } from './oss-error.js';
import { newRecord, type ParsedRequest, parseRequest } from './parsed-request.js';
import { type OssOperation, RAM_ACTIONS } from './router.js';

export interface ServiceOptions {
	readonly buckets: ReadonlySet<string>;
	readonly cnames: Readonly<Record<string, string>>;
	readonly cors: BucketCors;
	readonly authority: Authority;
	readonly storage: Storage;
	readonly faults: Faults;
	readonly log: RequestLog;
	/** Whether a request may make this process call another. */
	readonly callbacks: boolean;
	/** Milliseconds before each request is looked at. */
	readonly latencyMs: number;
	/** Of each connection's request bodies; undefined for no limit. */
	readonly bytesPerSecond: number | undefined;
	/** Aborted when the emulator closes. */
	readonly closing: AbortSignal;
}

const HANDLERS: Readonly<Record<OssOperation, Handler>> = {
	PutObject: objects.putObject,
	CopyObject: copies.copyObject,
	HeadObject: objects.headObject,
	GetObject: objects.getObject,
	DeleteObject: objects.deleteObject,
	InitiateMultipartUpload: multipart.initiateMultipartUpload,
	UploadPart: multipart.uploadPart,
	UploadPartCopy: copies.uploadPartCopy,
	CompleteMultipartUpload: multipart.completeMultipartUpload,
	AbortMultipartUpload: multipart.abortMultipartUpload,
	ListParts: multipart.listParts,
	ListMultipartUploads: multipart.listMultipartUploads,
};

/** OSS itself: from a request to its answer. */
export class Service {
	readonly #options: ServiceOptions;

	constructor(options: ServiceOptions) {
		this.#options = options;
	}

	async serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
		// The emulator's clock tells the Date, and something else that answers may have none.
		response.sendDate = false;
		const parsed = parseRequest(incoming, this.#options.cnames);
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
		try {
			const reply = await this.#answer(exchange, parsed);
			await exchange.holdReply();
			if (findFault(struck, 'drop-reply')) return exchange.destroy();
			await exchange.send(reply);
		} catch {
			// Whatever is thrown here means that nobody hears an answer any more.
			exchange.destroy();
		}
	}

	async #answer(exchange: Exchange, parsed: ParsedRequest): Promise<Reply> {
		const imposter = findFault(exchange.faults, 'answer-as')?.action;
		if (!imposter) return this.#ossAnswer(exchange, parsed);
		if (imposter.applied) await this.#ossAnswer(exchange, parsed);
		else {
			await this.#befall(exchange);
			await exchange.drain();
		}
		const reply = imposterReply(imposter);
		const cors = imposter.cors === false ? {} : this.#corsHeaders(exchange);
		return { ...reply, headers: mergedHeaders(cors, reply.headers) };
	}

	async #ossAnswer(exchange: Exchange, parsed: ParsedRequest): Promise<Reply> {
		const startedAt = performance.now();
		const reply = await this.#reply(exchange, parsed);
		const changed = findFault(exchange.faults, 'headers')?.action.headers;
		return {
			...reply,
			headers: mergedHeaders(this.#commonHeaders(exchange, startedAt), reply.headers, changed),
		};
	}

	async #reply(exchange: Exchange, parsed: ParsedRequest): Promise<Reply> {
		let reply: Reply;
		try {
			reply = await this.#work(exchange, parsed);
		} catch (thrown) {
			if (thrown instanceof ConnectionLost || exchange.signal.aborted) throw thrown;
			await exchange.drain();
			const error = asOssError(thrown);
			const { method, requestId } = exchange.record;
			exchange.record.code = error.code;
			reply = errorReply(error, { method, requestId, host: parsed.request.headers.host ?? '' });
		}
		const replaced = findFault(exchange.faults, 'replace-body')?.action;
		if (!replaced) return reply;
		const { body, status = reply.status, headers = reply.headers ?? {} } = replaced;
		return { status, headers, body };
	}

	async #work(exchange: Exchange, { request, operation, problem }: ParsedRequest): Promise<Reply> {
		await this.#befall(exchange);
		this.#refuse(exchange);
		if (exchange.record.operation === 'Preflight') {
			return { status: 200, headers: preflight(this.#options.cors.rules, request.headers) };
		}
		const { bucket, key = '' } = request;
		if (operation === undefined || bucket === undefined) throw problem;
		const source = this.#authorize(request, operation, bucket);
		if (request.key !== undefined) assertObjectKey(request.key);
		assertHeaders(operation, request.headers);
		if (!this.#options.callbacks) assertNoCallback(request);
		const location = `http://${request.headers.host ?? ''}/${encodeURI(locationPath(request))}`;
		const asked = { ...request, operation, bucket, key, location, source };
		return HANDLERS[operation](exchange, asked, this.#options.storage);
	}

	/**
	 * What the request may copy, if it copies.
	 *
	 * @throws OssError unless the sender may do what is asked for, and the buckets exist
	 */
	#authorize(request: ReceivedRequest, operation: OssOperation, bucket: string): CopySource | undefined {
		const { authority, buckets } = this.#options;
		const accessKey = authenticate(request, authority);
		if (!accessKey.allows(RAM_ACTIONS[operation], bucket, request.key)) throw noRight();
		if (!buckets.has(bucket)) throw noSuchBucket(bucket);
		const source = parseCopySource(request.headers);
		if (!source) return undefined;
		if (!accessKey.allows('GetObject', source.bucket, source.key)) throw noRight();
		if (!buckets.has(source.bucket)) throw noSuchBucket(source.bucket);
		return source;
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
	}

	/** The refusals that faults ask for. */
	#refuse({ faults }: Exchange): void {
		const answer = findFault(faults, 'status')?.action;
		if (answer) throw new FaultAnswer(answer.status, answer.code ?? 'InternalError', answer.ec, answer);
		if (findFault(faults, 'public-endpoint-forbidden')) throw publicEndpointForbidden();
	}

	#commonHeaders(exchange: Exchange, startedAt: number): Readonly<Record<string, string>> {
		return {
			Server: 'AliyunOSS',
			Date: new Date(this.#options.authority.clock.now()).toUTCString(),
			'x-oss-request-id': exchange.record.requestId,
			// Milliseconds of work, not a clock.
			'x-oss-server-time': String(Math.round(performance.now() - startedAt)),
			...this.#corsHeaders(exchange),
		};
	}

	#corsHeaders({ record, faults }: Exchange): Readonly<Record<string, string>> {
		if (record.operation === 'Preflight') return {};
		const hidden = findFault(faults, 'hide-headers')?.action.names ?? [];
		return corsHeaders(this.#options.cors.rules, record.method, record.origin, hidden);
	}
}

/** Later ones win whatever the case of their names; null takes a header away. */
function mergedHeaders(
	...sets: readonly (Readonly<Record<string, string | null>> | undefined)[]
): Readonly<Record<string, string>> {
	const merged = new Map<string, readonly [name: string, value: string | null]>();
	for (const set of sets) {
		for (const [name, value] of Object.entries(set ?? {})) merged.set(name.toLowerCase(), [name, value]);
	}
	return Object.fromEntries(
		[...merged.values()].flatMap(([name, value]) => (value === null ? [] : [[name, value] as const])),
	);
}

const noRight = (): OssError =>
	accessDenied('You have no right to access this object because of bucket acl.', { ec: '0003-00000001' });

const publicEndpointForbidden = (): OssError =>
	new OssError(
		400,
		'PublicEndpointForbidden',
		'You are forbidden to call this operation at the public endpoint of the bucket. Use a custom domain that is bound to it.',
	);

const locationPath = ({ bucket, key = '', headers }: ReceivedRequest): string =>
	(headers.host ?? '').startsWith(`${bucket}.`) ? key : `${bucket}/${key}`;

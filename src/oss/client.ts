import { abortable } from '../base/abortable.js';
import { ServiceError, type UploadError } from '../base/errors.js';
import type {
	ListPartsPage,
	ObjectInfo,
	ObjectReceipt,
	ObjectSettings,
	Operation,
	PartReceipt,
} from '../core/model.js';
import type {
	Clock,
	PartToSend,
	Remote,
	SentListener,
	Sha256,
	Transport,
	TransportRequest,
	TransportResponse,
} from '../core/ports.js';
import { completeBody, readPartsPage, readUploadId } from './answers.js';
import type { Endpoint } from './endpoint.js';
import { type ErrorDocument, readError } from './error-document.js';
import {
	type Answer,
	areHidden,
	badAnswer,
	carriesCallback,
	checksums,
	expectEmpty,
	expectStatus,
	type Heads,
	isErrorAnswer,
	isOfOss,
} from './evidence.js';
import { headersFor } from './headers.js';
import { CorsProbes } from './probe.js';
import { completeReceipt, objectInfo, putReceipt } from './receipts.js';
import { kindOf, type RequestKind } from './request-kind.js';
import { createServerTime, type ServerTime } from './server-time.js';
import { heldMs, serviceError } from './service-error.js';
import { signByProvider, signWithCredentials } from './signing/authorize.js';
import type { Authorize, SignRequest } from './signing/contract.js';

import { createCredentials, type GetCredentials } from './signing/credentials.js';
import { base64, byName, type Query } from './signing/encoding.js';
import { childText, parseXml } from './xml.js';

export interface OssClientOptions {
	readonly bucket: string;
	readonly endpoint: Endpoint;
	/** @default 'v4' */
	readonly signatureVersion?: 'v4' | 'v1' | undefined;
	/** One of the two. */
	readonly getCredentials?: GetCredentials | undefined;
	readonly signRequest?: SignRequest | undefined;
	/** @default 'uploader' */
	readonly credentialsFor?: 'uploader' | 'key' | undefined;
	readonly transport: Transport;
	readonly clock: Clock;
	readonly loadSha256: () => Promise<Sha256>;
}

export interface OssClient {
	/** `tell`: OSS held a request for so many milliseconds. `transport`: of this object alone. */
	forObject(
		key: string,
		settings: ObjectSettings,
		tell?: (heldMs: number) => void,
		transport?: Transport,
	): Remote;
	/** No task of this key is left: what was kept for it alone is dropped. */
	forget(key: string): void;
	/** Ends what is being asked of `getCredentials`. */
	close(): void;
}

/** What all objects of a client share. */
interface Connection {
	readonly endpoint: Endpoint;
	readonly authorize: Authorize;
	readonly transport: Transport;
	readonly clock: Clock;
	readonly serverTime: ServerTime;
	readonly probes: CorsProbes;
	readonly heads: Heads;
}

/** Speaks to OSS: one request a call, signed afresh. It learns from the answers, and decides nothing. */
export function createOssClient(options: OssClientOptions): OssClient {
	const { endpoint, getCredentials, transport, clock } = options;
	const serverTime = createServerTime(clock);
	const serverNow = serverTime.now;
	const credentials = getCredentials && createCredentials({ ...options, getCredentials, serverNow });
	const authorize = credentials
		? signWithCredentials({ ...options, credentials, serverNow })
		: signByProvider(options);
	const probes = new CorsProbes(transport);
	const connection: Connection = {
		endpoint,
		authorize,
		transport,
		clock,
		serverTime,
		probes,
		heads: { doubts: 0 },
	};
	return {
		forObject: (key, settings, tell = () => {}, carrier = transport) =>
			new OssObject({ ...connection, transport: carrier }, key, settings, tell),
		forget: (key) => credentials?.forget(key),
		close: () => credentials?.close(),
	};
}

interface Call extends Pick<TransportRequest, 'method' | 'body' | 'onSent' | 'isUntimed'> {
	readonly operation: Operation;
	readonly query?: Query;
	/** Beside those of the table. */
	readonly headers?: Readonly<Record<string, string>>;
	readonly partNumber?: number;
	/** Ends it once it has left the page, instead of the caller's signal. */
	readonly inFlight?: AbortSignal;
}

/** A request whose time is further off is refused. */
const CLOCK_TOLERANCE_MS = 15 * 60_000;

/** 403 is also what a policy says that does not allow the request; these say that it was about the token. */
const REJECTED =
	/^(SecurityTokenExpired|InvalidSecurityToken|InvalidAccessKeyId|AccessKeyIdAndSecurityTokenNotMatch)$/;

/** What OSS says of a presigned URL that has ended, as `AccessDenied`. */
const EXPIRED = /Request has expired/;

class OssObject implements Remote {
	carriesCallback: boolean;
	readonly #connection: Connection;
	readonly #key: string;
	/** Those asked for, without a guess. */
	readonly #asked: ObjectSettings['headers'];
	readonly #headers: ObjectSettings['headers'];
	readonly #tell: (heldMs: number) => void;
	/** The latest request of each operation that got no answer. */
	readonly #unanswered = new Map<Operation, RequestKind>();

	constructor(connection: Connection, key: string, settings: ObjectSettings, tell: (heldMs: number) => void) {
		this.#connection = connection;
		this.#key = key;
		this.#asked = settings.headers;
		this.carriesCallback = 'x-oss-callback' in settings.headers;
		this.#headers = { 'content-type': settings.guessedContentType, ...settings.headers };
		this.#tell = tell;
	}

	get initiateDigest(): string {
		return this.#digestOf('InitiateMultipartUpload');
	}

	get completeDigest(): string {
		return this.#digestOf('CompleteMultipartUpload');
	}

	#digestOf(operation: Operation): string {
		return JSON.stringify(Object.entries(headersFor(operation, this.#asked)).sort(byName));
	}

	serverTime(at: number, seen = 0): number {
		const { serverTime } = this.#connection;
		const time = serverTime.at(at);
		return serverTime.isKnown ? Math.max(time, seen) : seen || time - CLOCK_TOLERANCE_MS;
	}

	async missingCors(operation: Operation, signal: AbortSignal): Promise<string | UploadError | undefined> {
		const kind = this.#unanswered.get(operation);
		return kind && this.#connection.probes.missing(kind, signal);
	}

	initiate(signal: AbortSignal, inFlight = signal): Promise<string> {
		const uploads = { method: 'POST', query: { uploads: '' }, inFlight } as const;
		return this.#call({ operation: 'InitiateMultipartUpload', ...uploads }, signal, ({ response }) =>
			readUploadId(parseXml(response.text)),
		);
	}

	uploadPart(part: PartToSend, signal: AbortSignal): Promise<PartReceipt> {
		const { uploadId, partNumber, bytes: body, md5, onSent } = part;
		const query = { partNumber: String(partNumber), uploadId };
		const rest = { query, headers: contentMd5(md5), body, onSent, partNumber };
		return this.#call({ operation: 'UploadPart', method: 'PUT', ...rest }, signal, ({ response }) => {
			expectEmpty(response);
			return checksums(response);
		});
	}

	listParts(uploadId: string, partNumberMarker: number, signal: AbortSignal): Promise<ListPartsPage> {
		const query = {
			uploadId,
			'max-parts': '1000',
			'part-number-marker': String(partNumberMarker),
			// Without it a key with control characters would make the answer no XML.
			'encoding-type': 'url',
		};
		return this.#call({ operation: 'ListParts', method: 'GET', query }, signal, ({ response }) => {
			const root = parseXml(response.text);
			// A cache that answers by the address alone would list another upload's.
			const named = childText(root, 'UploadId');
			if (named !== undefined && named !== uploadId) throw new SyntaxError('another UploadId');
			return readPartsPage(root, partNumberMarker);
		});
	}

	complete(
		uploadId: string,
		parts: readonly { readonly partNumber: number; readonly etag: string }[],
		signal: AbortSignal,
	): Promise<ObjectReceipt> {
		const call = {
			operation: 'CompleteMultipartUpload',
			method: 'POST',
			query: { uploadId },
			// Browsers would add a Content-Type to text, and OSS would miss it in the signature.
			headers: { 'content-type': 'application/xml' },
			body: completeBody(parts),
			isUntimed: true,
		} as const;
		return this.#call(call, signal, (answer) => completeReceipt(answer, this.#location));
	}

	async abort(uploadId: string, signal: AbortSignal): Promise<void> {
		const call = { operation: 'AbortMultipartUpload', method: 'DELETE', query: { uploadId } } as const;
		await this.#call(call, signal, () => undefined);
	}

	put(
		body: Blob,
		md5: string | undefined,
		onSent: SentListener,
		signal: AbortSignal,
	): Promise<ObjectReceipt> {
		const call = { operation: 'PutObject', method: 'PUT', headers: contentMd5(md5), body, onSent } as const;
		return this.#call(call, signal, (answer) => putReceipt(answer, this.#location));
	}

	async head(signal: AbortSignal): Promise<ObjectInfo | undefined> {
		const call = { operation: 'HeadObject', method: 'HEAD' } as const;
		try {
			const info = await this.#call(call, signal, ({ response }) => objectInfo(response, this.#location));
			this.#connection.heads.areRefused = false;
			return info;
		} catch (error) {
			const isMissing = error instanceof ServiceError && error.status === 404;
			// Without a body the reason is mostly hidden; only a bucket that is missing is another matter.
			if (isMissing && error.ossCode !== 'NoSuchBucket') return undefined;
			throw error;
		}
	}

	/** `read` looks at what is no refusal, and throws a `SyntaxError` for what OSS would not answer. */
	async #call<T>(call: Call, signal: AbortSignal, read: (answer: Answer) => T | Promise<T>): Promise<T> {
		const { serverTime, probes, heads } = this.#connection;
		const { answer, sent, sentAt, reject } = await this.#send(call, signal);
		const { response } = answer;
		if (response.header('x-oss-request-id')) {
			heads.haveIds = true;
			if (call.method === 'HEAD') heads.doubts = Number.NEGATIVE_INFINITY;
		}
		const held = heldMs(response);
		if (held > 0) this.#tell(held);
		const document = isErrorAnswer(response) ? readError(response) : undefined;
		if (isOfOss(response)) {
			serverTime.learn(response, document?.serverTime, sentAt);
			probes.answered(sent);
		}
		try {
			if (document) throw await this.#refusal(call, response, document, reject);
			expectStatus(answer);
			const value = await read(answer);
			// Its shape tells that it is OSS's, also where all its headers are hidden.
			probes.answered(sent);
			return value;
		} catch (error) {
			throw error instanceof SyntaxError ? badAnswer(response, call, error) : error;
		}
	}

	async #send(call: Call, signal: AbortSignal) {
		const {
			operation,
			method,
			query = {},
			headers: ownHeaders,
			partNumber,
			inFlight = signal,
			...rest
		} = call;
		const { authorize, clock, transport } = this.#connection;
		const headers = { ...headersFor(operation, this.#headers), ...ownHeaders };
		const unsigned = { operation, method, key: this.#key, query, headers, partNumber };
		const { reject, ...signed } = await abortable(signal, authorize(unsigned, signal));
		const isLast = operation === 'CompleteMultipartUpload' || operation === 'PutObject';
		const hasCallback = isLast && carriesCallback(signed);
		if (isLast) this.carriesCallback = hasCallback;
		const sentAt = clock.now();
		const request = { ...rest, method, ...signed, signal: inFlight };
		const response = await transport.send(request).catch((error: unknown) => {
			this.#unanswered.set(operation, kindOf({ method, ...signed }));
			throw error;
		});
		const answer: Answer = { response, operation, hasCallback };
		return { answer, sent: { method, address: signed.url, headers: signed.headers }, sentAt, reject };
	}

	async #refusal(
		{ operation, partNumber }: Call,
		response: TransportResponse,
		document: ErrorDocument,
		reject: () => void,
	): Promise<Error> {
		const { status } = response;
		// Who fails may be anybody's server. Who refuses a HEAD cannot be told where no header of OSS can be read.
		const isBelieved =
			status >= 500 ||
			status === 429 ||
			isOfOss(response) ||
			(operation === 'HeadObject' && status >= 400 && areHidden(this.#connection.heads));
		if (!isBelieved) return new SyntaxError('no error document of OSS is in it');
		const isRejected = this.#isRejection(operation, status, document);
		if (isRejected) reject();
		const serverNow = this.#connection.serverTime.now();
		return serviceError(response, document, { operation, partNumber, isRejected, serverNow });
	}

	#isRejection(operation: Operation, status: number, { code, message }: ErrorDocument): boolean {
		if (code) return REJECTED.test(code) || (code === 'AccessDenied' && EXPIRED.test(message ?? ''));
		// A HEAD has no body to tell an expired token from a policy: once it is taken for the token.
		const { heads } = this.#connection;
		if (operation !== 'HeadObject' || status !== 403 || heads.areRefused) return false;
		heads.areRefused = true;
		return true;
	}

	get #location(): string {
		return this.#connection.endpoint.url(this.#key, {});
	}
}

const contentMd5 = (md5: string | undefined): Record<string, string> =>
	md5 === undefined
		? {}
		: { 'content-md5': base64(Uint8Array.from(md5.match(/../g) ?? [], (pair) => Number(`0x${pair}`))) };

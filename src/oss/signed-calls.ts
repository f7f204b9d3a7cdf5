import { abortable } from '../base/abortable.js';
import type { UploadError } from '../base/errors.js';
import type { ObjectSettings, Operation } from '../core/model.js';
import type { Clock, Transport, TransportRequest, TransportResponse } from '../core/ports.js';
import type { Endpoint } from './endpoint.js';
import { type ErrorDocument, readError } from './error-document.js';
import {
	type Answer,
	areHidden,
	badAnswer,
	carriesCallback,
	expectStatus,
	type Heads,
	isErrorAnswer,
	isOfOss,
} from './evidence.js';
import { headersFor } from './headers.js';
import type { CorsProbes } from './probe.js';
import { kindOf, type RequestKind } from './request-kind.js';
import type { ServerTime } from './server-time.js';
import { heldMs, serviceError } from './service-error.js';
import type { Authorize } from './signing/contract.js';
import type { Query } from './signing/encoding.js';

/** What all objects of a client share. */
export interface Connection {
	readonly endpoint: Endpoint;
	readonly authorize: Authorize;
	readonly transport: Transport;
	readonly clock: Clock;
	readonly serverTime: ServerTime;
	readonly probes: CorsProbes;
	readonly heads: Heads;
}

export interface Call extends Pick<TransportRequest, 'method' | 'body' | 'onSent' | 'isUntimed'> {
	readonly operation: Operation;
	readonly query?: Query;
	/** Beside those of the table. */
	readonly headers?: Readonly<Record<string, string>>;
	readonly partNumber?: number;
	/** Ends it once it has left the page, instead of the caller's signal. */
	readonly inFlight?: AbortSignal;
}

/** 403 is also what a policy says that does not allow the request; these say that it was about the token. */
const REJECTED =
	/^(SecurityTokenExpired|InvalidSecurityToken|InvalidAccessKeyId|AccessKeyIdAndSecurityTokenNotMatch)$/;

/** What OSS says of a presigned URL that has ended, as `AccessDenied`. */
const EXPIRED = /Request has expired/;

/** The requests about one object: each signed, sent, and its answer judged. */
export class SignedCalls {
	/** Whether the request that makes the object asks for a callback: the header's, then as it was signed. */
	carriesCallback: boolean;
	readonly #connection: Connection;
	readonly #key: string;
	readonly #headers: ObjectSettings['headers'];
	readonly #tell: (heldMs: number) => void;
	/** Its HEAD was refused without a reason, and none was let through since. */
	#isHeadRefused = false;
	/** The latest request of each operation that got no answer. */
	readonly #unanswered = new Map<Operation, RequestKind>();

	constructor(connection: Connection, key: string, settings: ObjectSettings, tell: (heldMs: number) => void) {
		this.#connection = connection;
		this.#key = key;
		this.carriesCallback = 'x-oss-callback' in settings.headers;
		this.#headers = { 'content-type': settings.guessedContentType, ...settings.headers };
		this.#tell = tell;
	}

	async missingCors(operation: Operation, signal: AbortSignal): Promise<string | UploadError | undefined> {
		const kind = this.#unanswered.get(operation);
		return kind && this.#connection.probes.missing(kind, signal);
	}

	/** `read` looks at what is no refusal, and throws a `SyntaxError` for what OSS would not answer. */
	async call<T>(call: Call, signal: AbortSignal, read: (answer: Answer) => T | Promise<T>): Promise<T> {
		const { serverTime, probes, heads } = this.#connection;
		const wasDoubted = heads.areRefused || this.#isHeadRefused;
		const { answer, sent, sentAt, reject } = await this.#send(call, signal);
		const { response } = answer;
		if (response.header('x-oss-request-id')) {
			heads.haveIds = true;
			if (call.method === 'HEAD') heads.doubts = Number.NEGATIVE_INFINITY;
		}
		if (call.method === 'HEAD') this.#headAnswered(response.status);
		const held = heldMs(response);
		if (held > 0) this.#tell(held);
		const document = isErrorAnswer(response) ? readError(response) : undefined;
		if (isOfOss(response)) {
			serverTime.learn(response, document?.serverTime, sentAt);
			probes.answered(sent);
		}
		try {
			if (document) throw await this.#refusal(call, response, document, reject, wasDoubted);
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
		wasDoubted: boolean,
	): Promise<Error> {
		const { status } = response;
		// Who fails may be anybody's server. Who refuses a HEAD cannot be told where no header of OSS can be read.
		const isBelieved =
			status >= 500 ||
			status === 429 ||
			isOfOss(response) ||
			(operation === 'HeadObject' && status >= 400 && areHidden(this.#connection.heads));
		if (!isBelieved) return new SyntaxError('no error document of OSS is in it');
		const isRejected = this.#isRejection(operation, status, document, wasDoubted);
		if (isRejected) reject();
		const serverNow = this.#connection.serverTime.now();
		return serviceError(response, document, { operation, partNumber, isRejected, serverNow });
	}

	/** `wasDoubted`: when it began to be signed, a HEAD had been refused already. */
	#isRejection(
		operation: Operation,
		status: number,
		{ code, message }: ErrorDocument,
		wasDoubted: boolean,
	): boolean {
		if (code) return REJECTED.test(code) || (code === 'AccessDenied' && EXPIRED.test(message ?? ''));
		// A HEAD has no body to tell an expired token from a policy: it is the policy where a new token is refused too.
		if (operation !== 'HeadObject' || status !== 403) return false;
		const { heads } = this.#connection;
		heads.areRefused ||= wasDoubted || heads.shareToken;
		this.#isHeadRefused = true;
		return !wasDoubted;
	}

	#headAnswered(status: number): void {
		const { heads } = this.#connection;
		// What lies elsewhere, under a part of the policy that lets HEAD through, says nothing of where it was refused.
		if (status === 200 || (status === 404 && this.#isHeadRefused)) heads.areRefused = false;
		if (status === 200 || status === 404) this.#isHeadRefused = false;
	}
}

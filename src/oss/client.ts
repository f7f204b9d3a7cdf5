import type {
	Bytes,
	Clock,
	ListPartsPage,
	ObjectInfo,
	ObjectReceipt,
	ObjectSettings,
	Operation,
	PartReceipt,
	PartToSend,
	Remote,
	SentListener,
	Sha256,
	Transport,
	TransportRequest,
	TransportResponse,
} from '../core/ports.js';
import { ServiceError } from '../errors.js';
import { completeBody, readEtag, readPartsPage, readUploadId } from './answers.js';
import {
	type Authorize,
	type Authorized,
	type SignRequest,
	signByProvider,
	signWithCredentials,
} from './authorize.js';
import { createCredentials, type GetCredentials } from './credentials.js';
import { base64, byName, type Query } from './encoding.js';
import type { Endpoint } from './endpoint.js';
import {
	badAnswer,
	carriesCallback,
	checksums,
	expectEmpty,
	expectStatus,
	isErrorAnswer,
	isEvident,
	readAnswer,
	readCallback,
} from './evidence.js';
import { headersFor } from './headers.js';
import { CorsProbes } from './probe.js';
import { createServerTime, type ServerTime } from './server-time.js';
import { type ErrorDocument, heldMs, readError, serviceError } from './service-error.js';
import { childText } from './xml.js';

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
	/** `tell`: OSS held a request for so many milliseconds. */
	forObject(key: string, settings: ObjectSettings, tell?: (heldMs: number) => void): Remote;
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
	const connection: Connection = { endpoint, authorize, transport, clock, serverTime, probes };
	return {
		forObject: (key, settings, tell = () => {}) => new OssObject(connection, key, settings, tell),
		forget: (key) => credentials?.forget(key),
		close: () => credentials?.close(),
	};
}

interface Call extends Pick<TransportRequest, 'body' | 'onSent'> {
	readonly query?: Query;
	/** Beside those of the table. */
	readonly headers?: Readonly<Record<string, string>>;
	readonly partNumber?: number;
}

/** What came back, and what was sent: only that tells whether a callback's answer is to be expected. */
interface Answer {
	readonly response: TransportResponse;
	readonly sent: Pick<Authorized, 'url' | 'headers'>;
}

/** 403 is also what a policy says that does not allow the request; these say that it was about the token. */
const REJECTED =
	/^(SecurityTokenExpired|InvalidSecurityToken|InvalidAccessKeyId|AccessKeyIdAndSecurityTokenNotMatch)$/;

/** What OSS says of a presigned URL that has ended, as `AccessDenied`. */
const EXPIRED = /Request has expired/;

class OssObject implements Remote {
	readonly initiateDigest: string;
	carriesCallback = false;
	readonly #connection: Connection;
	readonly #key: string;
	readonly #headers: ObjectSettings['headers'];
	readonly #tell: (heldMs: number) => void;
	/** A HEAD was refused without a reason, and no HEAD has succeeded since. */
	#headRefused = false;

	constructor(connection: Connection, key: string, settings: ObjectSettings, tell: (heldMs: number) => void) {
		const asked = Object.entries(headersFor('InitiateMultipartUpload', settings.headers)).sort(byName);
		this.initiateDigest = JSON.stringify(asked);
		this.#connection = connection;
		this.#key = key;
		this.#headers = { 'content-type': settings.guessedContentType, ...settings.headers };
		this.#tell = tell;
	}

	serverNow(): number | undefined {
		const { serverTime } = this.#connection;
		return serverTime.isKnown ? serverTime.now() : undefined;
	}

	missingCors(operation: Operation, signal: AbortSignal): Promise<string | undefined> {
		return this.#connection.probes.missing(operation, signal);
	}

	async initiate(signal: AbortSignal): Promise<string> {
		const { response } = await this.#call('InitiateMultipartUpload', 'POST', signal, {
			query: { uploads: '' },
		});
		return readAnswer(response, readUploadId);
	}

	async uploadPart(part: PartToSend, signal: AbortSignal): Promise<PartReceipt> {
		const { uploadId, partNumber, bytes: body, md5, onSent } = part;
		const query = { partNumber: String(partNumber), uploadId };
		const call = { query, headers: contentMd5(md5), body, onSent, partNumber };
		const { response } = await this.#call('UploadPart', 'PUT', signal, call);
		expectEmpty(response);
		return checksums(response);
	}

	async listParts(uploadId: string, partNumberMarker: number, signal: AbortSignal): Promise<ListPartsPage> {
		const query = {
			uploadId,
			'max-parts': '1000',
			'part-number-marker': String(partNumberMarker),
			// Without it a key with control characters would make the answer no XML.
			'encoding-type': 'url',
		};
		const { response } = await this.#call('ListParts', 'GET', signal, { query });
		return readAnswer(response, (root) => {
			// A cache that answers by the address alone would list another upload's.
			const named = childText(root, 'UploadId');
			if (named !== undefined && named !== uploadId) throw new SyntaxError('another UploadId');
			return readPartsPage(root, partNumberMarker);
		});
	}

	async complete(
		uploadId: string,
		parts: readonly { readonly partNumber: number; readonly etag: string }[],
		signal: AbortSignal,
	): Promise<ObjectReceipt> {
		const answer = await this.#call('CompleteMultipartUpload', 'POST', signal, {
			query: { uploadId },
			// Browsers would add a Content-Type to text, and OSS would miss it in the signature.
			headers: { 'content-type': 'application/xml' },
			body: completeBody(parts),
		});
		const called = this.#called(answer);
		if (called) return called;
		// The document itself shows who wrote it.
		const etag = readAnswer(answer.response, readEtag);
		return { ...this.#stored(answer.response), etag, isEvident: true };
	}

	async abort(uploadId: string, signal: AbortSignal): Promise<void> {
		await this.#call('AbortMultipartUpload', 'DELETE', signal, { query: { uploadId } });
	}

	async put(
		body: Bytes,
		md5: string | undefined,
		onSent: SentListener,
		signal: AbortSignal,
	): Promise<ObjectReceipt> {
		const answer = await this.#call('PutObject', 'PUT', signal, { headers: contentMd5(md5), body, onSent });
		const called = this.#called(answer);
		if (called) return called;
		expectEmpty(answer.response);
		return this.#stored(answer.response);
	}

	async head(signal: AbortSignal): Promise<ObjectInfo | undefined> {
		try {
			const { response } = await this.#call('HeadObject', 'HEAD', signal);
			this.#headRefused = false;
			const size = response.header('content-length') ?? '';
			if (!/^\d+$/.test(size)) throw badAnswer(response, new SyntaxError('no valid Content-Length'));
			const lastModified = Date.parse(response.header('last-modified') ?? '') || undefined;
			return { ...this.#stored(response), isEvident: true, size: Number(size), lastModified };
		} catch (error) {
			const isMissing = error instanceof ServiceError && error.status === 404;
			// Without a body the reason is mostly hidden; only a bucket that is missing is another matter.
			if (isMissing && error.ossCode !== 'NoSuchBucket') return undefined;
			throw error;
		}
	}

	async #call(
		operation: Operation,
		method: string,
		signal: AbortSignal,
		{ query = {}, headers: ownHeaders, partNumber, ...rest }: Call = {},
	): Promise<Answer> {
		const { authorize, clock, serverTime, transport, probes } = this.#connection;
		const headers = { ...headersFor(operation, this.#headers), ...ownHeaders };
		const unsigned = { operation, method, key: this.#key, query, headers, partNumber };
		const sent = await authorize(unsigned, signal);
		const { url } = sent;
		const sentAt = clock.now();
		if (operation === 'CompleteMultipartUpload' || operation === 'PutObject') {
			this.carriesCallback = carriesCallback(sent);
		}
		probes.sends(operation, { method, url, headers: sent.headers });
		const response = await transport.send({ ...rest, method, url, headers: sent.headers, signal });
		probes.answered(operation);
		this.#hearHeld(response);
		const isError = isErrorAnswer(response);
		const document = isError ? readError(response) : undefined;
		// A clock is OSS's only in an answer of OSS.
		if (isEvident(response) || document?.code) serverTime.learn(response, document?.serverTime, sentAt);
		if (!document) {
			expectStatus(response, operation, carriesCallback(sent));
			return { response, sent };
		}
		// A HEAD has no body: what refuses it cannot be told.
		const isNobodys = !document.code && !isEvident(response) && operation !== 'HeadObject';
		if (isNobodys && response.status < 500 && response.status !== 429) {
			throw badAnswer(response, 'no error document of OSS');
		}
		const renewed = this.#isRejection(operation, response.status, document);
		if (renewed) sent.reject();
		throw serviceError(response, document, { operation, partNumber, renewed, serverNow: serverTime.now() });
	}

	#hearHeld(response: TransportResponse): void {
		const held = heldMs(response);
		if (held > 0) this.#tell(held);
	}

	#isRejection(operation: Operation, status: number, { code, message }: ErrorDocument): boolean {
		if (code) return REJECTED.test(code) || (code === 'AccessDenied' && EXPIRED.test(message ?? ''));
		// A HEAD has no body to tell an expired token from a policy: once it is taken for the token.
		if (operation !== 'HeadObject' || status !== 403 || this.#headRefused) return false;
		this.#headRefused = true;
		return true;
	}

	#stored(response: TransportResponse): ObjectReceipt {
		return {
			...checksums(response),
			location: this.#connection.endpoint.url(this.#key, {}),
			requestId: response.header('x-oss-request-id'),
			isEvident: isEvident(response),
		};
	}

	/** The answer to a request that carries a callback; undefined for one that does not. */
	#called({ response, sent }: Answer): ObjectReceipt | undefined {
		if (!carriesCallback(sent)) return undefined;
		const receipt = this.#stored(response);
		if (response.status !== 203) return { ...receipt, callback: readCallback(response) };
		// The document names the failure, and shows who wrote it.
		return { ...receipt, isEvident: true, callbackFailure: serviceError(response, readError(response)) };
	}
}

const contentMd5 = (md5: string | undefined): Record<string, string> =>
	md5 === undefined
		? {}
		: { 'content-md5': base64(Uint8Array.from(md5.match(/../g) ?? [], (pair) => Number(`0x${pair}`))) };

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
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
	Transport,
	TransportRequest,
	TransportResponse,
} from '../core/ports.js';
import { ServiceError, UploadError } from '../errors.js';
import { completeBody, readEtag, readPartsPage, readUploadId } from './answers.js';
import { type Authorize, type SignRequest, signByProvider, signWithCredentials } from './authorize.js';
import { createCredentials, type GetCredentials } from './credentials.js';
import { base64, byName, type Query } from './encoding.js';
import type { Endpoint } from './endpoint.js';
import { headersFor } from './headers.js';
import { createServerTime, type ServerTime } from './server-time.js';
import { type ErrorDocument, readError, serviceError } from './service-error.js';
import { parseXml, type XmlElement } from './xml.js';

export interface OssClientOptions {
	readonly bucket: string;
	readonly endpoint: Endpoint;
	readonly signatureVersion: 'v4' | 'v1';
	/** One of the two. */
	readonly getCredentials?: GetCredentials | undefined;
	readonly signRequest?: SignRequest | undefined;
	readonly credentialsFor: 'uploader' | 'key';
	readonly transport: Transport;
	readonly clock: Clock;
}

export interface OssClient {
	forObject(key: string, settings: ObjectSettings): Remote;
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
	/** Some answer could be read, so CORS lets us. */
	answered: boolean;
}

/** Speaks to OSS: one request a call, signed afresh. It learns from the answers, and decides nothing. */
export function createOssClient(options: OssClientOptions): OssClient {
	const { bucket, endpoint, signRequest, getCredentials, transport, clock } = options;
	const serverTime = createServerTime(clock);
	const serverNow = serverTime.now;
	const connect = (authorize: Authorize, close: () => void): OssClient => {
		const connection: Connection = { endpoint, authorize, transport, clock, serverTime, answered: false };
		return { forObject: (key, settings) => new OssObject(connection, key, settings), close };
	};
	if (signRequest) {
		return connect(signByProvider({ bucket, endpoint, signRequest, clock }), () => {});
	}
	if (!getCredentials) throw new TypeError('Expected `getCredentials` or `signRequest`, got neither');
	const credentials = createCredentials({ ...options, getCredentials, serverNow });
	return connect(signWithCredentials({ ...options, credentials, serverNow }), credentials.close);
}

interface Call extends Pick<TransportRequest, 'body' | 'onSent'> {
	readonly operation: Operation;
	readonly method: string;
	readonly query?: Query;
	/** Beside those of the table. */
	readonly headers?: Readonly<Record<string, string>>;
	readonly partNumber?: number;
}

/** 403 is also what a policy says that does not allow the request; these say that it was about the token. */
const REJECTED =
	/^(SecurityTokenExpired|InvalidSecurityToken|InvalidAccessKeyId|AccessKeyIdAndSecurityTokenNotMatch)$/;

/** What OSS says of a presigned URL that has ended, as `AccessDenied`. */
const EXPIRED = /Request has expired/;

/** OSS may answer 200 before it is done, and an error then. */
const ERROR_BODY = /^\s*(<\?[^>]*>\s*)?<Error\b/;

class OssObject implements Remote {
	readonly initiateDigest: string;
	readonly #connection: Connection;
	readonly #key: string;
	readonly #headers: ObjectSettings['headers'];
	/** A HEAD was refused without a reason, and no HEAD has succeeded since. */
	#headRefused = false;

	constructor(connection: Connection, key: string, settings: ObjectSettings) {
		const asked = Object.entries(headersFor('InitiateMultipartUpload', settings.headers)).sort(byName);
		this.initiateDigest = bytesToHex(sha256(utf8ToBytes(JSON.stringify(asked))));
		this.#connection = connection;
		this.#key = key;
		this.#headers = { 'content-type': settings.guessedContentType, ...settings.headers };
	}

	async initiate(signal: AbortSignal): Promise<string> {
		const operation = 'InitiateMultipartUpload';
		const response = await this.#call({ operation, method: 'POST', query: { uploads: '' } }, signal);
		return readAnswer(operation, response, readUploadId);
	}

	async uploadPart(part: PartToSend, signal: AbortSignal): Promise<PartReceipt> {
		const { uploadId, partNumber, bytes: body, md5, onSent } = part;
		const query = { partNumber: String(partNumber), uploadId };
		const headers = contentMd5(md5);
		const call = {
			operation: 'UploadPart',
			method: 'PUT',
			query,
			headers,
			body,
			onSent,
			partNumber,
		} as const;
		return checksums(await this.#call(call, signal));
	}

	async listParts(uploadId: string, partNumberMarker: number, signal: AbortSignal): Promise<ListPartsPage> {
		const operation = 'ListParts';
		const query = {
			uploadId,
			'max-parts': '1000',
			'part-number-marker': String(partNumberMarker),
			// Without it a key with control characters would make the answer no XML.
			'encoding-type': 'url',
		};
		const response = await this.#call({ operation, method: 'GET', query }, signal);
		return readAnswer(operation, response, (root) => readPartsPage(root, partNumberMarker));
	}

	async complete(
		uploadId: string,
		parts: readonly { readonly partNumber: number; readonly etag: string }[],
		signal: AbortSignal,
	): Promise<ObjectReceipt> {
		const operation = 'CompleteMultipartUpload';
		// Browsers would add a Content-Type to text, and OSS would miss it in the signature.
		const headers = { 'content-type': 'application/xml' };
		const body = completeBody(parts);
		const call = { operation, method: 'POST', query: { uploadId }, headers, body } as const;
		const response = await this.#call(call, signal);
		const receipt = this.#receipt(call, response);
		// With a callback the body is the callback server's own.
		if (this.#hasCallback) return receipt;
		return { ...receipt, etag: readAnswer(operation, response, readEtag) };
	}

	async abort(uploadId: string, signal: AbortSignal): Promise<void> {
		await this.#call({ operation: 'AbortMultipartUpload', method: 'DELETE', query: { uploadId } }, signal);
	}

	async put(
		body: Bytes,
		md5: string | undefined,
		onSent: SentListener,
		signal: AbortSignal,
	): Promise<ObjectReceipt> {
		const call = { operation: 'PutObject', method: 'PUT', headers: contentMd5(md5), body, onSent } as const;
		return this.#receipt(call, await this.#call(call, signal));
	}

	async head(signal: AbortSignal): Promise<ObjectInfo | undefined> {
		const call = { operation: 'HeadObject', method: 'HEAD' } as const;
		try {
			const response = await this.#call(call, signal);
			this.#headRefused = false;
			const size = response.header('content-length') ?? '';
			if (!/^\d+$/.test(size))
				throw badAnswer(call.operation, response, new SyntaxError('no valid Content-Length'));
			const lastModified = Date.parse(response.header('last-modified') ?? '') || undefined;
			return { ...this.#stored(response), size: Number(size), lastModified };
		} catch (error) {
			const isMissing = error instanceof ServiceError && error.status === 404;
			// Without a body the reason is mostly hidden; only a bucket that is missing is another matter.
			if (isMissing && error.ossCode !== 'NoSuchBucket') return undefined;
			throw error;
		}
	}

	async diagnose(signal: AbortSignal): Promise<'cors' | 'unknown'> {
		const { answered, endpoint, transport } = this.#connection;
		return !answered && (await transport.reaches(endpoint.url(undefined, {}), signal)) ? 'cors' : 'unknown';
	}

	get #hasCallback(): boolean {
		return this.#headers['x-oss-callback'] !== undefined;
	}

	async #call(call: Call, signal: AbortSignal): Promise<TransportResponse> {
		const { operation, method, query = {}, partNumber, body, onSent } = call;
		const connection = this.#connection;
		const headers = { ...headersFor(operation, this.#headers), ...call.headers };
		const unsigned = { operation, method, key: this.#key, query, headers, partNumber };
		const authorized = await connection.authorize(unsigned, signal);
		const sentAt = connection.clock.now();
		const response = await connection.transport.send({
			method,
			url: authorized.url,
			headers: authorized.headers,
			signal,
			...(body !== undefined && { body }),
			...(onSent && { onSent }),
		});
		connection.answered = true;
		const isError = response.status >= 300 || (!headers['x-oss-callback'] && ERROR_BODY.test(response.text));
		const document = isError ? readError(response) : undefined;
		connection.serverTime.learn(response, document?.serverTime, sentAt);
		if (!document) return response;
		const renewed = this.#isRejection(operation, response.status, document);
		if (renewed) authorized.reject();
		throw this.#failure(call, response, document, renewed);
	}

	#failure(
		{ operation, partNumber }: Call,
		response: TransportResponse,
		document: ErrorDocument,
		renewed: boolean,
	): ServiceError {
		const serverNow = this.#connection.serverTime.now();
		return serviceError(response, document, { operation, partNumber, renewed, serverNow });
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
		};
	}

	/** The answer to a request that may carry the callback. */
	#receipt(call: Call, response: TransportResponse): ObjectReceipt {
		const receipt = this.#stored(response);
		if (!this.#hasCallback) return receipt;
		if (response.status !== 203) return { ...receipt, callback: response.text };
		return { ...receipt, callbackFailure: this.#failure(call, response, readError(response), false) };
	}
}

const contentMd5 = (md5: string | undefined): Record<string, string> =>
	md5 === undefined ? {} : { 'content-md5': base64(hexToBytes(md5)) };

const checksums = ({ header }: TransportResponse): PartReceipt => ({
	etag: header('etag'),
	crc64: header('x-oss-hash-crc64ecma'),
});

function readAnswer<T>(operation: Operation, response: TransportResponse, read: (root: XmlElement) => T): T {
	try {
		return read(parseXml(response.text));
	} catch (cause) {
		throw badAnswer(operation, response, cause);
	}
}

/** Something between us and OSS cut it short or wrote its own: the next one may be whole. */
const badAnswer = (
	operation: Operation,
	{ status, header }: TransportResponse,
	cause: unknown,
): UploadError =>
	new UploadError('Service', `OSS's answer to ${operation} could not be read: ${cause}`, {
		retryable: true,
		status,
		requestId: header('x-oss-request-id'),
		cause,
	});

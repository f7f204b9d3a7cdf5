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
	const { endpoint, getCredentials, transport, clock } = options;
	const serverTime = createServerTime(clock);
	const serverNow = serverTime.now;
	const credentials = getCredentials && createCredentials({ ...options, getCredentials, serverNow });
	const authorize = credentials
		? signWithCredentials({ ...options, credentials, serverNow })
		: signByProvider(options);
	const connection: Connection = { endpoint, authorize, transport, clock, serverTime, answered: false };
	return {
		forObject: (key, settings) => new OssObject(connection, key, settings),
		close: () => credentials?.close(),
	};
}

interface Call extends Pick<TransportRequest, 'body' | 'onSent'> {
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

/** OSS may answer 200 before it is done, and an error then. A callback server has to answer JSON, so this is not its own. */
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
		this.initiateDigest = JSON.stringify(asked);
		this.#connection = connection;
		this.#key = key;
		this.#headers = { 'content-type': settings.guessedContentType, ...settings.headers };
	}

	async initiate(signal: AbortSignal): Promise<string> {
		const response = await this.#call('InitiateMultipartUpload', 'POST', signal, { query: { uploads: '' } });
		return readAnswer(response, readUploadId);
	}

	async uploadPart(part: PartToSend, signal: AbortSignal): Promise<PartReceipt> {
		const { uploadId, partNumber, bytes: body, md5, onSent } = part;
		const query = { partNumber: String(partNumber), uploadId };
		const call = { query, headers: contentMd5(md5), body, onSent, partNumber };
		return checksums(await this.#call('UploadPart', 'PUT', signal, call));
	}

	async listParts(uploadId: string, partNumberMarker: number, signal: AbortSignal): Promise<ListPartsPage> {
		const query = {
			uploadId,
			'max-parts': '1000',
			'part-number-marker': String(partNumberMarker),
			// Without it a key with control characters would make the answer no XML.
			'encoding-type': 'url',
		};
		const response = await this.#call('ListParts', 'GET', signal, { query });
		return readAnswer(response, (root) => readPartsPage(root, partNumberMarker));
	}

	async complete(
		uploadId: string,
		parts: readonly { readonly partNumber: number; readonly etag: string }[],
		signal: AbortSignal,
	): Promise<ObjectReceipt> {
		const response = await this.#call('CompleteMultipartUpload', 'POST', signal, {
			query: { uploadId },
			// Browsers would add a Content-Type to text, and OSS would miss it in the signature.
			headers: { 'content-type': 'application/xml' },
			body: completeBody(parts),
		});
		const receipt = this.#receipt(response);
		// With a callback the body is the callback server's own.
		if (receipt.callback !== undefined || receipt.callbackFailure) return receipt;
		return { ...receipt, etag: readAnswer(response, readEtag) };
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
		const call = { headers: contentMd5(md5), body, onSent };
		return this.#receipt(await this.#call('PutObject', 'PUT', signal, call));
	}

	async head(signal: AbortSignal): Promise<ObjectInfo | undefined> {
		try {
			const response = await this.#call('HeadObject', 'HEAD', signal);
			this.#headRefused = false;
			const size = response.header('content-length') ?? '';
			if (!/^\d+$/.test(size)) throw badAnswer(response, new SyntaxError('no valid Content-Length'));
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
		const connection = this.#connection;
		const { endpoint, transport } = connection;
		if (connection.answered) return 'unknown';
		try {
			// Any readable answer, a refusal too, tells that CORS works, and that a request was merely cut.
			await transport.send({
				method: 'GET',
				url: endpoint.url(undefined, { location: '' }),
				headers: {},
				signal,
			});
			connection.answered = true;
			return 'unknown';
		} catch {
			signal.throwIfAborted();
			return (await transport.reaches(endpoint.url(undefined, {}), signal)) ? 'cors' : 'unknown';
		}
	}

	async #call(
		operation: Operation,
		method: string,
		signal: AbortSignal,
		{ query = {}, headers: ownHeaders, partNumber, ...rest }: Call = {},
	): Promise<TransportResponse> {
		const connection = this.#connection;
		const { clock, serverTime } = connection;
		const headers = { ...headersFor(operation, this.#headers), ...ownHeaders };
		const unsigned = { operation, method, key: this.#key, query, headers, partNumber };
		const authorized = await connection.authorize(unsigned, signal);
		const sentAt = clock.now();
		const { url, headers: signedHeaders } = authorized;
		const request = { ...rest, method, url, headers: signedHeaders, signal };
		const response = await connection.transport.send(request);
		connection.answered = true;
		const { status } = response;
		const isError = status >= 300 || (status !== 203 && ERROR_BODY.test(response.text));
		const document = isError ? readError(response) : undefined;
		serverTime.learn(response, document?.serverTime, sentAt);
		if (!document) return response;
		const renewed = this.#isRejection(operation, status, document);
		if (renewed) authorized.reject();
		throw serviceError(response, document, { operation, partNumber, renewed, serverNow: serverTime.now() });
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
	#receipt(response: TransportResponse): ObjectReceipt {
		const receipt = this.#stored(response);
		if (response.status === 203) {
			return { ...receipt, callbackFailure: serviceError(response, readError(response)) };
		}
		return this.#headers['x-oss-callback'] ? { ...receipt, callback: response.text } : receipt;
	}
}

const contentMd5 = (md5: string | undefined): Record<string, string> =>
	md5 === undefined
		? {}
		: { 'content-md5': base64(Uint8Array.from(md5.match(/../g) ?? [], (pair) => Number(`0x${pair}`))) };

const checksums = (response: TransportResponse): PartReceipt => ({
	etag: response.header('etag'),
	crc64: response.header('x-oss-hash-crc64ecma'),
});

function readAnswer<T>(response: TransportResponse, read: (root: XmlElement) => T): T {
	try {
		return read(parseXml(response.text));
	} catch (cause) {
		throw badAnswer(response, cause);
	}
}

/** Something between us and OSS cut it short or wrote its own: the next one may be whole. */
const badAnswer = (response: TransportResponse, cause: unknown): UploadError =>
	new UploadError(
		'Service',
		`OSS's answer could not be read: ${cause} (${response.text.length} characters)`,
		{
			retryable: true,
			status: response.status,
			requestId: response.header('x-oss-request-id'),
			cause,
		},
	);

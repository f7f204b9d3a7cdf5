import { ServiceError, type UploadError } from '../base/errors.js';
import type {
	ListPartsPage,
	ObjectInfo,
	ObjectReceipt,
	ObjectSettings,
	Operation,
	PartReceipt,
} from '../core/model.js';
import type { PartToSend, Remote, SentListener } from '../core/ports.js';
import { completeBody, readPartsPage, readUploadId } from './answers.js';
import { checksums, expectEmpty } from './evidence.js';
import { headersFor } from './headers.js';
import { completeReceipt, objectInfo, putReceipt } from './receipts.js';
import { type Connection, SignedCalls } from './signed-calls.js';
import { base64, byName } from './signing/encoding.js';
import { childText, parseXml } from './xml.js';

/** A request whose time is further off is refused. */
const CLOCK_TOLERANCE_MS = 15 * 60_000;

/** What OSS can be asked of one object: one request a call. */
export class OssObject implements Remote {
	readonly #connection: Connection;
	readonly #calls: SignedCalls;
	/** Of the object, unsigned. */
	readonly #location: string;
	/** Those asked for, without a guess. */
	readonly #asked: ObjectSettings['headers'];

	constructor(connection: Connection, key: string, settings: ObjectSettings, tell: (heldMs: number) => void) {
		this.#connection = connection;
		this.#calls = new SignedCalls(connection, key, settings, tell);
		this.#location = connection.endpoint.url(key, {});
		this.#asked = settings.headers;
	}

	get carriesCallback(): boolean {
		return this.#calls.carriesCallback;
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

	missingCors(operation: Operation, signal: AbortSignal): Promise<string | UploadError | undefined> {
		return this.#calls.missingCors(operation, signal);
	}

	initiate(signal: AbortSignal, inFlight: AbortSignal = signal): Promise<string> {
		const uploads = { method: 'POST', query: { uploads: '' }, inFlight } as const;
		return this.#calls.call({ operation: 'InitiateMultipartUpload', ...uploads }, signal, ({ response }) =>
			readUploadId(parseXml(response.text)),
		);
	}

	uploadPart(part: PartToSend, signal: AbortSignal): Promise<PartReceipt> {
		const { uploadId, partNumber, bytes: body, md5, onSent } = part;
		const query = { partNumber: String(partNumber), uploadId };
		const rest = { query, headers: contentMd5(md5), body, onSent, partNumber };
		return this.#calls.call({ operation: 'UploadPart', method: 'PUT', ...rest }, signal, ({ response }) => {
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
		return this.#calls.call({ operation: 'ListParts', method: 'GET', query }, signal, ({ response }) => {
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
		return this.#calls.call(call, signal, (answer) => completeReceipt(answer, this.#location));
	}

	async abort(uploadId: string, signal: AbortSignal): Promise<void> {
		const call = { operation: 'AbortMultipartUpload', method: 'DELETE', query: { uploadId } } as const;
		await this.#calls.call(call, signal, () => undefined);
	}

	put(
		body: Blob,
		md5: string | undefined,
		onSent: SentListener,
		signal: AbortSignal,
	): Promise<ObjectReceipt> {
		const call = { operation: 'PutObject', method: 'PUT', headers: contentMd5(md5), body, onSent } as const;
		return this.#calls.call(call, signal, (answer) => putReceipt(answer, this.#location));
	}

	async head(signal: AbortSignal): Promise<ObjectInfo | undefined> {
		const call = { operation: 'HeadObject', method: 'HEAD' } as const;
		try {
			return await this.#calls.call(call, signal, ({ response }) => objectInfo(response, this.#location));
		} catch (error) {
			const isMissing = error instanceof ServiceError && error.status === 404;
			// Without a body the reason is mostly hidden; only a bucket that is missing is another matter.
			if (isMissing && error.ossCode !== 'NoSuchBucket') return undefined;
			throw error;
		}
	}
}

const contentMd5 = (md5: string | undefined): Record<string, string> =>
	md5 === undefined
		? {}
		: { 'content-md5': base64(Uint8Array.from(md5.match(/../g) ?? [], (pair) => Number(`0x${pair}`))) };

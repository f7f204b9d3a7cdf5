import type { Operation, TransportResponse } from '../core/ports.js';
import { ServiceError } from '../errors.js';
import { textOfBase64 } from './encoding.js';
import { childText, parseXml, type XmlElement } from './xml.js';

/** What is taken from OSS's error document: never StringToSign, SignatureProvided or OSSAccessKeyId. */
export interface ErrorDocument {
	readonly code: string | undefined;
	readonly message: string | undefined;
	readonly requestId: string | undefined;
	/** ISO 8601; in the answer `RequestTimeTooSkewed`. */
	readonly serverTime: string | undefined;
}

/** Empty where the answer has no error document: HEAD, a proxy's page, headers hidden by CORS. */
export function readError(response: TransportResponse): ErrorDocument {
	let root: XmlElement | undefined;
	try {
		// HEAD has no body; newer servers put the document into a header.
		root = parseXml(response.text || textOfBase64(response.header('x-oss-err') ?? ''));
	} catch {}
	const text = (name: string) => (root?.name === 'Error' && childText(root, name)) || undefined;
	return {
		code: text('Code'),
		message: text('Message'),
		requestId: text('RequestId') ?? response.header('x-oss-request-id'),
		serverTime: text('ServerTime'),
	};
}

export interface FailedRequest {
	readonly operation: Operation;
	readonly partNumber?: number | undefined;
	/** New credentials will be used from now on. */
	readonly renewed: boolean;
	/** Milliseconds since 1970, by OSS's clock. */
	readonly serverNow: number;
}

export function serviceError(
	response: TransportResponse,
	{ code, message, requestId }: ErrorDocument,
	request?: FailedRequest,
): ServiceError {
	const { status } = response;
	const words = [request?.operation, status, code, message && `(${message.slice(0, 200)})`].filter(Boolean);
	return new ServiceError(`OSS answered ${words.join(' ')}`, {
		...request,
		status,
		ossCode: code,
		requestId,
		retryAfterMs: retryAfter(response, request?.serverNow ?? 0),
	});
}

function retryAfter(response: TransportResponse, serverNow: number): number | undefined {
	const after = response.header('retry-after') ?? '';
	const longest = Math.max(
		Number(response.header('x-oss-qos-delay-time')) || 0,
		// Seconds or a date.
		Number(after) * 1000 || Date.parse(after) - serverNow || 0,
	);
	return longest > 0 ? longest : undefined;
}

import type { Operation, TransportResponse } from '../core/ports.js';
import { ServiceError } from '../errors.js';
import { textOfBase64 } from './encoding.js';
import { nextStep } from './next-step.js';
import { mediaType, quotation } from './quotation.js';
import { childText, parseXml, type XmlElement } from './xml.js';

/** What is taken from OSS's error document: never StringToSign, SignatureProvided or OSSAccessKeyId. */
export interface ErrorDocument {
	readonly code: string | undefined;
	readonly message: string | undefined;
	readonly requestId: string | undefined;
	/** OSS's fine code, such as `0003-00000501`. */
	readonly ec: string | undefined;
	/** ISO 8601; in the answer `RequestTimeTooSkewed`. */
	readonly serverTime: string | undefined;
	/** The one that is missing or wrong; in the answer `InvalidPart`. */
	readonly partNumber: number | undefined;
}

/** Empty where the answer has no error document: HEAD, a proxy's page, headers hidden by CORS. */
export function readError(response: TransportResponse): ErrorDocument {
	let root: XmlElement | undefined;
	try {
		// HEAD has no body; newer servers put the document into a header.
		root = parseXml(response.text || textOfBase64(response.header('x-oss-err') ?? ''));
	} catch {}
	const text = (name: string) => (root?.name === 'Error' && childText(root, name)) || undefined;
	const [ec] = /^\d{4}-\d{8}$/.exec(text('EC') ?? response.header('x-oss-ec') ?? '') ?? [];
	const [partNumber] = /^[1-9]\d{0,4}$/.exec(text('PartNumber') ?? '') ?? [];
	return {
		code: text('Code'),
		message: text('Message'),
		requestId: text('RequestId') ?? response.header('x-oss-request-id'),
		ec,
		serverTime: text('ServerTime'),
		partNumber: partNumber === undefined ? undefined : Number(partNumber),
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
	document: ErrorDocument,
	request?: FailedRequest,
): ServiceError {
	const { code, ec, requestId } = document;
	return new ServiceError(explain(response, document, request?.operation), {
		...request,
		partNumber: request?.partNumber ?? document.partNumber,
		status: response.status,
		ossCode: code,
		ec,
		requestId,
		retryAfterMs: retryAfter(response, request?.serverNow ?? 0),
	});
}

/** `503 text/html`: what is known of an answer that is not OSS's. */
export const answerType = (response: TransportResponse): string =>
	`${response.status} ${mediaType(response.header('content-type')) ?? 'without a content type'}`;

/** Milliseconds that OSS held this request, since too much is asked of the bucket; 0 where it did not, or hides it. */
export function heldMs(response: TransportResponse): number {
	const held = response.header('x-oss-qos-delay-time') ?? '';
	return /^\d{1,9}$/.test(held) ? Number(held) : 0;
}

function explain(
	response: TransportResponse,
	document: ErrorDocument,
	operation: Operation | undefined,
): string {
	const { status, text } = response;
	const { code, ec, message, requestId } = document;
	// A HEAD has no body, and CORS may hide its headers: it looks the same whoever answered.
	if (!code && !ec && !requestId && (text || operation !== 'HeadObject')) {
		return `${operation ?? 'The request'} got ${answerType(response)}, which is not an answer of OSS. Look at what lies between: a proxy, a firewall, a service worker, or a wrong \`endpoint\`.`;
	}
	const words = [operation, status, code, ec, message && `(${quotation(message, 200)})`].filter(Boolean);
	return `OSS answered ${words.join(' ')}. ${nextStep({ operation, status, code, ec, message })}`;
}

/** Seconds or a date. */
function retryAfter(response: TransportResponse, serverNow: number): number | undefined {
	const after = response.header('retry-after') ?? '';
	const ms = /^\d+$/.test(after) ? Number(after) * 1000 : Date.parse(after) - serverNow;
	return ms > 0 ? ms : undefined;
}

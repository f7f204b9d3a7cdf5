import type { Operation } from '../core/model.js';
import type { TransportResponse } from '../core/ports.js';
import type { ErrorDocument } from './error-document.js';
import { answerType } from './media-type.js';
import { nextStep } from './next-step.js';
import { quotation } from './quotation.js';

/** What OSS said, and what to do about it, in words. */
export function explain(
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

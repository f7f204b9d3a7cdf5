import { RejectedSignerError, ServiceError } from '../base/errors.js';
import { lazy } from '../base/lazy.js';
import type { Operation } from '../core/model.js';
import type { TransportResponse } from '../core/ports.js';
import type { ErrorDocument } from './error-document.js';
import type { explain } from './explain.js';

const loadExplain = lazy(() => import('./explain.js'));

export interface FailedRequest {
	readonly operation: Operation;
	readonly partNumber?: number | undefined;
	/** It was about who signed: somebody else will from now on. */
	readonly isRejected: boolean;
	/** Milliseconds since 1970, by OSS's clock. */
	readonly serverNow: number;
}

export async function serviceError(
	response: TransportResponse,
	document: ErrorDocument,
	request?: FailedRequest,
): Promise<ServiceError> {
	const { code, ec, requestId } = document;
	const Kind = request?.isRejected ? RejectedSignerError : ServiceError;
	return new Kind(await explained(response, document, request?.operation), {
		...request,
		partNumber: request?.partNumber ?? document.partNumber,
		status: response.status,
		ossCode: code,
		ec,
		requestId,
		retryAfterMs: retryAfter(response, request?.serverNow ?? 0),
	});
}

/** Milliseconds that OSS held this request, since too much is asked of the bucket; 0 where it did not, or hides it. */
export function heldMs(response: TransportResponse): number {
	const held = response.header('x-oss-qos-delay-time') ?? '';
	return /^\d{1,9}$/.test(held) ? Number(held) : 0;
}

/** The words for an error of OSS are loaded with the first one. Where they cannot be had, the facts have to do. */
async function explained(...facts: Parameters<typeof explain>): Promise<string> {
	try {
		return (await loadExplain()).explain(...facts);
	} catch {
		const [response, { code, ec }, operation] = facts;
		return ['OSS answered', operation, response.status, code, ec].filter(Boolean).join(' ');
	}
}

/** Seconds or a date. */
function retryAfter(response: TransportResponse, serverNow: number): number | undefined {
	const after = response.header('retry-after') ?? '';
	const ms = /^\d+$/.test(after) ? Number(after) * 1000 : Date.parse(after) - serverNow;
	return ms > 0 ? ms : undefined;
}

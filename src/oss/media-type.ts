import type { TransportResponse } from '../core/ports.js';

/** `text/html` of `text/html; charset=utf-8`. */
export const mediaType = (contentType: string | null | undefined): string | undefined =>
	/^[\w.+-]+\/[\w.+-]+/.exec(contentType ?? '')?.[0].toLowerCase();

/** `503 text/html`: what is known of an answer that is not OSS's. */
export const answerType = (response: TransportResponse): string =>
	`${response.status} ${mediaType(response.header('content-type')) ?? 'without a content type'}`;

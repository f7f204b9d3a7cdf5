import type { TransportRequest } from '../core/ports.js';
import { UploadError } from '../errors.js';

/** Bytes; no answer of OSS is longer: 1,000 listed parts take some 200 KB, a callback's answer at most 1 MB. */
export const MAX_ANSWER_SIZE: number = 1024 * 1024;

/**
 * Text as a Blob without a type: handed over as a string, the browser would add a Content-Type of its own, which
 * OSS expects to find in the signature.
 */
export const bodyOf = (body: TransportRequest['body']): Blob | null =>
	typeof body === 'string' ? new Blob([body]) : (body ?? null);

/** Names the host only: the rest of the address may be presigned, and so a secret. */
export const noAnswer = (url: string, cause?: unknown): UploadError =>
	new UploadError('Network', `No answer from ${hostOf(url)}`, { cause, retryable: true });

export const tooLong = (url: string): UploadError =>
	new UploadError('Service', `${hostOf(url)} answered more than 1 MiB: that is not OSS`);

export function hostOf(url: string): string {
	try {
		return new URL(url).host;
	} catch {
		return 'an invalid address';
	}
}

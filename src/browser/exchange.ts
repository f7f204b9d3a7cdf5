import type { TransportRequest } from '../core/ports.js';
import { UploadError } from '../errors.js';

/** Characters; no answer of OSS is longer: 1,000 listed parts take some 200 KB, a callback's answer at most 1 MB. */
export const MAX_ANSWER_SIZE: number = 1024 * 1024;

/**
 * Text as a Blob without a type: handed over as a string, the browser would add a Content-Type of its own, which
 * OSS expects to find in the signature.
 */
export const bodyOf = (body: TransportRequest['body']): Blob | null =>
	typeof body === 'string' ? new Blob([body]) : (body ?? null);

/**
 * The only part of the address that a message may tell: the rest may be presigned, and so a secret. Throws what may be
 * told of a URL or a header that cannot be sent: the browser itself quotes it.
 */
export function hostOf({ url, headers }: TransportRequest): string {
	try {
		return new URL(new Request(url, { headers }).url).host;
	} catch {
		throw new UploadError('Network', 'The URL or a header of a signed request is invalid');
	}
}

export const noAnswer = (host: string, cause?: unknown): UploadError =>
	new UploadError('Network', `No answer from ${host}`, { cause, retryable: true });

export const tooLong = (host: string): UploadError =>
	new UploadError('Service', `${host} answered more than 1 MiB`);

import { UploadError } from '../../base/errors.js';
import type { Body, TransportRequest } from '../../core/ports.js';
import { fileUnreadable } from '../file-unreadable.js';

/**
 * Characters. No answer of OSS is longer (1,000 listed parts take some 200 KB, a callback's answer at most 1 MB): of one
 * that is, no more is read, and it is judged by that, as any other of somebody in OSS's place.
 */
export const MAX_ANSWER_SIZE: number = 1024 * 1024;

/**
 * Text as a Blob without a type: handed over as a string, the browser would add a Content-Type of its own, which
 * OSS expects to find in the signature.
 */
export const bodyOf = (body: TransportRequest['body']): Body | null =>
	typeof body === 'string' ? new Blob([body]) : (body ?? null);

/**
 * The only part of the address that a message may tell: the rest may be presigned, and so a secret.
 *
 * @throws {TypeError} of a URL or a header that cannot be sent, which the browser's own message would quote.
 */
export function hostOf({ url, headers }: TransportRequest): string {
	try {
		return new URL(new Request(url, { headers }).url).host;
	} catch {
		throw new TypeError(
			'Expected a request whose URL and headers can be sent, got one that the browser refuses: check `endpoint`, and what `getCredentials` or `signRequest` answers',
		);
	}
}

/** What to throw for what `fetch`, XMLHttpRequest or the body of an answer failed with, though nobody aborted it. */
export function failureOf(host: string, error: unknown): unknown {
	if (!(error instanceof Error)) return error;
	if (/^Not(Readable|Found)Error$/.test(error.name)) return fileUnreadable(error);
	return isNetworkFailure(error) ? noAnswer(host, error) : error;
}

/**
 * Beside the TypeError of `fetch`: Safari reports a lost connection as an AbortError, and a body that memory had no room
 * for says nothing of the next attempt.
 */
const LOST = /^(AbortError|NetworkError|TimeoutError|QuotaExceededError)$/;

/** How engines begin or word the TypeError of a mistake in code: an argument that is refused, a value of another kind. */
const MISTAKE =
	/^(Invalid|Illegal|Failed to (execute|construct|parse)|Cannot |can't |[\w.]*fetch: |Headers|Request)|\bis (undefined|null|not (an? |iterable|defined))/;

/**
 * A mistake, of ours or of whoever wraps `fetch`, surfaces as what it is; to send it again would only hide it for
 * minutes. By the wording of mistakes, not of network failures, since Safari's are in the reader's language; these have
 * no stack.
 */
const isNetworkFailure = ({ name, message, stack }: Error): boolean =>
	LOST.test(name) || (name === 'TypeError' && !(stack && MISTAKE.test(message)));

export const noAnswer = (host: string, cause?: unknown): UploadError =>
	new UploadError('Network', `No answer from ${host}: check the network`, { cause, retryable: true });

/**
 * Followed, it would carry the security token to an address that nobody signed for. To be tried again: a captive portal
 * redirects until somebody has signed in.
 */
export const redirected = (host: string): UploadError =>
	new UploadError(
		'Service',
		`${host} redirects to another address, for which nothing is signed: set \`endpoint\` (with \`cname\`, for a domain bound to the bucket) to the address that OSS itself answers at`,
		{ retryable: true },
	);

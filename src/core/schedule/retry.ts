import { RejectedSignerError, ServiceError, UploadError } from '../../base/errors.js';

/**
 * What is done about a failed request.
 *
 * - `retry`: the same again after a pause, as long as patience lasts.
 * - `renew`: the same again at once, once in a row; the client has meanwhile taken a new token or the server's time.
 * - `reconcile`: what OSS holds is compared with what we believe, what differs is sent again, once.
 * - `restart`: the upload is gone: it begins anew, once.
 * - `fail`: the caller has to change something.
 */
export type Remedy = 'retry' | 'renew' | 'reconcile' | 'restart' | 'fail';

/**
 * By OSS's error code (API reference, "Error responses"). Codes that are not here go by their status, which makes an
 * error retryable. A Map: a code named `constructor` finds nothing in it.
 */
const BY_OSS_CODE: ReadonlyMap<string | undefined, Remedy> = new Map([
	// 400, but about the connection.
	['RequestTimeout', 'retry'],
	['IncompleteBody', 'retry'],
	['BadRequest', 'retry'],
	// 400: the bytes changed on their way, or on disk: they are read and hashed again.
	['InvalidDigest', 'retry'],
	['InvalidCRC64', 'retry'],
	// 400, on Complete.
	['InvalidPart', 'reconcile'],
	['InvalidPartOrder', 'reconcile'],
	// 403.
	['RequestTimeTooSkewed', 'renew'],
	// 404.
	['NoSuchUpload', 'restart'],
]);

/** The one place that decides. An error that is not ours is a bug and surfaces. */
export function remedyFor(error: unknown): Remedy {
	if (!(error instanceof UploadError)) return 'fail';
	const byStatus = error.retryable ? 'retry' : 'fail';
	if (!(error instanceof ServiceError)) return byStatus;
	if (error instanceof RejectedSignerError) return 'renew';
	return BY_OSS_CODE.get(error.ossCode) ?? byStatus;
}

/** No answer came: the request may or may not have arrived. */
export function isUnanswered(error: unknown): error is UploadError {
	return error instanceof UploadError && (error.code === 'Network' || error.code === 'Timeout');
}

/**
 * Nothing of what failed is OSS's own word: no answer at all, an answer that somebody else wrote (a service worker's
 * 504, a proxy's page), an app's server or a chunk that could not be reached. Offline, it is the network's fault.
 */
export function isWithoutWord(error: unknown): boolean {
	if (!(error instanceof UploadError)) return false;
	if (error.code === 'Service') return error.ossCode === undefined && error.requestId === undefined;
	return (error.code === 'Credentials' && error.retryable) || isUnanswered(error);
}

/** Of `AccessDenied`, fine codes that are about the signature, the Referer or the bucket's region. */
const OTHERWISE_DENIED = /^0002-|^0003-0000(050|1403)/;

/**
 * A policy does not allow it to us, whatever the token. Any other 403 (an account that owes money, a Referer list) is about
 * more than this operation, and may pass.
 */
export const isRefused = (error: unknown): error is ServiceError =>
	error instanceof ServiceError && error.ossCode === 'AccessDenied' && !OTHERWISE_DENIED.test(error.ec ?? '');

/** The app's own server, which gives tokens or signatures, could not be reached. */
export function isProvidersNetwork(error: UploadError): boolean {
	return error.code === 'Credentials' && isUnanswered(error.cause);
}

/** The error to end with when what was to be done about it has been done and did not help. */
export function exhausted(error: unknown): unknown {
	if (!(error instanceof ServiceError)) return error;
	if (error instanceof RejectedSignerError) return error.as('Credentials');
	if (error.ossCode === 'RequestTimeTooSkewed') return error.as('ClockSkew');
	return error.ossCode === 'NoSuchUpload' ? error.as('UploadGone') : error;
}

export interface RetryOptions {
	/**
	 * Milliseconds without a sign of life (a part finished, a byte moved, OSS answered) after which an upload fails,
	 * counted from a failed attempt. Time paused, offline, asleep or on the wire does not count. One request is tried at
	 * least 6 times, whatever this says.
	 *
	 * @default 180_000
	 */
	readonly patienceMs: number;
	/** Milliseconds before the second attempt; the pause doubles from one to the next. @default 300 */
	readonly minDelayMs: number;
	/** Milliseconds that a pause is at most. @default 20_000 */
	readonly maxDelayMs: number;
}

/** OSS's own wish is honoured up to this. */
const MAX_WISHED_DELAY_MS = 60_000;

/**
 * Milliseconds to wait before attempt `failures + 1`: doubling, half of it at random, so that many browsers that
 * failed together do not come back together; never sooner than OSS asked.
 */
export function retryDelay(error: unknown, failures: number, options: RetryOptions, random: number): number {
	const full = Math.min(options.maxDelayMs, options.minDelayMs * 2 ** (failures - 1));
	const wished = error instanceof ServiceError ? (error.retryAfterMs ?? 0) : 0;
	return Math.max(full * (0.5 + random / 2), Math.min(wished, MAX_WISHED_DELAY_MS));
}

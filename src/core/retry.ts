import { ServiceError, UploadError } from '../errors.js';

/**
 * What is done about a failed request.
 *
 * - `retry`: the same again after a pause, on the budget.
 * - `renew`: the same again at once, once in a row; the client has meanwhile taken a new token or the server's time.
 * - `reconcile`: what OSS holds is compared with what we believe, what differs is sent again, once.
 * - `restart`: the upload is gone: it begins anew, once.
 * - `fail`: the caller has to change something.
 */
export type Remedy = 'retry' | 'renew' | 'reconcile' | 'restart' | 'fail';

/**
 * By OSS's error code (API reference, "Error responses"). Codes that are not here go by their status, which makes an
 * error retryable.
 */
const BY_OSS_CODE: Readonly<Record<string, Remedy>> = {
	// 400, but about the connection.
	RequestTimeout: 'retry',
	IncompleteBody: 'retry',
	BadRequest: 'retry',
	// 400: the bytes changed on their way, or on disk: they are read and hashed again.
	InvalidDigest: 'retry',
	InvalidCRC64: 'retry',
	// 400, on Complete.
	InvalidPart: 'reconcile',
	InvalidPartOrder: 'reconcile',
	// 403.
	RequestTimeTooSkewed: 'renew',
	// 404.
	NoSuchUpload: 'restart',
};

/** The one place that decides. An error that is not ours is a bug and surfaces. */
export function remedyFor(error: unknown): Remedy {
	if (!(error instanceof UploadError)) return 'fail';
	const byStatus = error.retryable ? 'retry' : 'fail';
	if (!(error instanceof ServiceError)) return byStatus;
	return error.renewed ? 'renew' : (BY_OSS_CODE[error.ossCode ?? ''] ?? byStatus);
}

/** No answer came: the request may or may not have arrived. */
export function isUnanswered(error: unknown): boolean {
	return error instanceof UploadError && /^(Network|Timeout)$/.test(error.code);
}

/** The error to end with when what was to be done about it has been done and did not help. */
export function exhausted(error: unknown): unknown {
	if (!(error instanceof ServiceError)) return error;
	if (error.renewed) return error.as('Credentials');
	if (error.ossCode === 'RequestTimeTooSkewed') return error.as('ClockSkew');
	return error.ossCode === 'NoSuchUpload' ? error.as('UploadGone') : error;
}

export interface RetryOptions {
	/**
	 * Milliseconds from a failed attempt to the next sign of life (a part finished, a byte moved, an answer of OSS other
	 * than 429 and 5xx): then the task fails. Time paused, without a slot, offline, asleep, or on the wire within the
	 * attempt's deadline does not count, and one request has at least 6 attempts.
	 */
	readonly patienceMs: number;
	/** Milliseconds before the second attempt; doubled with each, half of it at random. */
	readonly minDelayMs: number;
	/** Milliseconds, at least `minDelayMs`. */
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

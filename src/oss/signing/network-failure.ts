import { isUploadError } from '../../base/errors.js';

/** What `fetch` says where no answer came: Chromium, Firefox, Safari, Node, Deno and Bun, polyfills. */
const NO_ANSWER =
	/failed to fetch|fetch failed|load failed|network ?error|network request failed|(network|internet) connection|error sending request|hostname could not be found|could not connect|timed out|^terminated$|^cancelled$/i;

/** `AbortError`: Safari calls a lost connection so, and a time-out of the app's own often is one. */
const NAMES: readonly unknown[] = ['TimeoutError', 'AbortError', 'NetworkError'];

/** axios and its like. */
const CODES: readonly unknown[] = ['ERR_NETWORK', 'ECONNABORTED', 'ETIMEDOUT'];

type Shape = Readonly<Record<string, unknown>>;

/** Statuses of a proxy while nobody behind it answers, as while the app's server is started anew. */
const UNSERVED: readonly unknown[] = [502, 503, 504];

export const isUnserved = (status: unknown): boolean => UNSERVED.includes(status);

/**
 * Whether one of the app's own functions failed since no answer came from its server, by `fetch`, ky, axios or
 * XMLHttpRequest. By shape and not by class, since it may come from another window; also where it is the cause of what was
 * thrown, as a Response may be.
 */
export function isNetworkFailure(error: unknown, depth = 0): boolean {
	if (typeof error !== 'object' || error === null || depth > 4) return false;
	if (isUploadError(error) && (error.code === 'Network' || error.code === 'Timeout')) return true;
	const { name, code, message, type, loaded, status, response, cause } = error as Shape;
	return (
		NAMES.includes(name) ||
		CODES.includes(code) ||
		(name === 'TypeError' && NO_ANSWER.test(String(message))) ||
		/^network error$/i.test(String(message)) ||
		// The event itself, where a promise was made of an XMLHttpRequest.
		((type === 'error' || type === 'timeout') && typeof loaded === 'number') ||
		isUnserved(status) ||
		// The errors of ky and axios have it.
		isNetworkFailure(response, depth + 1) ||
		isNetworkFailure(cause, depth + 1)
	);
}

import { isUploadError } from '../../base/errors.js';

/** What `fetch` says where no answer came: Chromium, Firefox, Safari, Node, Deno and Bun, polyfills. */
const NO_ANSWER =
	/failed to fetch|fetch failed|load failed|network ?error|network request failed|(network|internet) connection|error sending request|hostname could not be found|could not connect|timed out|^terminated$|^cancelled$/i;

/** `AbortError`: Safari calls a lost connection so, and a time-out of the app's own often is one. */
const NAMES: readonly unknown[] = ['TimeoutError', 'AbortError', 'NetworkError'];

/** axios and its like. */
const CODES: readonly unknown[] = ['ERR_NETWORK', 'ECONNABORTED', 'ETIMEDOUT'];

/**
 * Whether one of the app's own functions failed since no answer came, by `fetch`, ky, axios or XMLHttpRequest. By shape
 * and not by class, since it may come from another window; also where it is the cause of what was thrown.
 */
export function isNetworkFailure(error: unknown, depth = 0): boolean {
	if (typeof error !== 'object' || error === null || depth > 4) return false;
	if (isUploadError(error) && (error.code === 'Network' || error.code === 'Timeout')) return true;
	const { name, code, message, type, loaded, cause } = error as Readonly<Record<string, unknown>>;
	return (
		NAMES.includes(name) ||
		CODES.includes(code) ||
		(name === 'TypeError' && NO_ANSWER.test(String(message))) ||
		/^network error$/i.test(String(message)) ||
		// The event itself, where a promise was made of an XMLHttpRequest.
		((type === 'error' || type === 'timeout') && typeof loaded === 'number') ||
		isNetworkFailure(cause, depth + 1)
	);
}

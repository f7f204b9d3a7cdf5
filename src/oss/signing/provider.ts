import { withDeadline } from '../../base/abortable.js';
import { isUploadError, UploadError } from '../../base/errors.js';
import type { Clock } from '../../core/ports.js';
import { isNetworkFailure } from './network-failure.js';

/** What a provider answered, before anything is known of it. */
export type Answer = Readonly<Record<string, unknown>>;

export const isAnswer = (value: unknown): value is Answer => typeof value === 'object' && value !== null;

/** What `fetch` gives: it was handed on without its JSON being read. It has an address and headers of its own. */
export const isResponse = (value: unknown): boolean => tagOf(value) === 'Response';

const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);

/** Says what was wrong with an answer by the type of what was found: a value could be a secret. */
export const unexpected = (name: string, expected: string, got: unknown): UploadError =>
	failure(`Expected ${name} to answer ${expected}, got ${kindOf(got)}`);

/** Names at most, and no values. */
function kindOf(value: unknown): string {
	if (!isAnswer(value)) return value === null ? 'null' : typeof value;
	if (isResponse(value)) return 'a Response: answer what its `json()` gives';
	const tag = tagOf(value);
	if (tag !== 'Object') return /^[AEIO]/.test(tag) ? `an ${tag}` : `a ${tag}`;
	const names = Object.keys(value).slice(0, 10);
	if (names.length === 0) return 'an empty object';
	// One that looks like a name: an object may have a token for a key.
	const told = names.map((name) => (/^\w{1,31}$/.test(name) ? `\`${name}\`` : '…'));
	return `an object with ${told.join(', ')}`;
}

const TIMEOUT_MS = 30_000;

/**
 * Runs one of the app's own functions, which may throw, hang or answer nonsense: each becomes `Credentials`, with a
 * `Network` error as its cause where no answer came from the app's server. The function's signal is aborted with ours,
 * and after 30 s.
 */
export async function askProvider<T>(
	name: string,
	ask: (signal: AbortSignal) => unknown,
	read: (answer: unknown) => T,
	clock: Clock,
	signal: AbortSignal,
): Promise<T> {
	const onLate = () =>
		failure(`${name} did not answer within 30 s: have it give up sooner, and see what it waits for`);
	try {
		// Asked in an async function, so that a provider that throws at once is one that rejects.
		return read(await withDeadline(clock, TIMEOUT_MS, signal, async (asked) => ask(asked), onLate));
	} catch (cause) {
		signal.throwIfAborted();
		throw asCredentials(name, cause);
	}
}

function asCredentials(name: string, cause: unknown): UploadError {
	if (cause instanceof UploadError && cause.code === 'Credentials') return cause;
	if (isNetworkFailure(cause)) return unreachable(`${name} failed: its server did not answer`, cause);
	// It may be the error of another copy of this library.
	const retryable = !isUploadError(cause) || cause.code !== 'Credentials' || cause.retryable;
	return new UploadError('Credentials', `${name} failed: see the \`cause\` of this error`, {
		retryable,
		cause,
	});
}

/** The app's own server could not be reached: that may pass like any failure of the network. `status`: of a proxy before it. */
export function unreachable(message: string, cause?: unknown, status?: number): UploadError {
	const isNetwork = cause instanceof UploadError && cause.code === 'Network';
	const network = isNetwork ? cause : new UploadError('Network', message, { retryable: true, cause });
	return new UploadError('Credentials', message, { status, retryable: true, cause: network });
}

const failure = (message: string): UploadError =>
	new UploadError('Credentials', message, { retryable: true });

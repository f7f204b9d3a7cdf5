import { withDeadline } from '../abortable.js';
import type { Clock } from '../core/ports.js';
import { UploadError } from '../errors.js';

/** What a provider answered, before anything is known of it. */
export type Answer = Readonly<Record<string, unknown>>;

export const isAnswer = (value: unknown): value is Answer => typeof value === 'object' && value !== null;

/** Says what was wrong with an answer by the type of what was found: a value could be a secret. */
export const unexpected = (name: string, expected: string, got: unknown): UploadError =>
	failure(`Expected ${name} to answer ${expected}, got ${got === null ? 'null' : typeof got}`);

const TIMEOUT_MS = 30_000;

/**
 * Runs one of the app's own functions, which may throw, hang or answer nonsense: each becomes `Credentials`. The
 * function's signal is aborted with ours, and after 30 s.
 */
export async function askProvider<T>(
	name: string,
	ask: (signal: AbortSignal) => unknown,
	read: (answer: unknown) => T,
	clock: Clock,
	signal: AbortSignal,
): Promise<T> {
	try {
		// Asked in an async function, so that a provider that throws at once is one that rejects.
		const answer = withDeadline(
			clock,
			TIMEOUT_MS,
			signal,
			async (asked) => ask(asked),
			(message) => failure(`${name}: ${message}`),
		);
		return read(await answer);
	} catch (cause) {
		signal.throwIfAborted();
		throw cause instanceof UploadError ? cause : failure(`${name} failed`, cause);
	}
}

const failure = (message: string, cause?: unknown): UploadError =>
	new UploadError('Credentials', message, { retryable: true, cause });

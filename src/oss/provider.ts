import type { Clock } from '../core/ports.js';
import { UploadError } from '../errors.js';

/** What a provider answered, before anything is known of it. */
export type Answer = Readonly<Record<string, unknown>>;

export const isAnswer = (value: unknown): value is Answer => typeof value === 'object' && value !== null;

/** Says what was wrong with an answer by the type of what was found: a value could be a secret. */
export const unexpected = (name: string, expected: string, got: unknown): UploadError =>
	new UploadError(
		'Credentials',
		`Expected ${name} to answer ${expected}, got ${got === null ? 'null' : typeof got}`,
		{
			retryable: true,
		},
	);

/** Milliseconds. */
const TIMEOUT = 30_000;

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
	signal.throwIfAborted();
	const controller = new AbortController();
	const stop = (): void => controller.abort(signal.reason);
	signal.addEventListener('abort', stop);
	const timeout = async (): Promise<never> => {
		await clock.sleep(TIMEOUT, controller.signal);
		throw new UploadError('Credentials', `${name} gave no answer within ${TIMEOUT / 1000} s`, {
			retryable: true,
		});
	};
	try {
		// Asked in an async function, so that a provider that throws at once is one that rejects.
		return read(await Promise.race([(async () => ask(controller.signal))(), timeout()]));
	} catch (cause) {
		signal.throwIfAborted();
		if (cause instanceof UploadError) throw cause;
		throw new UploadError('Credentials', `${name} failed`, { retryable: true, cause });
	} finally {
		signal.removeEventListener('abort', stop);
		// Ends the timer, and after a time-out the provider's own request.
		controller.abort();
	}
}

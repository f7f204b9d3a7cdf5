import { isUploadError, type UploadError } from '../../index.js';
import type { UploadItem } from '../upload-item.js';
import type { Words } from '../words/words.js';

/** What happened, and what the person before the screen can do about it. */
export function adviceOn(
	{ error, refusal, canRetry }: Pick<UploadItem, 'error' | 'refusal' | 'canRetry'>,
	words: Words,
): string {
	if (refusal) return refusal(words);
	// The app has its own sentence.
	if (typeof error === 'string') return error;
	// Nobody is told to try again what has no button for it.
	const again = words.say(canRetry ? 'adviceRetry' : 'adviceFile');
	return words.say(isUploadError(error) ? `error${codeOf(error)}` : 'errorOther', { again });
}

/** By what helps, which is not always what the code says. */
function codeOf({ code, cause, retryable }: UploadError): UploadError['code'] | 'Other' {
	// Where nothing answers that hands out the credentials, nobody is helped by signing in.
	const isUnanswered = isUploadError(cause) && (cause.code === 'Network' || cause.code === 'Timeout');
	if (code === 'Credentials' && isUnanswered) return cause.code;
	// The disk was silent or slow: the file is where it was.
	return code === 'FileUnreadable' && retryable ? 'Other' : code;
}

/** The facts for whoever is asked for help. */
export function evidenceOf(error: unknown): string {
	if (!(error instanceof Error)) return String(error);
	const { message, cause } = error;
	const facts = [message];
	// What an app's own server said is in the cause alone.
	if (cause instanceof Error && !message.includes(cause.message)) facts.push(cause.message);
	const { ec, requestId }: Partial<UploadError> = isUploadError(error) ? error : {};
	if (ec) facts.push(`EC ${ec}`);
	if (requestId) facts.push(requestId);
	return facts.join(' · ');
}

/** The page of OSS's own that says more. */
export const helpOf = (error: unknown): string | undefined =>
	isUploadError(error) && error.ec ? error.help : undefined;

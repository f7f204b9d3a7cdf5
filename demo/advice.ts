import { isUploadError, type UploadError, type UploadErrorCode } from 'oss-resumable-upload';
import { element } from './element.js';

/** What happened, and what the person before the screen can do about it. Only what is so whenever the code is told. */
const ADVICE: Readonly<Record<UploadErrorCode, string>> = {
	Credentials: 'This page got no valid upload token. Check that you are signed in, then try again.',
	Network:
		'No answer came through the network. Check it, then try again: what OSS has stored is not sent again.',
	Timeout: 'OSS took too long to answer. Try again: what it has stored is not sent again.',
	Service:
		'OSS refused the upload. Try again; if that does not help, give the line below to whoever runs the bucket.',
	ClockSkew: 'The clock of this computer is too far off. Set it, then try again.',
	FileChanged: 'The file changed since the upload began. Pick it again to upload it as it is now.',
	FileUnreadable: 'The file can no longer be read: it was moved, deleted or changed. Pick it again.',
	ChecksumMismatch:
		'What OSS stored is not what the file holds. Do not use an object that lies under this name; try again to replace it.',
	UploadGone:
		'OSS does not hold this upload any more. Look whether the object is in the bucket; if not, try again.',
	Locked: 'This file is being uploaded already, here or in another tab. Let that one finish.',
	CallbackFailed:
		'The object is stored, but the server that was to be told of it could not be told. Tell whoever runs it.',
	Cors: 'The bucket does not let this page in. Give the line below to whoever runs it: it says what its CORS rule lacks.',
	Storage:
		'This browser does not say which uploads are unfinished. Close other tabs of this page, then reload it.',
	Unsupported:
		'This browser cannot do it, or this page was replaced by a newer version. Reload the page, then pick the file again.',
};

const NOT_OSS =
	'What answered is perhaps not OSS: a sign-in page of the network, a proxy. Sign in there, then try again; if that does not help, give the line below to whoever runs this page.';

/** A sentence or two for the person before the screen. */
export function adviceOn(error: unknown): string {
	if (!isUploadError(error)) return 'Something went wrong that this page did not expect. Try again.';
	return error.code === 'Service' && !isSignedByOss(error) ? NOT_OSS : ADVICE[error.code];
}

/** Where OSS itself refuses, it gives a code and the number of the request; CORS may hide both of an answer without a body. */
const isSignedByOss = ({ ossCode, requestId }: UploadError): boolean =>
	ossCode !== undefined || requestId !== undefined;

/** The facts for whoever is asked for help. */
export function evidenceOf(error: unknown): HTMLElement {
	const line = element('span', { class: 'evidence' }, factsOf(error).join(' · '));
	const { ec, help } = isUploadError(error) ? error : {};
	if (ec && help) line.append(' · ', helpLink(ec, help));
	return line;
}

function factsOf(error: unknown): readonly string[] {
	if (!(error instanceof Error)) return [String(error)];
	const { message, cause } = error;
	const facts = [message];
	// What an app's own server said is in the cause alone.
	if (cause instanceof Error && !message.includes(cause.message)) facts.push(cause.message);
	if (isUploadError(error) && error.requestId) facts.push(`request ${error.requestId}`);
	return facts;
}

/** In a tab of its own: this one is uploading. */
const helpLink = (ec: string, help: string): HTMLElement =>
	element(
		'a',
		{ href: help, target: '_blank', rel: 'noreferrer' },
		`EC ${ec}: what it means`,
		element('span', { class: 'visually-hidden' }, ' (opens a new tab)'),
	);

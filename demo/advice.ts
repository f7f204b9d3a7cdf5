import { UploadError, type UploadErrorCode } from 'oss-resumable-upload';

/** What happened, and what the person before the screen can do about it. */
const ADVICE: Readonly<Record<UploadErrorCode, string>> = {
	Credentials: 'This page got no valid upload token. Check that you are signed in, then try again.',
	Network: 'OSS could not be reached. Check the network, then try again: what is stored stays stored.',
	Timeout: 'OSS took too long to answer. Try again: what is stored stays stored.',
	Service:
		'OSS refused the upload. Try again; if that does not help, give the line below to whoever runs the bucket.',
	ClockSkew: 'The clock of this computer is too far off. Set it, then try again.',
	FileChanged: 'The file changed since the upload began. Pick it again to upload it as it is now.',
	FileUnreadable: 'The file can no longer be read: it was moved, deleted or changed. Pick it again.',
	ChecksumMismatch: 'What OSS stored is not what the file holds. Nothing was put together; try again.',
	UploadGone:
		'OSS no longer has this upload, and does not say whether the object is finished. Look at the bucket before you try again.',
	Locked: 'This file is being uploaded already, here or in another tab. Let that one finish.',
	CallbackFailed: 'The object is stored, but the server that was to be told of it did not answer well.',
	Cors: 'The bucket does not let this page in: its CORS rules need this page’s origin.',
	Storage: 'This browser could not remember the upload.',
};

/** A sentence or two for the person before the screen. */
export const adviceOn = (error: unknown): string =>
	error instanceof UploadError
		? ADVICE[error.code]
		: 'Something went wrong that this page did not expect. Try again.';

/** The facts for whoever is asked for help. */
export function evidenceOf(error: unknown): string {
	if (!(error instanceof UploadError)) return error instanceof Error ? error.message : String(error);
	return error.requestId ? `${error.message} · request ${error.requestId}` : error.message;
}

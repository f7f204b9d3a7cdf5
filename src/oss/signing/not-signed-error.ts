/** A request that this server does not sign. The message says why, to whoever writes the page, and holds no secret. */
export class NotSignedError extends Error {
	override readonly name = 'NotSignedError';
	/** What to answer the page: 400 for what is no request of an uploader, 403 for one that is not allowed. */
	readonly status: 400 | 403;

	constructor(status: 400 | 403, message: string) {
		super(message);
		this.status = status;
	}
}

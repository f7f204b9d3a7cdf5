/** What went wrong, as a word that stays the same from release to release. The message says what to do about it. */
export type UploadErrorCode =
	/**
	 * `getCredentials` or `signRequest` threw, hung for 30 s, or answered nonsense, or OSS refused new credentials too. Look
	 * at `cause`; `retryable: false`: the visitor has to sign in, or the endpoint is wrong.
	 */
	| 'Credentials'
	/** No answer came, though it was tried again for `retry.patienceMs`. Start the upload again: it goes on. */
	| 'Network'
	/** OSS took longer than any deadline allows. Start the upload again: it goes on. */
	| 'Timeout'
	/** OSS refused: see `status`, `ossCode`, `ec` and `help`. Or something that is not OSS answered in its place. */
	| 'Service'
	/** OSS refused the time of a request even after its own clock had been asked. Set this machine's clock. */
	| 'ClockSkew'
	/** The file's bytes changed while it was sent. Start again with the file as it is now. */
	| 'FileChanged'
	/** The file was moved, deleted or made shorter, or may no longer be read. Have it chosen again. */
	| 'FileUnreadable'
	/** What OSS stored is not what was sent, and sending it again did not help. Do not use the object. */
	| 'ChecksumMismatch'
	/** OSS has no such upload any more, and cannot be asked whether it was completed. Start again. */
	| 'UploadGone'
	/** This upload runs already, here or in another tab. Wait for that one. */
	| 'Locked'
	/** The object is stored; OSS's call to the callback server failed. See `CallbackError.result`. */
	| 'CallbackFailed'
	/** The bucket's CORS rule lacks something: the message says what to add. */
	| 'Cors'
	/** The store of files cannot be read: only of `resume(id)` without a file. */
	| 'Storage'
	/** This environment cannot do it, such as a service worker, or a file of the library is gone: reload the page. */
	| 'Unsupported';

export interface UploadErrorDetails {
	readonly cause?: unknown;
	/** Whether the same call may succeed later without anybody changing anything. */
	readonly retryable?: boolean;
	/** HTTP status, where OSS answered; under `Credentials` perhaps that of `credentialsFrom`'s endpoint. */
	readonly status?: number | undefined;
	/** OSS's own code, such as `NoSuchUpload`. */
	readonly ossCode?: string | undefined;
	/** OSS's fine code, such as `0003-00000501`: each has a page of its own, see `help`. */
	readonly ec?: string | undefined;
	/** Quote it to Alibaba Cloud support. */
	readonly requestId?: string | undefined;
	/** The part that was sent, or that OSS names (`InvalidPart`). */
	readonly partNumber?: number | undefined;
}

const BRAND: unique symbol = Symbol.for('oss-resumable-upload.UploadError') as never;

/** Every failure of an upload. No message holds a secret, a token or a signed URL. */
export class UploadError extends Error {
	override readonly name: string = 'UploadError';
	// `declare`, since the constructor sets them: as fields they would be defined twice.
	declare readonly code: UploadErrorCode;
	declare readonly retryable: boolean;
	declare readonly status: number | undefined;
	declare readonly ossCode: string | undefined;
	declare readonly ec: string | undefined;
	declare readonly requestId: string | undefined;
	declare readonly partNumber: number | undefined;

	constructor(code: UploadErrorCode, message: string, details: UploadErrorDetails = {}) {
		super(message, { cause: details.cause });
		this.code = code;
		this.retryable = details.retryable ?? false;
		this.status = details.status;
		this.ossCode = details.ossCode;
		this.ec = details.ec;
		this.requestId = details.requestId;
		this.partNumber = details.partNumber;
	}

	/** Address of the page on this error, where OSS named its `ec`. */
	get help(): string | undefined {
		return this.ec && `https://help.aliyun.com/en/oss/user-guide/${this.ec.toLowerCase()}`;
	}

	/** @internal What `isUploadError` looks for: an `instanceof` fails where a page holds two copies of the library. */
	get [BRAND](): true {
		return true;
	}

	/** @internal The same evidence under another code, with this error as its cause. */
	as(code: UploadErrorCode, message: string = this.message): UploadError {
		return new UploadError(code, message, { ...this, retryable: false, cause: this });
	}
}

/** Whether `value` is an error of this library, also of another copy of it in the same page. */
export function isUploadError(value: unknown): value is UploadError {
	return typeof value === 'object' && value !== null && Reflect.get(value, BRAND) === true;
}

/** OSS answered with an error document. */
export class ServiceError extends UploadError {
	override readonly name = 'ServiceError';
	/** Milliseconds OSS asked to wait (`Retry-After`). */
	declare readonly retryAfterMs: number | undefined;

	constructor(message: string, details: ServiceErrorDetails) {
		const { status } = details;
		// An error inside a 200 came while OSS was working on it.
		const retryable = status < 300 || [401, 408, 429].includes(status) || status >= 500;
		super('Service', message, { ...details, retryable });
		this.retryAfterMs = details.retryAfterMs;
	}
}

/** Whether it is retryable goes by the status alone. */
export interface ServiceErrorDetails extends Omit<UploadErrorDetails, 'retryable'> {
	readonly status: number;
	readonly retryAfterMs?: number | undefined;
}

/** @internal OSS refused who signed, and the client has taken somebody else since: the same request may be sent again at once. */
export class RejectedSignerError extends ServiceError {}

/** The object is stored and verified, but OSS's call to the callback server failed. */
export class CallbackError<Result> extends UploadError {
	override readonly name = 'CallbackError';
	declare readonly result: Result;
	/** What OSS answered. */
	declare readonly cause: ServiceError;

	constructor(result: Result, cause: ServiceError) {
		super('CallbackFailed', `The object is stored, but its callback failed: ${cause.message}`, {
			...cause,
			cause,
		});
		this.result = result;
	}
}

import type { Operation } from '../../core/model.js';
import type { Clock } from '../../core/ports.js';
import type { Endpoint } from '../endpoint.js';
import type { Query } from './encoding.js';

/** A request as the table and the operation make it, without time, token and signature. */
export interface Unsigned {
	readonly operation: Operation;
	readonly method: string;
	readonly key: string;
	readonly query: Query;
	readonly headers: Readonly<Record<string, string>>;
	readonly partNumber?: number | undefined;
}

/** The same, ready to be sent once. */
export interface Authorized {
	readonly url: string;
	readonly headers: Readonly<Record<string, string>>;
	/** OSS refused who signed it: the next one is signed by somebody else. */
	reject(): void;
}

export type Authorize = (request: Unsigned, signal: AbortSignal) => Promise<Authorized>;

export interface RequestSigning {
	readonly bucket: string;
	readonly endpoint: Endpoint;
	readonly signRequest?: SignRequest | undefined;
	readonly clock: Clock;
	/** Told the signer's moment of what it signed, in milliseconds since 1970, where it shows. */
	readonly onSigned?: ((date: number) => void) | undefined;
}

/** A request for your server to sign or presign. */
export interface SignRequestInput extends Unsigned {
	readonly bucket: string;
	/** `rejected` when OSS has just refused the same request signed before. */
	readonly reason: 'initial' | 'rejected';
	/** Aborted with the request, and after 30 s. */
	readonly signal: AbortSignal;
}

/** Where to send it, and headers to send beside (or instead of) those given. */
export interface SignedRequest {
	readonly url: string | URL;
	readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** Asks the app's own server to sign, so that no secret reaches the page. Where it fails: as with `GetCredentials`. */
export type SignRequest = (request: SignRequestInput) => SignedRequest | Promise<SignedRequest>;

import { lazy } from '../../base/lazy.js';
import type { Clock, Operation, Sha256 } from '../../core/ports.js';
import type { Endpoint } from '../endpoint.js';
import type { CredentialsCache } from './credentials.js';
import type { Query } from './encoding.js';
import { sign as signV4 } from './signer-v4.js';

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

export interface CredentialsSigning {
	readonly bucket: string;
	readonly endpoint: Endpoint;
	/** @default 'v4' */
	readonly signatureVersion?: 'v4' | 'v1' | undefined;
	readonly credentials: CredentialsCache;
	readonly serverNow: () => number;
	readonly loadSha256: () => Promise<Sha256>;
}

/** Signs here, in the header form: the token is in no URL. */
export function signWithCredentials(options: CredentialsSigning): Authorize {
	const { bucket, endpoint, signatureVersion, credentials, serverNow, loadSha256 } = options;
	return async (request, signal) => {
		const { key, query } = request;
		const used = await credentials.get(key, signal);
		const input = { ...request, bucket, region: endpoint.region, credentials: used, time: serverNow() };
		return {
			url: endpoint.url(key, query),
			headers:
				signatureVersion === 'v1'
					? (await lazy(() => import('./signer-v1.js'))).sign(input)
					: await signV4(input, await loadSha256()),
			reject: () => credentials.reject(key, used),
		};
	};
}

export interface RequestSigning {
	readonly bucket: string;
	readonly endpoint: Endpoint;
	readonly signRequest?: SignRequest | undefined;
	readonly clock: Clock;
}

/** Has the app's own server sign. */
export function signByProvider(options: RequestSigning): Authorize {
	const rejected = new Set<string>();
	return async (request, signal) => {
		const { askToSign } = await lazy(() => import('./sign-request.js'));
		return askToSign(options, rejected, request, signal);
	};
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

/** Asks the app's own server to sign, so that no secret reaches the page. */
export type SignRequest = (request: SignRequestInput) => SignedRequest | Promise<SignedRequest>;

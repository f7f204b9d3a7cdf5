import type { Clock, Operation } from '../core/ports.js';
import { UploadError } from '../errors.js';
import type { CredentialsCache } from './credentials.js';
import type { Query } from './encoding.js';
import type { Endpoint } from './endpoint.js';
import { askProvider, isAnswer, unexpected } from './provider.js';
import { type SignInput, sign as signV4 } from './signer-v4.js';

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
	readonly signatureVersion: 'v4' | 'v1';
	readonly credentials: CredentialsCache;
	readonly serverNow: () => number;
}

/** Signs here, in the header form: the token is in no URL. */
export function signWithCredentials(options: CredentialsSigning): Authorize {
	const { bucket, endpoint, signatureVersion, credentials, serverNow } = options;
	return async ({ method, key, query, headers }, signal) => {
		const sign = signatureVersion === 'v1' ? await loadSignerV1() : signV4;
		const used = await credentials.get(key, signal);
		const { region } = endpoint;
		const time = serverNow();
		return {
			url: endpoint.url(key, query),
			headers: sign({ method, bucket, key, region, query, headers, credentials: used, time }),
			reject: () => credentials.reject(key, used),
		};
	};
}

async function loadSignerV1(): Promise<(input: SignInput) => Record<string, string>> {
	try {
		return (await import('./signer-v1.js')).sign;
	} catch (cause) {
		throw new UploadError('Network', 'The V1 signer could not be loaded', { retryable: true, cause });
	}
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

export interface RequestSigning {
	readonly bucket: string;
	readonly endpoint: Endpoint;
	readonly signRequest: SignRequest;
	readonly clock: Clock;
}

export function signByProvider({ bucket, endpoint, signRequest, clock }: RequestSigning): Authorize {
	/** By request and not by object: a sibling that succeeds must not take the reason from the one that failed. */
	const rejected = new Set<string>();
	return async (request, signal) => {
		const id = JSON.stringify([request.operation, request.key, request.partNumber]);
		const reason = rejected.has(id) ? 'rejected' : 'initial';
		const { url, headers } = await askProvider(
			'signRequest',
			(asked) => signRequest({ ...request, bucket, reason, signal: asked }),
			(answer) => readSigned(answer, endpoint),
			clock,
			signal,
		);
		rejected.delete(id);
		return { url, headers: { ...request.headers, ...headers }, reject: () => rejected.add(id) };
	};
}

/** No message of it holds the URL, which may be a signed one. */
function readSigned(answer: unknown, endpoint: Endpoint): Pick<Authorized, 'url' | 'headers'> {
	const { url, headers } = isAnswer(answer) ? answer : {};
	if (!accepts(url, endpoint)) throw unexpected('signRequest', '`url` as an https address', url);
	if (headers != null && !isAnswer(headers))
		throw unexpected('signRequest', '`headers` as an object', headers);
	const lowerCased: Record<string, string> = {};
	for (const [name, value] of Object.entries(headers ?? {})) {
		if (typeof value !== 'string') throw unexpected('signRequest', `header ${name} as text`, value);
		lowerCased[name.toLowerCase()] = value;
	}
	return { url: String(url), headers: lowerCased };
}

function accepts(url: unknown, endpoint: Endpoint): boolean {
	try {
		return endpoint.accepts(new URL(String(url)));
	} catch {
		return false;
	}
}

import { expect, integer, oneOf, rule } from '../../base/expect.js';
import { webSha256 } from '../../base/web-sha256.js';
import { type EndpointOptions, resolveEndpoint } from '../endpoint.js';
import { readAsked, type UploadRules } from './asked-request.js';
import type { SignedRequest } from './contract.js';
import { type Credentials, type CredentialsAnswer, readCredentials } from './credentials-answer.js';
import type { Query } from './encoding.js';
import { additionalNames, presign, type SignInput, sign } from './signer-v4.js';

export interface SignerOptions extends EndpointOptions {
	/**
	 * A permanent access key, temporary credentials of STS, or a function that answers one of them, asked for each request:
	 * keep there what STS answered until it is about to end. Any of the shapes that `getCredentials` may answer.
	 */
	readonly credentials: CredentialsAnswer | (() => CredentialsAnswer | Promise<CredentialsAnswer>);
	/** @default 'v4' */
	readonly signatureVersion?: 'v4' | 'v1' | undefined;
	/** Milliseconds since 1970. @default the machine's clock */
	readonly now?: (() => number) | undefined;
}

/** A request to OSS, before it is signed. */
export interface RequestToSign {
	/** In capitals. */
	readonly method: string;
	/** Not percent-encoded; left out for a request to the bucket itself. */
	readonly key?: string | undefined;
	/** Not percent-encoded; a parameter without a value has `''`. @default {} */
	readonly query?: Query | undefined;
	/** Those that are sent. Content-Type, Content-MD5 and x-oss-* are always signed. @default {} */
	readonly headers?: Readonly<Record<string, string>> | undefined;
	/** Names of `headers` to sign besides; V4 alone. @default [] */
	readonly additionalHeaders?: readonly string[] | undefined;
}

/** Where to send it, and all headers to send. */
export interface SignedUpload extends SignedRequest {
	readonly url: string;
	readonly headers: Readonly<Record<string, string>>;
}

/** Signs for one bucket. What it throws holds no secret. */
export interface Signer {
	/**
	 * What an endpoint answers that `signRequest` asks: `asked` is the JSON that the page sent, parsed.
	 *
	 * Rejects with a `NotSignedError`, whose `status` is 400 or 403, for what no uploader sends and for what `rules` do not
	 * allow: another bucket, a key without the prefix, another operation, a header that reaches beyond the object; with V1 a
	 * key with a `?`, which would be signed as parameters are.
	 *
	 * @throws TypeError for wrong rules
	 */
	signUpload(asked: unknown, rules: UploadRules): Promise<SignedUpload>;
	/** Any request, in the header form. Looks at nothing: never hand on what a page asks for. */
	sign(request: RequestToSign): Promise<SignedUpload>;
	/**
	 * A URL that carries its signature, for any request; whoever has it may send that request until it ends. Looks at nothing.
	 *
	 * @param expiresSeconds 1 to 604,800 (seven days), and no longer than temporary credentials live; 900 by default
	 */
	presign(request: RequestToSign, expiresSeconds?: number): Promise<string>;
}

/**
 * Makes what a server signs with: Node from 20, and edge runtimes with WebCrypto.
 *
 * @throws TypeError for a wrong option
 */
export function createSigner(options: SignerOptions): Signer {
	expect(options.bucket, 'bucket', "the bucket's name", options.bucket);
	VERSION('signatureVersion', options.signatureVersion);
	const { bucket, signatureVersion, now = () => Date.now() } = options;
	const endpoint = resolveEndpoint(options);
	const credentials = credentialsOf(options.credentials);

	const inputOf = async ({
		key = '',
		query = {},
		headers = {},
		additionalHeaders = [],
		...request
	}: RequestToSign): Promise<SignInput> => ({
		...request,
		bucket,
		key,
		region: endpoint.region,
		query,
		headers,
		additional: additionalNames(headers, additionalHeaders),
		credentials: await credentials(),
		time: now(),
	});

	const signed = async (request: RequestToSign): Promise<SignedUpload> => {
		const input = await inputOf(request);
		return {
			url: endpoint.url(input.key, input.query),
			headers: signatureVersion === 'v1' ? (await loadV1()).sign(input) : await sign(input, sha256()),
		};
	};

	return {
		sign: signed,
		async signUpload(asked, rules) {
			PREFIX('prefix', rules.prefix);
			return signed(readAsked(asked, bucket, rules, signatureVersion));
		},
		async presign(request, expiresSeconds = 900) {
			EXPIRES('expiresSeconds', expiresSeconds);
			const input = await inputOf(request);
			const query =
				signatureVersion === 'v1'
					? (await loadV1()).presign(input, expiresSeconds)
					: await presign(input, expiresSeconds, sha256());
			return endpoint.url(input.key, query);
		},
	};
}

const VERSION = oneOf(undefined, 'v4', 'v1');
const EXPIRES = integer(1, 604_800);
const PREFIX = rule(
	"text that ends with a slash, or ''",
	/^(.*\/)?$/s,
	'write it like users/1/, for the person who is signed in',
);

const loadV1 = () => import('./signer-v1.js');
const sha256 = () => webSha256(globalThis.crypto.subtle);

function credentialsOf(given: SignerOptions['credentials']): () => Promise<Credentials> {
	if (typeof given === 'function')
		return async () => readCredentials(await given(), 'credentials', unexpected);
	const credentials = readCredentials(given, 'credentials', unexpected);
	return async () => credentials;
}

/** Tells names alone, those that look like names: anything else could be a secret. */
function unexpected(name: string, expected: string, got: unknown): TypeError {
	const names = Object.keys(Object(got)).filter((each) => /^[A-Za-z]{1,30}$/.test(each));
	const found = names.length > 0 ? `an object with ${names.join(', ')}` : typeof got;
	return new TypeError(`Expected \`${name}\` to be ${expected}, got ${found}`);
}

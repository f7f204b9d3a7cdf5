import { lazy } from '../../base/lazy.js';
import type { Sha256 } from '../../core/ports.js';
import type { Endpoint } from '../endpoint.js';
import type { Authorize, RequestSigning } from './contract.js';
import type { CredentialsCache } from './credentials.js';
import { sign as signV4 } from './signer-v4.js';

const loadSignerV1 = lazy(() => import('./signer-v1.js'));
const loadSignRequest = lazy(() => import('./sign-request.js'));

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
					? (await loadSignerV1()).sign(input)
					: await signV4(input, await loadSha256()),
			reject: () => credentials.reject(key, used),
		};
	};
}

/** Has the app's own server sign. */
export function signByProvider(options: RequestSigning): Authorize {
	const rejected = new Set<string>();
	return async (request, signal) => {
		const { askToSign } = await loadSignRequest();
		return askToSign(options, rejected, request, signal);
	};
}

import type { ObjectSettings } from '../core/model.js';
import type { Clock, Remote, Sha256, Transport } from '../core/ports.js';
import type { Endpoint } from './endpoint.js';
import { OssObject } from './object.js';
import { CorsProbes } from './probe.js';
import { createServerTime } from './server-time.js';
import type { Connection } from './signed-calls.js';
import { signByProvider, signWithCredentials } from './signing/authorize.js';
import type { SignRequest } from './signing/contract.js';
import { createCredentials, type GetCredentials } from './signing/credentials.js';

export interface OssClientOptions {
	readonly bucket: string;
	readonly endpoint: Endpoint;
	/** @default 'v4' */
	readonly signatureVersion?: 'v4' | 'v1' | undefined;
	/** One of the two. */
	readonly getCredentials?: GetCredentials | undefined;
	readonly signRequest?: SignRequest | undefined;
	/** @default 'uploader' */
	readonly credentialsFor?: 'uploader' | 'key' | undefined;
	readonly transport: Transport;
	readonly clock: Clock;
	readonly loadSha256: () => Promise<Sha256>;
}

export interface OssClient {
	/** `tell`: OSS held a request for so many milliseconds. `transport`: of this object alone. */
	forObject(
		key: string,
		settings: ObjectSettings,
		tell?: (heldMs: number) => void,
		transport?: Transport,
	): Remote;
	/** No task of this key is left: what was kept for it alone is dropped. */
	forget(key: string): void;
	/** Ends what is being asked of `getCredentials`. */
	close(): void;
}

/** Speaks to OSS: one request a call, signed afresh. It learns from the answers, and decides nothing. */
export function createOssClient(options: OssClientOptions): OssClient {
	const { endpoint, getCredentials, credentialsFor, transport, clock } = options;
	const serverTime = createServerTime(clock);
	const serverNow = serverTime.now;
	const credentials = getCredentials && createCredentials({ ...options, getCredentials, serverNow });
	const authorize = credentials
		? signWithCredentials({ ...options, credentials, serverNow })
		: signByProvider({ ...options, onSigned: serverTime.signed });
	const probes = new CorsProbes(transport);
	const connection: Connection = {
		endpoint,
		authorize,
		transport,
		clock,
		serverTime,
		probes,
		heads: {
			doubts: 0,
			areRefused: false,
			shareToken: credentials !== undefined && credentialsFor !== 'key',
		},
	};
	return {
		forObject: (key, settings, tell = () => {}, carrier = transport) =>
			new OssObject({ ...connection, transport: carrier }, key, settings, tell),
		forget: (key) => credentials?.forget(key),
		close: () => credentials?.close(),
	};
}

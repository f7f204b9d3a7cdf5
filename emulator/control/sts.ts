import { randomBytes } from 'node:crypto';
import type { ServerClock } from '../protocol/clock.js';

/** What a RAM policy speaks of, without its `oss:`. */
export const RAM_ACTION_NAMES = [
	'PutObject',
	'GetObject',
	'DeleteObject',
	'ListParts',
	'AbortMultipartUpload',
	'ListMultipartUploads',
] as const;
export type RamAction = (typeof RAM_ACTION_NAMES)[number];

export interface MintOptions {
	/** Life in seconds, by the emulator's clock; 3600 by default. */
	readonly ttlSeconds?: number;
	/** The allowed actions, with or without `oss:`; all by default. */
	readonly policy?: readonly (RamAction | `oss:${RamAction}`)[];
	/** The only objects the token is good for; all by default. */
	readonly keys?: readonly string[];
}

export interface StsCredentials {
	readonly accessKeyId: string;
	readonly accessKeySecret: string;
	readonly securityToken: string;
	/** ISO 8601. */
	readonly expiration: string;
}

/** An access key the emulator knows. */
export interface AccessKey {
	readonly accessKeyId: string;
	readonly accessKeySecret: string;
	/** Undefined for the permanent key. */
	readonly securityToken?: string;
	/** Milliseconds since 1970, by the emulator's clock. */
	readonly expiresAt: number;
	readonly allows: Allows;
}

/** Whether a key may do this; `key` is undefined for what is about the bucket itself. */
export type Allows = (action: RamAction, bucket: string, key: string | undefined) => boolean;

/** The permanent key, and the temporary ones minted for it. */
export class AccessKeys {
	readonly #keys = new Map<string, AccessKey>();
	readonly #clock: ServerClock;

	constructor(clock: ServerClock, accessKeyId: string, accessKeySecret: string) {
		this.#clock = clock;
		this.#keys.set(accessKeyId, { accessKeyId, accessKeySecret, expiresAt: Infinity, allows: () => true });
	}

	find(accessKeyId: string): AccessKey | undefined {
		return this.#keys.get(accessKeyId);
	}

	mint({ ttlSeconds = 3600, policy, keys }: MintOptions): StsCredentials {
		const actions = policy?.map((action) => action.replace(/^oss:/, ''));
		return this.grant(
			ttlSeconds,
			(action, _, key) =>
				(actions?.includes(action) ?? true) && (key === undefined || (keys?.includes(key) ?? true)),
		);
	}

	grant(ttlSeconds: number, allows: Allows): StsCredentials {
		const expiresAt = this.#clock.now() + ttlSeconds * 1000;
		const credentials = {
			accessKeyId: `STS.${randomBytes(12).toString('hex')}`,
			// 44 characters, as STS has them: the C SDK keeps 64 of an HMAC key, `aliyun_v4` before it included.
			accessKeySecret: randomBytes(22).toString('hex'),
			// Real tokens hold `+`, `/` and `=`, which a careless client does not encode.
			securityToken: `CAIS+/${randomBytes(64).toString('base64')}=`,
		};
		this.#keys.set(credentials.accessKeyId, { ...credentials, expiresAt, allows });
		return { ...credentials, expiration: new Date(expiresAt).toISOString() };
	}

	/** Every token minted so far is expired from now on. */
	expire(): void {
		for (const [id, key] of this.#keys) {
			if (key.securityToken !== undefined) this.#keys.set(id, { ...key, expiresAt: -Infinity });
		}
	}
}

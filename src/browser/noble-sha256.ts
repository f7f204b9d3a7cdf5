import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type { Sha256 } from '../core/ports.js';

/** For pages without a secure context. */
export const nobleSha256: Sha256 = {
	digest: async (bytes) => new Uint8Array(sha256(bytes)),
	hmac: async (key, bytes) => new Uint8Array(hmac(sha256, key, bytes)),
};

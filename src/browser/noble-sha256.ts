import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type { Sha256 } from '../core/ports.js';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** For pages without a secure context. */
export const nobleSha256: Sha256 = {
	digest: async (text) => sha256(encode(text)),
	hmac: async (key, text) => hmac(sha256, key, encode(text)),
};

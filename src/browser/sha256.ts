import { lazy } from '../base/lazy.js';
import type { Octets, Sha256 } from '../core/ports.js';

/** WebCrypto, or where a plain http page has none, @noble/hashes, which is loaded only then. */
export async function loadSha256(): Promise<Sha256> {
	const subtle = globalThis.crypto?.subtle;
	return subtle ? webSha256(subtle) : (await lazy(() => import('./noble-sha256.js'))).nobleSha256;
}

const HMAC = { name: 'HMAC', hash: 'SHA-256' };

/** The signing key of the day signs every request of it. */
const imports = new WeakMap<Octets, Promise<CryptoKey>>();

const webSha256 = (subtle: SubtleCrypto): Sha256 => ({
	digest: async (bytes) => new Uint8Array(await subtle.digest('SHA-256', bytes)),
	async hmac(key, bytes) {
		const imported = imports.get(key) ?? subtle.importKey('raw', key, HMAC, false, ['sign']);
		imports.set(key, imported);
		return new Uint8Array(await subtle.sign('HMAC', await imported, bytes));
	},
});

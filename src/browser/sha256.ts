import { lazy } from '../base/lazy.js';
import type { Sha256 } from '../core/ports.js';

/** WebCrypto, or where a plain http page has none, @noble/hashes, which is loaded only then. */
export async function loadSha256(): Promise<Sha256> {
	const subtle = globalThis.crypto?.subtle;
	return subtle ? webSha256(subtle) : (await lazy(() => import('./noble-sha256.js'))).nobleSha256;
}

const webSha256 = (subtle: SubtleCrypto): Sha256 => ({
	digest: async (bytes) => new Uint8Array(await subtle.digest('SHA-256', bytes)),
	async hmac(key, bytes) {
		const algorithm = { name: 'HMAC', hash: 'SHA-256' };
		const imported = await subtle.importKey('raw', key, algorithm, false, ['sign']);
		return new Uint8Array(await subtle.sign('HMAC', imported, bytes));
	},
});

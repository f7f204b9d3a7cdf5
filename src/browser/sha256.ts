import { lazy } from '../base/lazy.js';
import { webSha256 } from '../base/web-sha256.js';
import type { Sha256 } from '../core/ports.js';

const loadNoble = lazy(() => import('./noble-sha256.js'));

/** WebCrypto, or where a plain http page has none, @noble/hashes, which is loaded only then. */
export async function loadSha256(): Promise<Sha256> {
	const subtle = globalThis.crypto?.subtle;
	return subtle ? webSha256(subtle) : (await loadNoble()).nobleSha256;
}

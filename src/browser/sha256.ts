import type { Sha256 } from '../core/ports.js';
import { UploadError } from '../errors.js';

const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** WebCrypto, or where a plain http page has none, @noble/hashes, which is loaded only then. */
export const sha256: Sha256 = {
	async digest(text) {
		const subtle = globalThis.crypto?.subtle;
		if (!subtle) return (await noble()).digest(text);
		return new Uint8Array(await subtle.digest('SHA-256', encode(text)));
	},
	async hmac(key, text) {
		const subtle = globalThis.crypto?.subtle;
		if (!subtle) return (await noble()).hmac(key, text);
		const algorithm = { name: 'HMAC', hash: 'SHA-256' };
		const imported = await subtle.importKey('raw', new Uint8Array(key), algorithm, false, ['sign']);
		return new Uint8Array(await subtle.sign('HMAC', imported, encode(text)));
	},
};

async function noble(): Promise<Sha256> {
	try {
		return (await import('./noble-sha256.js')).nobleSha256;
	} catch (cause) {
		// The next attempt tries to load it again.
		throw new UploadError('Network', 'A part of the uploader could not be loaded', {
			retryable: true,
			cause,
		});
	}
}

/** What WebCrypto takes: never backed by shared memory. */
export type Octets = Uint8Array<ArrayBuffer>;

/** SHA-256, for signatures. */
export interface Sha256 {
	digest(bytes: Octets): Promise<Octets>;
	hmac(key: Octets, bytes: Octets): Promise<Octets>;
}

const HMAC = { name: 'HMAC', hash: 'SHA-256' };

/** The signing key of the day signs every request of it. */
const imports = new WeakMap<Octets, Promise<CryptoKey>>();

/** SHA-256 by WebCrypto, which browsers on https, Node and edge runtimes have. */
export const webSha256 = (subtle: SubtleCrypto): Sha256 => ({
	digest: async (bytes) => new Uint8Array(await subtle.digest('SHA-256', bytes)),
	async hmac(key, bytes) {
		const imported = imports.get(key) ?? subtle.importKey('raw', key, HMAC, false, ['sign']);
		imports.set(key, imported);
		return new Uint8Array(await subtle.sign('HMAC', await imported, bytes));
	},
});

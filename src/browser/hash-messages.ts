/** What the page and the hash worker say to each other. */
export type ToHashWorker =
	| { readonly type: 'digest'; readonly id: number; readonly bytes: Blob; readonly md5: boolean }
	| { readonly type: 'cancel'; readonly id: number };

export type FromHashWorker =
	/** Once, first. Without `wasm` the worker has its CRC64 in JavaScript, and no MD5. */
	| { readonly type: 'ready'; readonly wasm: boolean }
	| { readonly type: 'digest'; readonly id: number; readonly crc64: string; readonly md5?: string }
	/** The bytes could not be read. An error crosses as data: not every browser can clone a DOMException. */
	| { readonly type: 'failed'; readonly id: number; readonly name: string; readonly message: string };

import type { Digest } from '../../core/model.js';
import type { Octets } from '../../core/ports.js';
import type { FileRange } from './file-streams.js';
import type { Samples } from './samples.js';

/** Bytes on the disk. Equal `fileId`: the same file. */
export type OnDisk = FileRange | (Samples & Pick<FileRange, 'fileId'>);

export interface DigestRequest {
	readonly type: 'digest';
	readonly id: number;
	readonly md5: boolean;
	readonly content: OnDisk | Octets;
}

/** What the page and the hash worker say to each other. */
export type ToHashWorker =
	| (Omit<DigestRequest, 'content'> & {
			/** Without `file` it is that of the request before. */
			readonly content: WithoutFile<OnDisk> | Octets;
	  })
	/** Of one that is done already it means nothing. */
	| { readonly type: 'cancel'; readonly id: number };

/** Of each member of the union. */
type WithoutFile<T> = T extends OnDisk ? Omit<T, 'file'> & { readonly file: Blob | undefined } : never;

export type FromHashWorker =
	/** Once, first. */
	| { readonly type: 'ready' }
	/** At most once: the worker has no WebAssembly, and its CRC64 in JavaScript. */
	| { readonly type: 'slow' }
	| HashAnswer;

export type HashAnswer =
	| { readonly type: 'digest'; readonly id: number; readonly digest: Digest }
	| HashFailure;

/** An error crosses as data: not every browser can clone a DOMException. */
export interface HashFailure {
	readonly type: 'failed';
	readonly id: number;
	/** The bytes could not be read; otherwise the worker failed at its own work, twice. */
	readonly ofFile: boolean;
	readonly name: string;
	readonly message: string;
}

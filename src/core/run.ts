import type { Deadlines } from './deadline.js';
import type { Emit } from './events.js';
import type {
	CheckpointStore,
	Clock,
	Connectivity,
	Hasher,
	ObjectSettings,
	Remote,
	Source,
	UploadLock,
} from './ports.js';
import type { ProgressMeter } from './progress.js';
import type { RetryOptions } from './retry.js';
import type { Slots } from './slots.js';

/** What every upload of one uploader shares. */
export interface World {
	readonly bucket: string;
	readonly parallel: number;
	readonly retry: RetryOptions;
	readonly clock: Clock;
	readonly connectivity: Connectivity;
	readonly hasher: Hasher;
	readonly lock: UploadLock;
	/** Requests in flight, over all uploads. */
	readonly slots: Slots;
	readonly deadlines: Deadlines;
	readonly checkpointTtlMs: number;
	/** Ends when the uploader is closed. */
	readonly lifetime: AbortSignal;
	remoteFor(key: string, settings: ObjectSettings): Remote;
}

/** What a task is to do: upload anew (or go on, when there is a checkpoint), or go on with one upload. */
export type Intent =
	| {
			readonly kind: 'upload';
			/** A function is asked only when this file has no unfinished upload. */
			readonly key: string | (() => Promise<string>);
			readonly settings: ObjectSettings;
	  }
	| { readonly kind: 'resume'; readonly id: string };

/** What a task knows from round to round. */
export interface TaskMemory {
	/** Ids of uploads whose recorded parts are known to be of this very file. */
	readonly trusted: Set<string>;
	/** How often PutObject was sent: the answer to an earlier one may have been lost. */
	puts: number;
}

/** One task's run, from its first step or from where a pause stopped it. */
export interface Run {
	readonly world: World;
	readonly source: Source;
	readonly intent: Intent;
	readonly scope: string;
	readonly partSize: number | 'auto';
	readonly checkpoints: CheckpointStore;
	readonly progress: ProgressMeter;
	readonly memory: TaskMemory;
	/** The identity of the file's content now. */
	fingerprint(signal: AbortSignal): Promise<string>;
	/** Aborts on pause, abort and close, with the reason that is to be rejected with. */
	readonly signal: AbortSignal;
	readonly emit: Emit;
}

/** How far the stored bytes were compared with the local ones. */
export type Verified = 'object' | 'parts' | 'none';

export interface UploadResult {
	readonly bucket: string;
	readonly key: string;
	/** As OSS writes it, quotes included; undefined where a callback answered or CORS hides it. */
	readonly etag: string | undefined;
	/** Bytes. */
	readonly size: number;
	/** CRC-64/XZ of the whole object, unsigned decimal; undefined where nothing was verified and CORS hides it. */
	readonly crc64: string | undefined;
	/**
	 * `object`: OSS's checksum of the whole object equals the local one. `parts`: only those of the parts could be
	 * compared. `none`: nothing was compared, because `verify` is `'none'` or CORS hides the checksums.
	 */
	readonly verified: Verified;
	/** Bytes that OSS held before this task began. */
	readonly resumed: number;
	/** The object's address. */
	readonly location: string;
	/** Of the request that finished the object. */
	readonly requestId: string | undefined;
	/** The callback server's answer, where a callback was asked for. */
	readonly callback?: string;
}

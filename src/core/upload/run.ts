import type { CheckpointSummary, ObjectSettings, SavedUpload } from '../model.js';
import type {
	CheckpointStore,
	Clock,
	Connectivity,
	Hasher,
	Remote,
	Source,
	TabChannel,
	UploadLock,
} from '../ports.js';
import type { RetryOptions } from '../schedule/retry.js';
import type { Load, Scheduler } from '../schedule/scheduler.js';
import type { Emit, UploadWarningCode } from '../task/events.js';
import type { ProgressMeter } from '../task/progress.js';
import type { Bodies } from './bodies.js';
import type { Dropper } from './dropper.js';
import type { KeyAsking } from './key-asking.js';
import type { OpenUpload } from './open-upload.js';

/** What every upload of one uploader shares. */
export interface World {
	readonly bucket: string;
	readonly parallel: number;
	readonly scheduler: Scheduler;
	readonly retry: RetryOptions;
	readonly clock: Clock;
	readonly connectivity: Connectivity;
	readonly hasher: Hasher;
	/** One for all uploaders of a page. */
	readonly bodies: Bodies;
	readonly lock: UploadLock;
	readonly channel: TabChannel;
	readonly checkpointTtlMs: number;
	/** Ends when the uploader is closed. */
	readonly lifetime: AbortSignal;
	/** `tell`: OSS held a request for so many milliseconds, since the bucket is throttled. */
	remoteFor(key: string, settings: ObjectSettings, tell?: (heldMs: number) => void): Remote;
	readonly keys: KeyAsking;
	readonly dropper: Dropper;
}

/**
 * - `fail`: `Locked`.
 * - `wait`: the task waits until it does not run any more, and then does what a later call would do.
 * - `follow`: the task shows what the other does, takes over where that stops, and ends as that ends.
 */
export type IfRunning = 'fail' | 'wait' | 'follow';

/** `isRunning`: another tab runs it. */
export type AskKey = (unfinished: CheckpointSummary | undefined, isRunning: boolean) => Promise<string>;

/** What a task is to do: upload anew (or go on, when there is a checkpoint), or go on with one upload. */
export type Intent =
	| {
			readonly kind: 'upload';
			/** A function is asked once, with the newest unfinished upload of this content that nobody runs. */
			readonly key: string | AskKey;
			/** The object's settings under its final key, from which its type may be guessed. */
			readonly settingsFor: (key: string) => Promise<ObjectSettings>;
			/** What happens when this upload runs already, here or in another tab. */
			readonly ifRunning?: IfRunning;
			/** Whether nothing is sent when the same bytes lie at the key already. */
			readonly skipSame?: boolean;
			/** The app's own, a JSON value that nobody else holds. */
			readonly data?: unknown;
	  }
	| { readonly kind: 'resume'; readonly id: string };

/** An object that is to be made. */
export interface Destination {
	readonly key: string;
	readonly settings: ObjectSettings;
}

/** A moment of this machine: what OSS's clock said then may be known only after an answer. */
export interface Moment {
	/** By this machine's clock, milliseconds since 1970. */
	readonly at: number;
	/** `TaskMemory.seenOssTime` of that moment. */
	readonly seenOssTime: number;
}

/** What a task knows from round to round. */
export interface TaskMemory {
	/** Parts that this task itself sent or compared: they hold what the file holds. */
	readonly known: PartSet;
	/** Parts that this task has begun to send. */
	readonly sent: PartSet;
	/**
	 * Parts that OSS refused at Complete, though the record says that it holds them: they are sent again. One that it did not name
	 * only as long as no listing shows that it holds it.
	 */
	readonly refused: Map<number, 'named' | 'unnamed'>;
	/** The upload of the latest round: what its listeners were told of. */
	upload: OpenUpload | undefined;
	/** An object older than this cannot be that of this task's PutObject. */
	firstPut: Moment | undefined;
	/** Words for the object that OSS has made of this task's PutObject, and of other bytes than the file's. */
	wrongObject: string | undefined;
	/** The latest moment of OSS's clock that this task has seen, in milliseconds since 1970: what it does now comes later. */
	seenOssTime: number;
	/** Of the upload that a `resume` goes on with: begun anew it keeps its part size, and the app's own data. */
	partSize: number | undefined;
	data: unknown;
	/** A request of this task that was to finish the object carried a callback. */
	carriedCallback: boolean;
	/** What the key function answered. */
	key: Promise<string> | undefined;
	/**
	 * An upload that another task ran, as this one saw it last. Where nothing is recorded of it any more, and nothing was said of its
	 * end, OSS may have had the object: as for a page that comes back, OSS tells. Undefined again once that is known.
	 */
	seen: SavedUpload | undefined;
	/** Where a file of one part goes, once that is known. */
	destination: Destination | undefined;
}

/** A set of parts, each by its upload and number. */
export class PartSet {
	readonly #parts = new Set<string>();

	add(uploadId: string, partNumber: number): void {
		this.#parts.add(`${partNumber} ${uploadId}`);
	}

	delete(uploadId: string, partNumber: number): void {
		this.#parts.delete(`${partNumber} ${uploadId}`);
	}

	has(uploadId: string, partNumber: number): boolean {
		return this.#parts.has(`${partNumber} ${uploadId}`);
	}
}

export const newMemory = (): TaskMemory => ({
	known: new PartSet(),
	sent: new PartSet(),
	refused: new Map(),
	upload: undefined,
	firstPut: undefined,
	wrongObject: undefined,
	seenOssTime: 0,
	partSize: undefined,
	data: undefined,
	carriedCallback: false,
	key: undefined,
	seen: undefined,
	destination: undefined,
});

/** One task's run, from its first step or from where a pause stopped it. */
export interface Run {
	readonly world: World;
	readonly source: Source;
	readonly intent: Intent;
	readonly load: Load;
	readonly scope: string;
	readonly partSize: number | 'auto';
	/** Calls under way end with `signal`, since a store may hang; what they were to write is written all the same. */
	readonly checkpoints: CheckpointStore;
	readonly progress: ProgressMeter;
	readonly memory: TaskMemory;
	/** The identity of the file's content now. */
	fingerprint(signal: AbortSignal): Promise<string>;
	/** Aborts on pause, abort and close, with the reason that is to be rejected with. */
	readonly signal: AbortSignal;
	readonly emit: Emit;
	/** Deletes a checkpoint, whatever has become of the task meanwhile: what it stands for has ended at OSS. */
	forget(checkpointId: string): Promise<void>;
	/** Tells a warning of a code that this task has not told yet. */
	warnOnce(code: UploadWarningCode, message: string, cause?: unknown): void;
}

/** What is asked for now; of an upload that was resumed by its id nothing is, and begun anew it keeps its own. */
export const partSizeOf = ({ memory, partSize }: Pick<Run, 'memory' | 'partSize'>): number | 'auto' =>
	memory.partSize ?? partSize;

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
	 * How far OSS's own checksums were compared with the file as it is on this visit. `object`: that of the whole object.
	 * `parts`: only those of the parts. `none`: none, because `verify` is `'none'` or CORS hides them.
	 */
	readonly verified: Verified;
	/** Bytes that OSS held before this task began. */
	readonly resumed: number;
	/** The very bytes lay at the key already, and nothing was sent: only with `skipSame`. */
	readonly skipped: boolean;
	/** The object's address. */
	readonly location: string;
	/** Of the request that finished the object, or of the HEAD that found it; undefined where CORS hides it. */
	readonly requestId: string | undefined;
	/** The callback server's answer, where a callback was asked for. */
	readonly callback?: string;
}

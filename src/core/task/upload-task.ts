import type { UploadResult } from '../upload/run.js';
import type { Progress } from './events.js';
import type { TaskEvents } from './listeners.js';
import type { TaskState } from './state.js';

/** The file that a task uploads. */
export interface TaskFile {
	/** `''` for a Blob. */
	readonly name: string;
	/** Bytes. */
	readonly size: number;
	/** MIME type as the browser gives it, `''` when it knows none. */
	readonly type: string;
}

/** What there is to show of a task. */
export interface TaskSnapshot {
	readonly state: TaskState;
	readonly progress: Progress;
	readonly key: string | undefined;
	readonly checkpointId: string | undefined;
	/** Why the task ended, in the states `failed`, `stopped` and `aborted`. */
	readonly error: unknown;
}

/** One upload under way. */
export interface UploadTask {
	/** Random, known at once. */
	readonly id: string;
	/** The id under which `pending()` lists it; undefined until the file has been fingerprinted, and of one part up to 4 MiB. */
	readonly checkpointId: string | undefined;
	readonly file: TaskFile;
	/** The object's name in use; undefined until a key function has answered. */
	readonly key: string | undefined;
	readonly state: TaskState;
	/** As it is now; the same frozen value until something changes. */
	readonly progress: Progress;
	/**
	 * Settles when the task ends: with the object stored and verified, with an `UploadError`, or, when it was
	 * cancelled, with an `AbortError` or the caller's own `signal.reason`. Nobody has to await it.
	 */
	readonly result: Promise<UploadResult>;
	/** Stops all requests at once and keeps what is stored. While completing it takes effect afterwards, if at all. */
	pause(): void;
	/** Goes on after `pause()`; does nothing in any other state. */
	resume(): void;
	/**
	 * Cancels for good, in every state but `done`: OSS drops the stored parts, the checkpoint is deleted. A failed or
	 * stopped task becomes `aborted`. Resolves when both are done, within about a minute, and never rejects. Where OSS
	 * cannot be told, a warning (`Abandoned`) says so, and it is told once online, or on the next visit.
	 */
	abort(): Promise<void>;
	/** Calls `listener` at each `event`; returns the function that ends this. */
	on<E extends keyof TaskEvents>(event: E, listener: (value: TaskEvents[E]) => void): () => void;
	/** One frozen value, of the same identity until something changes. Like `subscribe` it needs no `this`. */
	readonly snapshot: () => TaskSnapshot;
	/** Calls `listener` when `snapshot()` has changed, at most some ten times a second; returns the function that ends this. */
	readonly subscribe: (listener: () => void) => () => void;
}

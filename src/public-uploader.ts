import type { UploadTask } from './core/task/upload-task.js';
import type { UploaderSnapshot } from './overview.js';
import type { PendingUpload, Swept } from './pending.js';
import type { ResumeOptions, UploadOptions } from './public-options.js';

/** Uploads to one bucket: what `createUploader` makes. */
export interface Uploader {
	/**
	 * Starts uploading `blob`, or goes on where an earlier upload of it stopped. The handle of a file is kept with the upload,
	 * so that the file need not be picked again. Wrong arguments are a `TypeError` or `RangeError`, thrown at once;
	 * everything later rejects the task's `result`.
	 */
	upload(blob: Blob | FileSystemFileHandle, options: UploadOptions): UploadTask;
	/**
	 * Goes on with an unfinished upload, with the object settings of its first start. Another file: `FileChanged`. Without
	 * one it goes on from what is kept (`PendingUpload.source`): from a handle, for which the browser may have to ask the
	 * person, and so inside of a click, after `pending()`. May it not be read, `FileUnreadable`, and the upload stays. Where
	 * nothing is kept, `result` rejects with a `TypeError`.
	 */
	resume(id: string, blob?: Blob | FileSystemFileHandle, options?: ResumeOptions): UploadTask;
	/** Those that have not ended, oldest first; whoever lists finished ones keeps them. */
	readonly tasks: readonly UploadTask[];
	/**
	 * One frozen value, of the same identity until something changes, which is some ten times a second at most. The totals are
	 * over every task begun since the uploader was last idle, so that they never run back. Like `subscribe` it needs no `this`.
	 */
	readonly snapshot: () => UploaderSnapshot;
	/** Calls `listener` when `snapshot()` has changed; returns the function that ends this. */
	readonly subscribe: (listener: () => void) => () => void;
	/** Pauses every task. */
	pauseAll(): void;
	/** Goes on with every paused task. */
	resumeAll(): void;
	/** The unfinished uploads of this content, newest first, so that an app can ask "go on with it?" first. */
	find(blob: Blob | FileSystemFileHandle): Promise<readonly PendingUpload[]>;
	/** This bucket's and scope's unfinished uploads, newest first. */
	pending(): Promise<readonly PendingUpload[]>;
	/**
	 * Aborts an unfinished upload at OSS and forgets it. Rejects with `Locked` while it is running. Where OSS cannot be
	 * told (at once when offline, else after a minute) it resolves all the same: a warning says so, and OSS is told later.
	 */
	discard(id: string): Promise<void>;
	/**
	 * Does at once what else happens by itself: aborts uploads at OSS that have expired, or that it could not be told of, and
	 * removes files that are kept for nothing.
	 */
	sweep(): Promise<Swept>;
	/**
	 * Stops all tasks (they become `stopped`) and keeps their checkpoints; releases locks, listeners, the worker and the
	 * database. Afterwards every method that would begin something is a `TypeError`; `snapshot()` shows that nothing runs.
	 */
	close(): Promise<void>;
}

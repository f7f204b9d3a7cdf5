import type { UploadError } from '../../base/errors.js';
import type { Operation } from '../model.js';

/** How far a task is. Bytes and milliseconds. */
export interface Progress {
	/** Bytes stored, or known to be on their way; stays below `total` until OSS has answered Complete. */
	readonly loaded: number;
	/** Bytes that OSS holds. */
	readonly stored: number;
	readonly total: number;
	/** Bytes that OSS held before this task sent anything. */
	readonly resumed: number;
	readonly partsDone: number;
	/** 0 until the plan is made. */
	readonly partsTotal: number;
	/** Of late, over all parts of this task; resumed bytes do not count. 0 until the first bytes arrived, and while it waits. */
	readonly bytesPerSecond: number;
	/** Undefined while no speed is known. */
	readonly remainingMs: number | undefined;
}

/** What happened to one part. */
export interface PartEvent {
	readonly partNumber: number;
	/** Bytes. */
	readonly size: number;
	/** `failed` is followed by another `sending` unless the task ends; `lost` was stored, but is no longer. */
	readonly status: 'sending' | 'stored' | 'failed' | 'lost';
	/** OSS held it already: nothing was sent. */
	readonly resumed: boolean;
}

/** A request failed and will be sent again. */
export interface RetryEvent {
	readonly operation: Operation;
	readonly partNumber: number | undefined;
	/** The attempt that comes next, from 2 on. */
	readonly attempt: number;
	readonly delayMs: number;
	readonly error: UploadError;
}

/**
 * - `NotResumed`: an unfinished upload of this content was passed by, since the key function answered another key.
 * - `Restarted`: the upload begins anew: its settings differ, or OSS has no such upload any more.
 * - `Storage`: checkpoints cannot be kept or read.
 * - `Hasher`: checksums are computed without a worker, or without WebAssembly.
 * - `BufferedBodies`: the browser does not send bytes of files from the disk; they go out from memory. Once a page.
 * - `Abandoned`: an upload was not dropped, or OSS could not be told of it; the message says what becomes of it.
 * - `CallbackUnknown`: the object is stored, the callback's answer was lost.
 * - `Throttled`: OSS held a request for more than a second.
 */
export type UploadWarningCode =
	| 'NotResumed'
	| 'Restarted'
	| 'Storage'
	| 'Hasher'
	| 'BufferedBodies'
	| 'Abandoned'
	| 'CallbackUnknown'
	| 'Throttled';

/** Something is not as it should be, and the upload goes on. */
export interface UploadWarning {
	readonly code: UploadWarningCode;
	readonly message: string;
	readonly cause?: unknown;
}

/** What the core tells, in one direction only. */
export interface CoreEvents {
	readonly phase: 'waiting' | 'preparing' | 'uploading' | 'offline' | 'checking' | 'completing';
	/** It waits for another task, or follows it, and needs no place among those that run. */
	readonly aside: 'wait' | 'follow';
	/** OSS has the right object: whatever comes now, the task has succeeded. */
	readonly stored: true;
	/** Whether the task waits for the network. */
	readonly offline: boolean;
	/** It has moved; how far it is, the meter knows. */
	readonly progress: true;
	readonly part: PartEvent;
	readonly retry: RetryEvent;
}

export type Emit = <E extends keyof CoreEvents>(event: E, value: CoreEvents[E]) => void;

import type { Progress, TaskState, UploadResult } from '../index.js';

/** As those of a task, and `refused`: it was not taken. A file that is not begun yet is `waiting`. */
export type FileState = TaskState | 'refused';

/** What a listener of the elements' events sees of a file. */
export interface UploadFile {
	/** Random. */
	readonly id: string;
	/** The file's name, `''` for a Blob. */
	readonly name: string;
	/** Its path within a folder that was chosen or dropped, else its name. */
	readonly path: string;
	/** Bytes. */
	readonly size: number;
	readonly state: FileState;
	/** Undefined until it has begun. */
	readonly progress: Progress | undefined;
	/** The object's name, once it is known. */
	readonly key: string | undefined;
	/** What OSS holds, once it is done. */
	readonly result: UploadResult | undefined;
	/** Why it failed; of a refused file the sentence that says why. */
	readonly error: unknown;
}

/** What happened to a file that somebody may want to hear of. */
export type News = 'started' | 'paused' | 'resumed' | 'offline' | 'done' | 'failed' | 'aborted' | 'percent';

/** It is among the files of which so many are done. */
export const isCounted = ({ state }: Pick<UploadFile, 'state'>): boolean =>
	state !== 'refused' && state !== 'aborted';

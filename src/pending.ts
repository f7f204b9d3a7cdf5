/** An upload that was begun and is not finished: running, paused, or interrupted on an earlier visit. */
export interface PendingUpload {
	/** For `resume` and `discard`; a running task's `checkpointId`. */
	readonly id: string;
	readonly key: string;
	/** The file's name, `''` for a Blob. */
	readonly name: string;
	/** Bytes. */
	readonly size: number;
	/** Bytes that OSS holds. */
	readonly loaded: number;
	/** Milliseconds since 1970, as the other times. */
	readonly createdAt: number;
	readonly updatedAt: number;
	/** From then on it counts as given up: the next uploader aborts and forgets it. */
	readonly expiresAt: number;
}

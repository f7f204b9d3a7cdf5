/**
 * - `waiting`: for a place among the uploader's running tasks.
 * - `preparing`: the file is fingerprinted, its checkpoint looked up and compared with OSS, or a new upload begun.
 * - `uploading`: parts are on their way.
 * - `paused`: by `pause()`; nothing is on its way.
 * - `offline`: the machine has no network; goes on by itself.
 * - `checking`: all is sent; parts of an earlier visit are still being compared with the file.
 * - `completing`: OSS puts the parts together.
 * - `done`, `failed`: final; after `failed` the checkpoint stays, unless with `CallbackFailed`: then the object is stored.
 * - `stopped`: by `signal` or `close()`: final, and the checkpoint stays, so that a new upload goes on.
 * - `aborted`: by `abort()`: final, and its parts are dropped.
 */
export type TaskState =
	| 'waiting'
	| 'preparing'
	| 'uploading'
	| 'paused'
	| 'offline'
	| 'checking'
	| 'completing'
	| 'done'
	| 'failed'
	| 'stopped'
	| 'aborted';

/** The task has ended: only `abort()` after `failed` or `stopped` still changes it, to `aborted`. */
export function isFinal(state: TaskState): boolean {
	return state === 'done' || state === 'failed' || state === 'stopped' || state === 'aborted';
}

/** Something is sent or looked at: neither is it waited for anything, nor has the task ended. */
export function isAtWork(state: TaskState): boolean {
	return !isFinal(state) && state !== 'waiting' && state !== 'paused' && state !== 'offline';
}

/** The state after `wanted` was asked for: `wanted` where it may follow, else unchanged. */
export function reduce(state: TaskState, wanted: TaskState): TaskState {
	if (isFinal(state)) {
		const canBeDropped = state === 'failed' || state === 'stopped';
		return canBeDropped && wanted === 'aborted' ? wanted : state;
	}
	// What a stopped round still reports must not wake a paused task: only resume() does, by way of `waiting`.
	const mayFollow = state !== 'paused' || wanted === 'waiting' || isFinal(wanted);
	return mayFollow ? wanted : state;
}

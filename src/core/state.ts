/**
 * - `waiting`: for a place among the uploader's running tasks.
 * - `preparing`: the file is fingerprinted, its checkpoint looked up and compared with OSS, or a new upload begun.
 * - `uploading`: parts are on their way.
 * - `paused`: by `pause()`; nothing is on its way.
 * - `offline`: the machine has no network; goes on by itself.
 * - `completing`: OSS puts the parts together.
 * - `done`, `failed`, `aborted`: final.
 */
export type TaskState =
	| 'waiting'
	| 'preparing'
	| 'uploading'
	| 'paused'
	| 'offline'
	| 'completing'
	| 'done'
	| 'failed'
	| 'aborted';

/** Nothing can follow. */
export function isFinal(state: TaskState): boolean {
	return state === 'done' || state === 'failed' || state === 'aborted';
}

/** The state after `wanted` was asked for: `wanted` where it may follow, else unchanged. */
export function reduce(state: TaskState, wanted: TaskState): TaskState {
	if (isFinal(state)) return state;
	// What a stopped round still reports must not wake a paused task: only resume() does, by way of `waiting`.
	const mayFollow = state !== 'paused' || wanted === 'waiting' || isFinal(wanted);
	return mayFollow ? wanted : state;
}

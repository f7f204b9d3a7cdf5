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

const ENDS: readonly TaskState[] = ['failed', 'aborted'];

/** Which states may follow which. */
const NEXT: Readonly<Record<TaskState, readonly TaskState[]>> = {
	waiting: ['preparing', 'paused', ...ENDS],
	preparing: ['uploading', 'offline', 'completing', 'done', 'paused', 'waiting', ...ENDS],
	uploading: ['preparing', 'offline', 'completing', 'done', 'paused', ...ENDS],
	// What a stopped round still reports must not wake a paused task: only resume() does, by way of `waiting`. It may have been done by then.
	paused: ['waiting', 'done', ...ENDS],
	offline: ['preparing', 'uploading', 'completing', 'paused', ...ENDS],
	completing: ['preparing', 'uploading', 'offline', 'done', 'paused', ...ENDS],
	done: [],
	failed: [],
	aborted: [],
};

/** Whether nothing can follow. */
export function isFinal(state: TaskState): boolean {
	return NEXT[state].length === 0;
}

/** The state after `wanted` was asked for: `wanted` where it may follow, else unchanged. */
export function reduce(state: TaskState, wanted: TaskState): TaskState {
	return NEXT[state].includes(wanted) ? wanted : state;
}

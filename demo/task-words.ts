import type { Progress, TaskState, UploadResult } from 'oss-resumable-upload';
import { formatBytes, formatDuration } from './format.js';

export const STATE_WORDS: Readonly<Record<TaskState, string>> = {
	waiting: 'Waiting for its turn',
	preparing: 'Getting ready',
	uploading: 'Uploading',
	paused: 'Paused',
	offline: 'No network: goes on by itself',
	checking: 'Checking what was sent before',
	completing: 'Putting the parts together',
	done: 'Done',
	failed: 'Failed',
	stopped: 'Stopped',
	aborted: 'Cancelled',
};

export const VERIFIED: Readonly<Record<UploadResult['verified'], string>> = {
	object: 'Verified: OSS holds what the file holds',
	parts: 'Verified part by part',
	none: 'Not verified',
};

/** States in which bytes may be on their way; in the others only what OSS holds counts. */
const MOVING: readonly TaskState[] = ['waiting', 'preparing', 'uploading', 'checking', 'completing', 'done'];

/** Bytes that the bar shows. */
export const shownBytes = (state: TaskState, { loaded, stored }: Progress): number =>
	MOVING.includes(state) ? loaded : stored;

export function bytesOf(state: TaskState, progress: Progress): string {
	const total = formatBytes(progress.total);
	if (state === 'done' || state === 'aborted') return total;
	const shown = `${formatBytes(shownBytes(state, progress))} of ${total}`;
	return MOVING.includes(state) ? shown : `${shown} stored`;
}

export function paceOf(state: TaskState, { bytesPerSecond, remainingMs }: Progress): string {
	if (state !== 'uploading' || bytesPerSecond === 0) return '';
	const speed = `${formatBytes(bytesPerSecond)}/s`;
	return remainingMs === undefined ? speed : `${speed} · ${formatDuration(remainingMs)} left`;
}

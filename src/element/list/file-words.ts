import type { FileState } from '../upload-file.js';
import type { UploadItem } from '../upload-item.js';
import { capital, percentOf, type Words } from '../words/words.js';
import { adviceOn } from './failure.js';

/** States in which bytes may be on their way; in the others only what OSS holds counts. */
const MOVING: readonly FileState[] = ['waiting', 'preparing', 'uploading', 'checking', 'completing', 'done'];

export const stateWord = (state: FileState, words: Words): string => words.say(`state${capital(state)}`);

/** What the row says of the file's state, the reason too where it failed. */
export function stateSentence(item: UploadItem, words: Words): string {
	const { state } = item;
	if (item.isRetrying) return words.say('stateRetrying');
	const isBad = state === 'failed' || state === 'refused';
	return isBad ? `${stateWord(state, words)}: ${adviceOn(item, words)}` : stateWord(state, words);
}

/** Bytes that the bar shows. */
export function shownBytes({ state, progress }: UploadItem): number {
	if (!progress) return 0;
	return MOVING.includes(state) ? progress.loaded : progress.stored;
}

export const shownPercent = (item: UploadItem): number =>
	item.state === 'done' ? 100 : percentOf(shownBytes(item), item.size);

/** `12 MB of 64 MB`, or its size alone where nothing of it is under way. */
export function bytesOf(item: UploadItem, words: Words): string {
	const total = words.size(item.size);
	const loaded = shownBytes(item);
	if (loaded === 0 || !item.isActive) return total;
	return words.say('ofTotal', { loaded: words.size(loaded), total });
}

/** Its speed and the time left, while it is under way. */
export function paceOf({ state, progress }: UploadItem, words: Words): string {
	if (state !== 'uploading' || !progress) return '';
	return paceWords(progress.bytesPerSecond, progress.remainingMs, words);
}

export function paceWords(bytesPerSecond: number, remainingMs: number | undefined, words: Words): string {
	if (bytesPerSecond === 0) return '';
	const speed = words.say('speed', { size: words.size(bytesPerSecond) });
	if (remainingMs === undefined) return speed;
	return `${speed} · ${words.say('remaining', { time: words.duration(remainingMs) })}`;
}

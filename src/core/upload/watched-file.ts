import { abortable, type Sleeper, scoped } from '../../base/abortable.js';
import type { Source } from '../ports.js';
import { fileSilent, fileSlow } from './file-silent.js';
import type { PartRange } from './plan.js';

/** Milliseconds between two looks at a file that is being read. */
const WATCH_MS = 30_000;
/** Milliseconds in which a file that can be read answers with a byte. */
const LOOK_MS = 10_000;
/** Looks in a row without an answer: one alone is no proof, the disk may be busy. */
const MAX_SILENT_LOOKS = 4;
const SILENT_MS = MAX_SILENT_LOOKS * (WATCH_MS + LOOK_MS);
/** Milliseconds that reading may take, and those for each of its bytes: 512 KiB a second, on a disk that others read too. */
const READ_MS = 600_000;
const BYTE_MS = 1 / 524;

export interface WatchedFile {
	readonly clock: Sleeper;
	readonly source: Pick<Source, 'assertReadable'>;
}

type Range = Pick<PartRange, 'start' | 'end'>;

/**
 * What reads these bytes of the file. Rejects with `FileUnreadable` when they can no longer be read, which some engines never
 * tell: the read of a file that is gone may not end; and, to be tried again, when the disk is silent.
 */
export const watched = <T>(
	file: WatchedFile,
	range: Range,
	signal: AbortSignal,
	read: (signal: AbortSignal) => Promise<T>,
): Promise<T> =>
	scoped(signal, ({ signal: ended }) => Promise.race([read(ended), watch(file, range, ended)]));

async function watch(file: WatchedFile, range: Range, signal: AbortSignal): Promise<never> {
	const limitMs = READ_MS + (range.end - range.start) * BYTE_MS;
	let silentLooks = 0;
	for (let waitedMs = 0; waitedMs < limitMs; ) {
		await file.clock.sleep(WATCH_MS, signal);
		const isAnswered = await answers(file, range, signal);
		waitedMs += isAnswered ? WATCH_MS : WATCH_MS + LOOK_MS;
		silentLooks = isAnswered ? 0 : silentLooks + 1;
		if (silentLooks === MAX_SILENT_LOOKS) throw fileSilent(`No answer within ${SILENT_MS / 1000} s`);
	}
	throw fileSlow(limitMs);
}

/** Rejects with `FileUnreadable`. Whether it answers in time. */
export function answers(
	{ clock, source }: WatchedFile,
	{ start, end }: Range,
	signal: AbortSignal,
): Promise<boolean> {
	return scoped(signal, ({ signal: ended }) => {
		const look = source.assertReadable(start, end).then(() => true);
		return abortable(ended, Promise.race([look, clock.sleep(LOOK_MS, ended).then(() => false)]));
	});
}

import { withDeadline } from '../../base/abortable.js';
import { UploadError } from '../../base/errors.js';
import type { Body } from '../ports.js';
import type { PartRange } from './plan.js';
import type { Round } from './round.js';
import type { Destination } from './run.js';

/** Bytes of the file in a probe. */
const PROBE_SIZE = 16 * 1024;
/** Milliseconds in which a probe from memory is answered, or the line is too bad to tell anything by it. */
const MEMORY_MS = 5000;
/** Longer, so that it is not the line's own moods that make the difference. */
const DISK_MS = 10_000;
/** Milliseconds from one comparison to the next, as long as nothing is known. */
const EVERY_MS = 60_000;

/** No answer came in time. Not a `Timeout`: the line would take itself for slower than it is. */
const SILENT = new UploadError('Network', 'No answer to a probe');

/** A part of an upload that does not exist: whatever becomes of it, nothing is written. */
const NOBODYS = { uploadId: 'body-probe', partNumber: 1, md5: undefined, onSent: () => {} };

/** A round of which a part is under way. */
type Sending = Pick<Round<Destination>, 'run' | 'remote'>;

/**
 * Calls `fail` where a part that goes out from the disk is to be ended, though its deadline may be minutes away: bytes of its
 * file were answered when they were sent from memory, and not when they were sent from the disk. Not where that cannot be
 * told, and not where some of the part `hasMoved`.
 */
export async function endIfStuck(
	round: Sending,
	range: PartRange,
	hasMoved: () => boolean,
	fail: (error: unknown) => void,
	signal: AbortSignal,
): Promise<void> {
	const { bodies, clock } = round.run.world;
	const isRefuted = () => bodies.haveLeftDisk || hasMoved();
	const beganAt = clock.monotonic();
	const { comparison } = bodies;
	if (!bodies.areFromMemory && !(comparison && beganAt - comparison.beganAt < EVERY_MS)) {
		bodies.comparison = { beganAt, ended: compare(round, range, isRefuted, signal) };
	}
	// Parts hang together: one comparison is enough for all.
	await bodies.comparison?.ended;
	if (!bodies.areFromMemory || isRefuted()) return;
	const message = 'The browser does not send the file from the disk: the part is sent again from memory';
	fail(new UploadError('Timeout', message, { retryable: true }));
}

/** Never rejects. */
async function compare(
	round: Sending,
	range: PartRange,
	isRefuted: () => boolean,
	signal: AbortSignal,
): Promise<void> {
	const { bodies } = round.run.world;
	try {
		if ((await isStuck(round, range, signal)) && !isRefuted()) bodies.prove();
	} catch {
		// Nothing is known. Where its task has left, somebody else begins anew.
		if (signal.aborted) bodies.comparison = undefined;
	}
}

async function isStuck(
	{ run: { world, source }, remote }: Sending,
	{ start, end }: PartRange,
	signal: AbortSignal,
): Promise<boolean> {
	const until = Math.min(end, start + PROBE_SIZE);
	const within = <T>(ms: number, work: (signal: AbortSignal) => Promise<T>) =>
		withDeadline(world.clock, ms, signal, work, () => SILENT);
	const isAnswered = (bytes: Body, ms: number) =>
		within(ms, (ended) => remote.uploadPart({ ...NOBODYS, bytes }, ended)).then(() => true, isAnswer);
	const bytes = await within(MEMORY_MS, () => source.read(start, until));
	const fromMemory = () => isAnswered(bytes, MEMORY_MS);
	const fromDisk = () => isAnswered(source.slice(start, until).blob, DISK_MS);
	// From memory first, and one after another: all other connections to OSS may be held by parts that hang. And last: a line
	// that died meanwhile would look the same.
	return (await fromMemory()) && !(await fromDisk()) && (await fromMemory());
}

/** Whatever is answered, mostly a refusal, is an answer. Rethrows what tells nothing, such as a signature that was refused. */
function isAnswer(error: unknown): boolean {
	if (error === SILENT) return false;
	if (error instanceof UploadError && error.code === 'Service') return true;
	throw error;
}

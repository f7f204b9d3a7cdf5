import type { UploadedPart } from '../model.js';
import type { Remote } from '../ports.js';
import { Requests } from '../schedule/requests.js';
import type { PartEvent } from '../task/events.js';
import type { Target } from './claim.js';
import type { LocalDigestWorld } from './local-digest.js';
import type { OpenUpload } from './open-upload.js';
import type { Destination, Moment, Run } from './run.js';

/** A run with its target and the means to talk about it to OSS. */
export interface Round<Goal extends Destination = Target> {
	readonly run: Run;
	readonly target: Goal;
	readonly remote: Remote;
	readonly requests: Requests;
}

/** A request that was held for less than this is nothing to tell of. */
const THROTTLED_MS = 1000;

export function beginRound<Goal extends Destination>(run: Run, target: Goal): Round<Goal> {
	const { world, source, load, emit, signal } = run;
	const remote = world.remoteFor(target.key, target.settings, (heldMs) => {
		if (heldMs > THROTTLED_MS) run.warnOnce('Throttled', throttledWords(heldMs));
	});
	return { run, target, remote, requests: new Requests({ ...world, remote, source, load, emit, signal }) };
}

const throttledWords = (heldMs: number): string =>
	`OSS held a request for ${(heldMs / 1000).toFixed(1)} s: the bucket is throttled. Send less at once, or have its bandwidth limit raised`;

export const thisMoment = ({ run }: Pick<Round, 'run'>): Moment => ({
	at: run.world.clock.now(),
	seenOssTime: run.memory.seenOssTime,
});

/** From when on, by OSS's clock, an object can be that of a request that was sent at this moment. */
export const notBefore = ({ remote }: Pick<Round, 'remote'>, { at, seenOssTime }: Moment): number =>
	remote.serverTime(at, seenOssTime);

/** What `localDigest` needs of a round. */
export function digesting({ run, requests }: Pick<Round, 'run' | 'requests'>): LocalDigestWorld {
	return { ...run.world, source: run.source, waitOffline: () => requests.waitOffline() };
}

/** Waits for all; the first failure lets what is on its way finish, begins nothing new, and is what is thrown. */
export async function together(requests: Requests, works: readonly Promise<unknown>[]): Promise<void> {
	await Promise.allSettled(works.map((work) => work.catch((error: unknown) => requests.giveUp(error))));
	requests.patience.throwIfAborted();
}

/** The part is in OSS: recorded, counted, told. */
export async function recordPart(
	round: Round,
	upload: OpenUpload,
	part: UploadedPart,
	resumed: boolean,
): Promise<void> {
	const { run, requests } = round;
	const { partNumber, size } = part;
	run.memory.known.add(upload.checkpoint.uploadId, partNumber);
	run.memory.refused.delete(partNumber);
	await run.checkpoints.addPart(upload.checkpoint.id, part, run.world.clock.now());
	// Last: where a pause interrupts it, the next round finds the part, and is the first to tell of it.
	upload.stored.set(partNumber, part);
	requests.partFinished();
	run.progress.stored(partNumber, size, resumed);
	tellPart(run, part, 'stored', resumed);
	tellProgress(run);
}

/** Whether this task has begun to send the part: found at OSS afterwards, it is not resumed. */
export function wasSent(
	{ memory }: Run,
	{ checkpoint }: OpenUpload,
	{ partNumber }: Pick<UploadedPart, 'partNumber'>,
): boolean {
	return memory.sent.has(checkpoint.uploadId, partNumber);
}

export function tellPart(
	{ emit }: Pick<Run, 'emit'>,
	{ partNumber, size }: Pick<PartEvent, 'partNumber' | 'size'>,
	status: PartEvent['status'],
	resumed = false,
): void {
	emit('part', { partNumber, size, status, resumed });
}

export function tellProgress({ emit }: Pick<Run, 'emit'>): void {
	emit('progress', true);
}

/** OSS does not hold the part as it should be: it counts as missing again. */
export function dropPart({ run }: Pick<Round, 'run'>, upload: OpenUpload, part: UploadedPart): void {
	if (!upload.stored.delete(part.partNumber)) return;
	run.memory.known.delete(upload.checkpoint.uploadId, part.partNumber);
	run.progress.lost(part.partNumber, part.size);
	tellPart(run, part, 'lost');
	tellProgress(run);
}

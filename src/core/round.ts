import type { Target } from './claim.js';
import type { PartEvent } from './events.js';
import type { Plan } from './plan.js';
import type { Checkpoint, ListedPart, ObjectInfo, Remote, UploadedPart } from './ports.js';
import { createRequests, type Requests } from './requests.js';
import type { Run } from './run.js';

/** A run with its target and the means to talk about it to OSS. */
export interface Round {
	readonly run: Run;
	readonly target: Target;
	readonly remote: Remote;
	readonly requests: Requests;
}

/** An upload that OSS has begun, and what it holds of it. */
export interface OpenUpload {
	readonly checkpoint: Checkpoint;
	readonly plan: Plan;
	/** Parts that OSS holds as recorded, by part number. */
	readonly stored: Map<number, UploadedPart>;
	/** Parts that OSS lists and no record tells of: adopted instead of sent when their bytes are the local ones. */
	unrecorded: ReadonlyMap<number, ListedPart>;
	/** The recorded parts may stem from another file of the same fingerprint: they are compared before Complete. */
	readonly toCompare: readonly UploadedPart[];
	/** OSS had finished the object before this run began, though nobody heard of it. */
	readonly finished?: ObjectInfo;
}

export function beginRound(run: Run, target: Target): Round {
	const { world, source, emit, signal } = run;
	const remote = world.remoteFor(target.key, target.settings);
	return { run, target, remote, requests: createRequests({ ...world, remote, source, emit, signal }) };
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
	upload.stored.set(partNumber, part);
	await run.checkpoints.addPart(upload.checkpoint.id, part, run.world.clock.now());
	requests.partFinished();
	run.progress.stored(partNumber, size, resumed);
	tellPart(run, part, 'stored', resumed);
	tellProgress(run);
}

export function tellPart(
	{ emit }: Run,
	{ partNumber, size }: Pick<PartEvent, 'partNumber' | 'size'>,
	status: PartEvent['status'],
	resumed = false,
): void {
	emit('part', { partNumber, size, status, resumed });
}

export function tellProgress({ emit, progress }: Run): void {
	emit('progress', progress.snapshot());
}

/** OSS does not hold the part as it should be: it counts as missing again. */
export function dropPart(round: Round, upload: OpenUpload, part: UploadedPart): void {
	if (!upload.stored.delete(part.partNumber)) return;
	round.run.progress.lost(part.size);
	tellPart(round.run, part, 'lost');
}

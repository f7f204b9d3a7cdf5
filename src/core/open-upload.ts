import { ServiceError } from '../errors.js';
import { abandon } from './abandon.js';
import { findAfterRefusal } from './outcome.js';
import { planOf, planUpload } from './plan.js';
import type { Checkpoint, ListedPart, UploadedPart } from './ports.js';
import { fitting, reconcile } from './reconcile.js';
import type { OpenUpload, Round } from './round.js';
import type { Run } from './run.js';

/** The target's unfinished upload as OSS holds it, or undefined when there is none to go on with. */
export async function findUpload(round: Round): Promise<OpenUpload | undefined> {
	const { run, target, remote } = round;
	const { saved } = target;
	if (saved === undefined) return undefined;
	const { checkpoint } = saved;
	if (checkpoint.initiateDigest !== remote.initiateDigest || checkpoint.size !== run.source.size) {
		await abandon(round, checkpoint);
		return undefined;
	}
	const plan = planOf(checkpoint.size, checkpoint.partSize);
	const recorded = fitting(plan, saved.parts);
	const { stored, unrecorded, finished } = await askOss(round, { checkpoint, plan, stored: recorded });
	const isSame = isSameFile(run, checkpoint);
	if (!isSame) await doubt(run, checkpoint, [...stored.values()]);
	const toCompare = isSame ? [] : [...stored.values()];
	return { checkpoint, plan, stored: new Map(stored), unrecorded, toCompare, ...(finished && { finished }) };
}

/** A fingerprint is only a sample: the same name and time make it the same file, anything less is compared. */
function isSameFile({ source, memory }: Run, checkpoint: Checkpoint): boolean {
	if (memory.trusted.has(checkpoint.uploadId)) return true;
	const { name, lastModified } = source;
	return lastModified !== undefined && lastModified === checkpoint.lastModified && name === checkpoint.name;
}

/** From now on parts may be of two files: on later visits no name and time may vouch for them. */
async function doubt(
	{ checkpoints, world }: Run,
	checkpoint: Checkpoint,
	parts: readonly UploadedPart[],
): Promise<void> {
	if (checkpoint.lastModified === undefined) return;
	await checkpoints.create({ ...checkpoint, lastModified: undefined });
	await Promise.all(parts.map((part) => checkpoints.addPart(checkpoint.id, part, world.clock.now())));
}

/** What OSS holds of what was recorded. */
async function askOss(
	round: Round,
	saved: Pick<OpenUpload, 'checkpoint' | 'plan' | 'stored'>,
): Promise<Partial<Pick<OpenUpload, 'finished'>> & Held> {
	const { checkpoint, plan, stored } = saved;
	try {
		return reconcile(plan, [...stored.values()], await listParts(round, checkpoint.uploadId));
	} catch (error) {
		if (!(error instanceof ServiceError)) throw error;
		const recorded = { stored, unrecorded: new Map() };
		// A policy that allows only oss:PutObject lists nothing: the checkpoint alone tells.
		if (error.ossCode === 'AccessDenied') return recorded;
		if (!checkpoint.completing) throw error;
		// The recorded checksums speak for the file of that time: of any other, its own bytes have to be read.
		const known = isSameFile(round.run, checkpoint) ? saved : { ...saved, stored: new Map() };
		return { ...recorded, finished: await findAfterRefusal(round, known, error, true) };
	}
}

type Held = Pick<ReturnType<typeof reconcile>, 'stored' | 'unrecorded'>;

/** Begins an upload at OSS, and writes its checkpoint before the first part goes out. */
export async function beginUpload(round: Round): Promise<OpenUpload> {
	const { run, target, remote } = round;
	const { world, source } = run;
	const plan = planUpload(source.size, run.partSize);
	// The answer alone names the upload: cancelled half-way, it would stay on OSS, known to nobody.
	const uploadId = await round.requests.run({
		operation: 'InitiateMultipartUpload',
		inFlightSignal: world.lifetime,
		send: (signal) => remote.initiate(signal),
	});
	const checkpoint: Checkpoint = {
		id: target.id,
		scope: run.scope,
		bucket: world.bucket,
		key: target.key,
		fingerprint: target.fingerprint,
		uploadId,
		size: plan.size,
		partSize: plan.partSize,
		name: source.name,
		lastModified: source.lastModified,
		settings: target.settings,
		initiateDigest: remote.initiateDigest,
		createdAt: world.clock.now(),
		ttlMs: world.checkpointTtlMs,
		completing: false,
	};
	await run.checkpoints.create(checkpoint);
	run.memory.trusted.add(uploadId);
	run.signal.throwIfAborted();
	return { checkpoint, plan, stored: new Map<number, UploadedPart>(), unrecorded: new Map(), toCompare: [] };
}

/** Every part that OSS holds of the upload, through all pages. */
export async function listParts(
	{ requests, remote }: Round,
	uploadId: string,
): Promise<readonly ListedPart[]> {
	const listed: ListedPart[] = [];
	let marker: number | undefined = 0;
	while (marker !== undefined) {
		const after: number = marker;
		const page = await requests.run({
			operation: 'ListParts',
			send: (signal) => remote.listParts(uploadId, after, signal),
		});
		listed.push(...page.parts);
		marker = page.nextPartNumberMarker;
	}
	return listed;
}

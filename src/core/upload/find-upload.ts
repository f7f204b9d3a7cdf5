import { withDeadline } from '../../base/abortable.js';
import { ServiceError } from '../../base/errors.js';
import type { Checkpoint, ListedPart, ObjectInfo, UploadedPart } from '../model.js';
import { isRefused } from '../schedule/retry.js';
import { abandon, keptWords, untoldWords } from './abandon.js';
import { digestIfSame, localParts } from './compare-parts.js';
import { emptyRecord } from './empty-record.js';
import { localDigest } from './local-digest.js';
import { type OpenUpload, openUpload } from './open-upload.js';
import { differingAtComplete, differingHeaders } from './other-settings.js';
import { expectedOf, findAfterRefusal, warnOfLostCallback } from './outcome.js';
import { reconcile } from './reconcile.js';
import { digesting, type Round } from './round.js';
import type { Run } from './run.js';

/** Milliseconds in which OSS can be told that an upload is given up for another. */
const LEAVE_MS = 10_000;

/** The target's unfinished upload as OSS holds it, or undefined when there is none to go on with. */
export async function findUpload(round: Round): Promise<OpenUpload | undefined> {
	const { run, target, remote } = round;
	const { saved } = target;
	if (saved === undefined) return undefined;
	const { checkpoint } = saved;
	if (run.intent.kind === 'resume') {
		run.memory.partSize = checkpoint.partSize;
		run.memory.data = checkpoint.data;
	}
	const obstacle = obstacleTo(checkpoint, remote.initiateDigest, run);
	if (obstacle !== undefined) {
		if (obstacle !== '') run.warnOnce('Restarted', `The upload begins anew: ${obstacle}`);
		await leave(round, checkpoint);
		await emptyRecord(run, checkpoint.id);
		return undefined;
	}
	const upload = openUpload(checkpoint, saved.parts);
	const finished = await askOss(round, upload);
	forgetRefused(run, upload);
	return finished === undefined ? upload : { ...upload, finished };
}

/** Nobody can go on with it, also where OSS keeps its parts: what takes its place is not held up for long. */
async function leave(round: Round, checkpoint: Checkpoint): Promise<void> {
	const { run } = round;
	const dropping = withDeadline(run.world.clock, LEAVE_MS, run.signal, () => abandon(round, checkpoint));
	const isFreed = await dropping.catch((cause: unknown) => {
		run.signal.throwIfAborted();
		run.warnOnce('Abandoned', untoldWords(checkpoint), cause);
		return true;
	});
	if (!isFreed) run.warnOnce('Abandoned', keptWords(checkpoint));
}

/** Why the upload cannot go on, in words; `''`: there is nothing to say about it. */
function obstacleTo(checkpoint: Checkpoint, initiateDigest: string, { source }: Run): string | undefined {
	// Its end could not be told to OSS so far.
	if (checkpoint.abandoned) return '';
	if (checkpoint.size !== source.size)
		return `it was begun with ${checkpoint.size} bytes, this file has ${source.size}`;
	if (checkpoint.initiateDigest === initiateDigest) return undefined;
	const differing = differingHeaders(checkpoint.initiateDigest, initiateDigest);
	return `it was begun with other settings than now (${differing.join(', ')}), which OSS takes only at its beginning`;
}

/** Compares what was recorded with what OSS holds; the object, when OSS had finished it without our hearing of it. */
async function askOss(round: Round, upload: OpenUpload): Promise<ObjectInfo | undefined> {
	try {
		for (const { partNumber } of await compareWithListing(round, upload)) upload.stored.delete(partNumber);
		return undefined;
	} catch (error) {
		// A policy that allows only oss:PutObject lists nothing: the checkpoint alone tells.
		if (isRefused(error)) {
			upload.isListingRefused = true;
			forgetUnnamed(upload);
			return undefined;
		}
		return findFinished(round, upload, error);
	}
}

/** Parts whose ETag CORS hid on an earlier visit, and no listing supplies: nobody could complete the upload with them. */
function forgetUnnamed({ stored }: OpenUpload): void {
	for (const { partNumber, etag } of stored.values()) if (etag === undefined) stored.delete(partNumber);
}

/** Takes over what OSS lists. Answers the recorded parts that it does not hold so. */
export async function compareWithListing(round: Round, upload: OpenUpload): Promise<readonly UploadedPart[]> {
	const recorded = [...upload.stored.values()];
	const listed = await listParts(round, upload.checkpoint.uploadId);
	const { stored, lost, unrecorded } = reconcile(upload.plan, recorded, listed);
	const { memory, world } = round.run;
	const empty = new Set(listed.filter(({ size }) => size === 0).map(({ partNumber }) => partNumber));
	// Its own answer did not show that, where CORS hides the headers.
	if (lost.some(({ partNumber }) => empty.has(partNumber))) world.bodies.prove();
	for (const { lastModified = 0 } of listed) memory.seenOssTime = Math.max(memory.seenOssTime, lastModified);
	// Rather than what was guessed at the beginning, perhaps by a clock that is ahead.
	upload.notBefore = memory.seenOssTime || upload.notBefore;
	for (const [partNumber, part] of stored) upload.stored.set(partNumber, part);
	upload.unrecorded = unrecorded;
	return lost;
}

/**
 * OSS has no such upload any more: when Complete had been sent for it, the object, if it is this upload's and holds what
 * the file holds now; else rejects with the `refusal`.
 */
export async function findFinished(round: Round, upload: OpenUpload, refusal: unknown): Promise<ObjectInfo> {
	const isGone = refusal instanceof ServiceError && refusal.ossCode === 'NoSuchUpload';
	if (!isGone || !upload.checkpoint.completing) throw refusal;
	const differing = differingAtComplete(round, upload.checkpoint);
	if (differing.length > 0) {
		const names = differing.join(', ');
		round.run.warnOnce(
			'Restarted',
			`The upload begins anew: it was completed with other settings than now (${names})`,
		);
		throw refusal;
	}
	const found = await findAfterRefusal(
		round,
		() => ({ ...expectedOf(upload), crc64: undefined }),
		refusal,
		true,
	);
	if (!(await holdsFile(round, upload, found))) throw refusal;
	warnOfLostCallback(round);
	return found;
}

/** The recorded checksums speak for the file as it was when they were recorded, so its bytes are read again. */
async function holdsFile(round: Round, upload: OpenUpload, { crc64 }: ObjectInfo): Promise<boolean> {
	const { run, target } = round;
	if (target.settings.verify === 'none') return true;
	if (crc64 !== undefined) {
		const whole = { start: 0, end: run.source.size };
		return crc64 === (await localDigest(digesting(round), whole, false, run.signal)).crc64;
	}
	// CORS hides the checksum of the whole: then its parts tell, if all of them were recorded.
	if (upload.stored.size < upload.plan.partCount) return false;
	for (const part of upload.stored.values()) {
		if ((await digestIfSame(localParts(round, upload), part)) === undefined) return false;
	}
	return true;
}

/** Parts that OSS refused at Complete, though it was said to hold them. */
function forgetRefused({ memory }: Run, { stored, unrecorded, isListingRefused }: OpenUpload): void {
	for (const [partNumber, why] of memory.refused) {
		if (why === 'unnamed' && !isListingRefused) continue;
		stored.delete(partNumber);
		unrecorded.delete(partNumber);
	}
}

/** Every part that OSS holds of the upload, through all pages. */
async function listParts({ requests, remote }: Round, uploadId: string): Promise<readonly ListedPart[]> {
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

import { ServiceError, UploadError } from '../../base/errors.js';
import type { UploadedPart } from '../model.js';
import { exhausted, isRefused, remedyFor } from '../schedule/retry.js';
import { beginUpload } from './begin-upload.js';
import { fingerprintOf, reread, type Target } from './claim.js';
import { compareParts, localParts } from './compare-parts.js';
import { completeUpload, finishUpload } from './complete.js';
import { emptyRecord } from './empty-record.js';
import { fileChanged } from './file-changed.js';
import { compareWithListing, findFinished, findUpload } from './find-upload.js';
import type { OpenUpload } from './open-upload.js';
import { HIDDEN_ETAG } from './outcome.js';
import { isOnePart } from './plan.js';
import { putObject } from './put-object.js';
import { beginRound, dropPart, type Round, tellPart, tellProgress, together, wasSent } from './round.js';
import { partSizeOf, type Run, type UploadResult } from './run.js';
import { sendMissing } from './send-parts.js';
import { skipped } from './skipped.js';

/** Parts are sent again this often because OSS or the file turned out to differ. */
const MAX_PASSES = 3;

const LOST_PARTS =
	'OSS took parts of this upload several times and does not list them: look for what answers in its place (a service worker, a proxy), then upload the file again';
const GONE =
	'OSS has no such upload any more: it has ended, or a lifecycle rule of the bucket has removed it';

/** An upload, from a claimed target to a verified object; begun anew, or compared with OSS again, where that helps. */
export async function runUpload(run: Run, claimed: Target): Promise<UploadResult> {
	const tried = { restart: 0, reconcile: 0 };
	let target = claimed;
	for (;;) {
		try {
			return await uploadOnce(beginRound(run, target));
		} catch (error) {
			const remedy = remedyFor(error);
			if (remedy === 'restart' && tried.restart++ === 0) target = await forgetUpload(run, target);
			else if (remedy === 'reconcile' && mayReconcile(run, ++tried.reconcile)) {
				refuseParts(run, error, tried);
				target = await reread(run, target);
			} else throw exhausted(error);
		}
	}
}

/** The whole story. */
async function uploadOnce(round: Round): Promise<UploadResult> {
	const { run } = round;
	const before = run.memory.upload;
	run.emit('phase', 'preparing');
	const same = await skipped(round);
	if (same !== undefined) return same;
	const found = await findUpload(round);
	if (found === undefined && isOnePart(run.source.size, partSizeOf(run))) return putObject(round);
	const upload = found ?? (await beginUpload(round));
	tellBeginning(round, upload, before);
	if (upload.finished !== undefined) return finishUpload(round, upload, upload.finished);
	try {
		await sendParts(round, upload);
	} catch (error) {
		// The requests of this round have been given up.
		const asking = beginRound(run, round.target);
		const finished = await findFinished(asking, upload, error);
		return finishUpload(asking, { ...upload, finished }, finished);
	}
	return completeUpload(round, upload);
}

/** Afterwards OSS holds every part, as it is in the file now. */
async function sendParts(round: Round, upload: OpenUpload): Promise<void> {
	const { run, target } = round;
	await sendAndCompare(round, upload);
	for (let pass = 1; ; pass++) {
		await sendMissing(round, upload);
		await supplyHidden(round, upload);
		const isListed = upload.stored.size === upload.plan.partCount;
		if (target.settings.verify === 'full') await readAgain(round, upload, [...upload.stored.values()]);
		if (upload.stored.size === upload.plan.partCount) break;
		if (pass === MAX_PASSES) throw isListed ? fileChanged() : new UploadError('UploadGone', LOST_PARTS);
	}
	// Browsers do not always notice that a file was edited while they read it.
	if ((await fingerprintOf(run)) !== target.fingerprint) throw fileChanged();
}

/**
 * Sends what is missing. What this task did not itself send is compared with the file meanwhile, whatever its name and
 * time: they do not vouch for its content. What differs then counts as missing.
 */
async function sendAndCompare(round: Round, upload: OpenUpload): Promise<void> {
	const { run, requests, target } = round;
	const { uploadId } = upload.checkpoint;
	const unknown = [...upload.stored.values()].filter(
		({ partNumber }) => !run.memory.known.has(uploadId, partNumber),
	);
	if (unknown.length === 0 || target.settings.verify === 'none') return;
	let isComparing = true;
	const comparing = readAgain(round, upload, unknown).finally(() => {
		isComparing = false;
	});
	const sending = sendMissing(round, upload).then(() => {
		if (isComparing) run.emit('phase', 'checking');
	});
	await together(requests, [sending, comparing]);
	if (upload.stored.size < upload.plan.partCount) run.emit('phase', 'uploading');
}

/** Compares parts with the file as it is now; those that differ are sent again. */
function readAgain(round: Round, upload: OpenUpload, parts: readonly UploadedPart[]): Promise<void> {
	const { known } = round.run.memory;
	return compareParts(localParts(round, upload), parts, {
		onSame: (part, { crc64 }) => {
			const { partNumber, verified } = part;
			known.add(upload.checkpoint.uploadId, partNumber);
			// One that was sent with `verify: 'none'` has no checksum so far: OSS's MD5 was compared.
			upload.stored.set(partNumber, { ...part, crc64, verified: verified || part.crc64 === undefined });
		},
		onOther: (part) => dropPart(round, upload, part),
	});
}

/** `before`: the upload of the round before, as its listeners know it. */
function tellBeginning({ run }: Round, upload: OpenUpload, before: OpenUpload | undefined): void {
	const { plan, stored } = upload;
	let bytes = 0;
	for (const { size } of stored.values()) bytes += size;
	for (const part of [...(before?.stored.values() ?? [])]) {
		if (before !== undefined && !stored.has(part.partNumber)) dropPart({ run }, before, part);
	}
	run.memory.upload = upload;
	run.progress.begin(plan, { bytes, partNumbers: [...stored.keys()] });
	run.emit('phase', 'uploading');
	tellProgress(run);
	for (const part of stored.values()) {
		if (!before?.stored.has(part.partNumber)) tellPart(run, part, 'stored', !wasSent(run, upload, part));
	}
}

/** The upload is gone at OSS, and so are the parts that were told stored. */
async function forgetUpload(run: Run, target: Target): Promise<Target> {
	const { upload } = run.memory;
	if (upload !== undefined) for (const part of [...upload.stored.values()]) dropPart({ run }, upload, part);
	run.memory.upload = undefined;
	run.warnOnce('Restarted', `The upload begins anew: ${GONE}`);
	await emptyRecord(run, target.id);
	return { ...target, saved: undefined };
}

/** Once; where OSS lists nothing, once for the part that it named, and once for all. */
function mayReconcile({ memory }: Run, times: number): boolean {
	return times === 1 || (times === 2 && memory.upload?.isListingRefused === true);
}

/** Has the part that OSS named at Complete sent again, whatever is recorded; at the second time, or unnamed, all. */
function refuseParts({ memory }: Run, error: unknown, { reconcile }: { readonly reconcile: number }): void {
	const { upload } = memory;
	if (upload === undefined) return;
	const named = error instanceof ServiceError ? error.partNumber : undefined;
	if (named !== undefined && reconcile === 1) memory.refused.set(named, 'named');
	else if (upload.isListingRefused)
		for (const partNumber of upload.stored.keys()) memory.refused.set(partNumber, 'unnamed');
}

/** Where CORS hides ETags or checksums, one listing supplies them all; parts that OSS holds otherwise are dropped. */
async function supplyHidden(round: Round, upload: OpenUpload): Promise<void> {
	const recorded = [...upload.stored.values()];
	const lacksEtag = recorded.some((part) => part.etag === undefined);
	const lacksCheck = round.target.settings.verify !== 'none' && recorded.some((part) => !part.verified);
	if (!lacksEtag && (!lacksCheck || upload.isListingRefused)) return;
	try {
		for (const part of await compareWithListing(round, upload)) dropPart(round, upload, part);
	} catch (error) {
		if (!isRefused(error)) throw error;
		if (lacksEtag) throw error.as('Cors', HIDDEN_ETAG);
		upload.isListingRefused = true;
	}
}

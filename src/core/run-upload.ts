import { abortable } from '../abortable.js';
import { ServiceError } from '../errors.js';
import { reread, type Target } from './claim.js';
import { compareParts } from './compare-parts.js';
import { completeUpload, finishUpload } from './complete.js';
import { beginUpload, findUpload, listParts } from './open-upload.js';
import { planUpload } from './plan.js';
import type { ListedPart } from './ports.js';
import { putObject } from './put-object.js';
import { reconcile } from './reconcile.js';
import { exhausted, type Remedy, remedyFor } from './retry.js';
import {
	beginRound,
	dropPart,
	type OpenUpload,
	type Round,
	tellPart,
	tellProgress,
	together,
} from './round.js';
import type { Run, UploadResult } from './run.js';
import { sendMissing } from './send-parts.js';
import { fileChanged } from './transfer.js';

/** Parts are sent again this often because OSS or the file turned out to differ. */
const MAX_PASSES = 3;

const HIDDEN_ETAG = 'The CORS rule hides ETag: add it to ExposeHeader, or allow oss:ListParts';

/** An upload, from a claimed target to a verified object; begun anew, or compared with OSS again, once each. */
export async function runUpload(run: Run, claimed: Target): Promise<UploadResult> {
	const tried = new Set<Remedy>();
	for (let target = claimed; ; target = await reread(run, target)) {
		try {
			return await uploadOnce(beginRound(run, target));
		} catch (error) {
			const remedy = remedyFor(error);
			if ((remedy !== 'restart' && remedy !== 'reconcile') || tried.has(remedy)) throw exhausted(error);
			tried.add(remedy);
			if (remedy === 'restart') await run.checkpoints.delete(target.id);
		}
	}
}

/** The whole story. */
async function uploadOnce(round: Round): Promise<UploadResult> {
	round.run.emit('phase', 'preparing');
	const found = await findUpload(round);
	if (found === undefined && isOnePart(round.run)) return putObject(round);
	const upload = found ?? (await beginUpload(round));
	tellBeginning(round, upload);
	if (upload.finished !== undefined) return finishUpload(round, upload, upload.finished);
	await sendParts(round, upload);
	return completeUpload(round, upload);
}

function isOnePart({ source, partSize }: Run): boolean {
	return planUpload(source.size, partSize).partCount === 1;
}

/** Afterwards OSS holds every part, as it is in the file now. */
async function sendParts(round: Round, upload: OpenUpload): Promise<void> {
	const { run, requests, target } = round;
	// What was sent on an earlier visit is compared beside the sending; what differs then counts as missing.
	await together(requests, [sendMissing(round, upload), compareParts(round, upload, upload.toCompare)]);
	for (let pass = 1; ; pass++) {
		await sendMissing(round, upload);
		// Not before what differed is sent and recorded: after a pause the old record would count again.
		run.memory.trusted.add(upload.checkpoint.uploadId);
		await supplyHidden(round, upload);
		if (target.settings.verify === 'full') await compareParts(round, upload, [...upload.stored.values()]);
		if (upload.stored.size === upload.plan.partCount) break;
		if (pass === MAX_PASSES) throw fileChanged();
	}
	// Browsers do not always notice that a file was edited while they read it.
	const fingerprint = await abortable(run.signal, run.fingerprint(run.signal));
	if (fingerprint !== target.fingerprint) throw fileChanged();
}

function tellBeginning({ run }: Round, { plan, stored }: OpenUpload): void {
	let bytes = 0;
	for (const { size } of stored.values()) bytes += size;
	run.progress.begin(plan, { bytes, parts: stored.size });
	run.emit('phase', 'uploading');
	tellProgress(run);
	for (const part of stored.values()) tellPart(run, part, 'stored', true);
}

/** Where CORS hides ETags or checksums, one listing supplies them all; parts that OSS holds otherwise are dropped. */
async function supplyHidden(round: Round, upload: OpenUpload): Promise<void> {
	const recorded = [...upload.stored.values()];
	const lacksEtag = recorded.some((part) => part.etag === undefined);
	const lacksCheck = round.target.settings.verify !== 'none' && recorded.some((part) => !part.verified);
	if (!lacksEtag && !lacksCheck) return;
	let listed: readonly ListedPart[];
	try {
		listed = await listParts(round, upload.checkpoint.uploadId);
	} catch (error) {
		if (!(error instanceof ServiceError) || error.ossCode !== 'AccessDenied') throw error;
		if (lacksEtag) throw error.as('Cors', HIDDEN_ETAG);
		return;
	}
	const { stored, lost, unrecorded } = reconcile(upload.plan, recorded, listed);
	for (const [partNumber, part] of stored) upload.stored.set(partNumber, part);
	for (const part of lost) dropPart(round, upload, part);
	upload.unrecorded = unrecorded;
}

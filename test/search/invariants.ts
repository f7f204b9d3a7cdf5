import type { Emulator, RequestRecord, StoredObjectInfo } from '../../emulator/index.js';
import { UploadError } from '../../src/base/errors.js';
import type { UploadResult } from '../../src/core/upload/run.js';
import { showsCrc64 } from './cors-rules.js';
import type { Aftermath } from './page.js';
import type { Made, Visit } from './page-task.js';
import { BUCKET, CHECKPOINT_TTL_MS } from './page-world.js';
import { isForgetful, isUndisturbed, type PagePlan, type Schedule } from './schedule.js';

/** What may lie at OSS without anybody having broken a promise. */
export interface Legitimate {
	/** SHA-256 of every version of the file so far, and of what lay there before. */
	readonly contents: ReadonlySet<string>;
	/** Every key that was uploaded to. */
	readonly keys: readonly string[];
}

/** After each page. Throws where a promise of the library is broken. */
export async function expectPromisesKept(
	visit: Visit,
	page: Aftermath,
	legitimate: Legitimate,
): Promise<void> {
	const [broken] = page.broken;
	if (broken) throw broken;
	await expectNoWrongObject(visit, legitimate);
	const { outcome } = page;
	if (outcome.type === 'done') await expectTruth(visit, outcome.result);
	else if (outcome.type === 'rejected') expectNamed(visit, page, outcome.reason);
	if (page.hasAborted && outcome.type === 'rejected' && page.state === 'aborted')
		await expectDropped(visit, page);
	expectEndOfUndisturbed(visit, page);
	expectFound(visit, page);
}

/** What OSS had finished, and said so, is not begun anew; nor what the page before could not hear the end of. */
function expectFound(visit: Visit, { conduct }: Aftermath): void {
	const { oss, requestsBefore, isFinished, plan, schedule, plans } = visit;
	// Of several tasks one may be asked for when the others have ended: a later call.
	if (plans.length > 1) return;
	const requests = oss.requests.slice(requestsBefore);
	const { faults, pages, tokenSeconds, mayList, mayHead } = schedule;
	const isSound = faults.length === 0 && tokenSeconds === 900 && !isForgetful(pages);
	const canKnow = isSound && isUndisturbed(plan) && plan.cors === 'full' && mayList && mayHead;
	const begun = requests.some(({ operation, stored }) => operation === 'InitiateMultipartUpload' && stored);
	expectThat(
		!(isFinished && canKnow && begun),
		'an upload that an earlier visit had finished was begun anew',
	);
	const finished = requests.findIndex(
		({ operation, stored, faulted }) =>
			operation === 'CompleteMultipartUpload' && stored && !faulted?.includes('corrupt'),
	);
	if (finished < 0) return;
	// One that was given up may still reach OSS: what the page itself heard of counts.
	const told = conduct.found.find((at) => at > requestsBefore + finished + 1) ?? Number.POSITIVE_INFINITY;
	const isBegunAnew = conduct.begun.some((at) => at > told);
	expectThat(!isBegunAnew, 'an upload that OSS had finished, and said so, was begun anew');
}

async function expectNoWrongObject(
	{ oss, schedule, plan }: Visit,
	{ contents, keys }: Legitimate,
): Promise<void> {
	const isBlind = schedule.verify === 'none' || !showsCrc64(plan.cors);
	const isExcused =
		spoiled(oss, isBlind ? undefined : 'CompleteMultipartUpload') || spoiled(oss, 'PutObject');
	for (const key of keys) {
		const object = await oss.object(BUCKET, key);
		expectThat(object === undefined || contents.has(object.sha256) || isExcused, 'a wrong object is at OSS');
	}
}

/** Whether OSS itself has spoiled what it was sent by such a request, by any if none is named. */
function spoiled(oss: Emulator, operation?: string): boolean {
	return oss.requests.some(
		(each) =>
			each.stored && each.faulted?.includes('corrupt') && (operation ?? each.operation) === each.operation,
	);
}

/** A task that says done tells the truth. */
async function expectTruth(visit: Visit, result: UploadResult): Promise<void> {
	const { oss, version, schedule, plan } = visit;
	if (isLie(oss, result)) return;
	const object = await objectOf(visit, result);
	if (object === undefined) throw new Error('done, and no object is there');
	const { verified } = result;
	const isExcused =
		verified !== 'object' && spoiled(oss, verified === 'none' ? undefined : 'CompleteMultipartUpload');
	expectThat(object.sha256 === version.sha256 || isExcused, `done (${verified}), and it is another object`);
	expectThat(
		ownerOf(object) === visit.owner || hasBeenMisled(visit) || visit.isMixed,
		`done, and the object has the metadata of ${ownerOf(object)}`,
	);
	expectThat(result.size === version.bytes.length, 'done with another size');
	expectThat(result.resumed <= result.size, 'more was resumed than there is');
	if (verified === 'object') {
		expectThat(showsCrc64(plan.cors), 'the whole is called verified, though nothing of it can be read');
		expectThat(result.crc64 === object.crc64, 'verified with another CRC64');
	}
	if (schedule.verify === 'none') expectThat(verified === 'none', 'verified, though nothing was compared');
	if (result.etag !== undefined) expectThat(result.etag === object.etag, 'done with another ETag');
}

/** What lies at the key; with several tasks what this one says it made there, since another may have come later. */
async function objectOf(
	{ oss, plans, made, version, owner }: Visit,
	{ key, etag }: UploadResult,
): Promise<Made | undefined> {
	const object = await oss.object(BUCKET, key);
	const now = object && { ...object, key };
	if (plans.length === 1) return now;
	const all = [...made.filter((each) => each.key === key), ...(now ? [now] : [])];
	const named = all.filter((each) => each.etag === etag);
	const right = (named.length > 0 ? named : all).filter(({ sha256 }) => sha256 === version.sha256);
	return right.findLast((each) => ownerOf(each) === owner) ?? right.at(-1) ?? named.at(-1) ?? now;
}

/**
 * Two faults at once made an answer of which everything is as OSS's own: 200, its request id, an empty body, and nothing
 * stored. No client could tell, but it must not claim to have compared anything.
 */
function isLie(oss: Emulator, { requestId, verified }: UploadResult): boolean {
	return oss.requests.some(
		(each) =>
			each.requestId === requestId &&
			each.operation === 'PutObject' &&
			!each.stored &&
			verified === 'none' &&
			['status', 'replace-body'].every((type) => each.faulted?.includes(type)),
	);
}

/** Whether the request has made an object. */
export const hasMade = ({ operation, stored }: RequestRecord): boolean =>
	stored && (operation === 'CompleteMultipartUpload' || operation === 'PutObject');

/** It has found an object, by a record that says that it may be there, and has made none. */
const hasBeenMisled = ({ isMisled, oss, requestsBefore }: Visit): boolean =>
	isMisled && !oss.requests.slice(requestsBefore).some(hasMade);

export const ownerOf = ({ headers }: Pick<StoredObjectInfo, 'headers'>): string | undefined =>
	headers['x-oss-meta-owner'];

/** Errors are the family's, or the caller's own reason, or an AbortError where somebody ended the task. */
function expectNamed({ plans }: Visit, page: Aftermath, reason: unknown): void {
	const mayAbort = plans.some(
		({ afterwards, events }) => afterwards === 'aborts' || events.some(({ type }) => type === 'abort'),
	);
	const isAbort = reason instanceof DOMException && reason.name === 'AbortError';
	if (reason instanceof UploadError || reason === page.ownReason || (mayAbort && isAbort)) return;
	throw new Error('An error that names no cause', { cause: reason });
}

/** `abort()` has settled: nobody goes on with the upload, and OSS holds nothing of it, or a warning said so. */
async function expectDropped({ disk, oss, plan, plans }: Visit, page: Aftermath): Promise<void> {
	// Of several tasks another may have gone on with it, or have begun it anew.
	if (plans.length > 1 || plan.store !== undefined) return;
	const left = await disk.find({ scope: '', bucket: BUCKET });
	const isLeft = left.some(({ checkpoint }) => checkpoint.id === page.checkpointId);
	expectThat(!isLeft, 'a checkpoint is there after abort()');
	// A fault of the emulator's said that it is aborted, or gone: an Abort is believed whoever answers it. One that has
	// expired is swept, and nobody needs to hear of that.
	const isBelieved = oss.requests.some(
		({ operation, uploadId, status, code, faulted }) =>
			operation === 'AbortMultipartUpload' &&
			uploadId === page.uploadId &&
			faulted !== undefined &&
			(status === 204 || code === 'NoSuchUpload'),
	);
	const isTold = page.warnings.some(({ code }) => code === 'Abandoned');
	if (isTold || isBelieved || plan.gapMs >= CHECKPOINT_TTL_MS) return;
	const isHeld = oss.uploads(BUCKET).some(({ uploadId }) => uploadId === page.uploadId);
	expectThat(!isHeld, 'OSS holds parts after abort(), and nobody was told');
}

/** Nothing but the CORS rule stood in the way: then it did not, or the error says so. */
function expectEndOfUndisturbed(
	{ plan, plans, schedule, resumes, isMixed }: Visit,
	{ outcome }: Aftermath,
): void {
	const { faults, tokenSeconds, mayHead } = schedule;
	const areUndisturbed = plans.every(isUndisturbed) && !(isMixed && plans.length > 1);
	const isInTheWay = faults.length > 0 || tokenSeconds < 900 || !areUndisturbed;
	if (isInTheWay || outcome.type !== 'rejected') return;
	const { reason } = outcome;
	const isExpected =
		reason instanceof UploadError &&
		((reason.code === 'Cors' && plan.cors !== 'full') ||
			// The page before died at Complete, and nobody may look whether it got there.
			(reason.code === 'UploadGone' && !mayHead) ||
			(reason.code === 'Locked' && plans.length > 1) ||
			(reason.code === 'FileChanged' && resumes !== undefined));
	if (!isExpected) throw new Error('Nothing was in its way, and it failed', { cause: reason });
}

/** After the last, calm visit. */
export async function expectNothingLeft(
	{ oss, stage, disk }: Pick<Visit, 'oss' | 'stage' | 'disk'>,
	{ faults, pages, tokenSeconds }: Schedule,
): Promise<void> {
	const left = await disk.find({ scope: '', bucket: BUCKET });
	expectThat(left.length === 0, 'a checkpoint outlived its upload');
	const abandoned = (await disk.expired(stage.now)).length;
	expectThat(abandoned === 0, 'an abandoned upload was not swept');
	const completed = new Map<string | undefined, number>();
	for (const { operation, stored, uploadId } of oss.requests) {
		if (operation === 'CompleteMultipartUpload' && stored)
			completed.set(uploadId, (completed.get(uploadId) ?? 0) + 1);
	}
	expectThat(
		[...completed.values()].every((count) => count === 1),
		'Complete succeeded twice',
	);
	const isAllKnown =
		faults.length === 0 &&
		tokenSeconds === 900 &&
		pages.every((plan) => isWhole(plan) && plan.cors === 'full');
	expectThat(!isAllKnown || oss.uploads(BUCKET).length === 0, 'OSS holds parts that nobody knows of');
}

/** A page that remembers what it does, and is there to the end. */
const isWhole = ({ store, events, afterwards, tabs }: PagePlan): boolean =>
	[{ store, events, afterwards }, ...tabs.map(({ plan }) => plan)].every(
		(each) =>
			each.store === undefined &&
			each.afterwards !== 'dies' &&
			each.events.every(({ type }) => type !== 'die'),
	);

export function expectThat(holds: boolean, otherwise: string): void {
	if (!holds) throw new Error(otherwise);
}

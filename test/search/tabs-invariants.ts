import type { UploadError } from '../../src/base/errors.js';
import { expectThat, hasMade } from './invariants.js';
import type { Visit } from './page-task.js';
import { isForgetful } from './schedule.js';
import type { TabVisit } from './tabs.js';

/** After each visit. Throws where a promise that tasks of one upload keep each other is broken. */
export function expectSharedWell(visits: readonly [TabVisit, ...TabVisit[]]): void {
	for (const each of visits) {
		expectLockedRightly(each, visits);
		expectAbortedRightly(each, visits);
		expectNotBegunAnew(each, visits);
	}
}

/** Where somebody else runs the upload, and the task may not follow that. */
function expectLockedRightly({ visit, page }: TabVisit, visits: readonly TabVisit[]): void {
	const { outcome } = page;
	const isLocked = outcome.type === 'rejected' && (outcome.reason as Partial<UploadError>).code === 'Locked';
	if (!isLocked) return;
	const { channel } = visit.plan;
	// `resume(id)` has no such option: another tab may have taken the upload first.
	const ifRunning = visit.resumes === undefined ? visit.plan.ifRunning : 'fail';
	// Where words are lost the row tells, which may be of an upload before this one.
	const isUnheard = channel === 'wild' && visit.schedule.pages.some(({ owner }) => owner !== visit.owner);
	const isOther = isUnheard || visits.some((each) => each.visit.owner !== visit.owner);
	const mayBe = ifRunning === 'fail' || (ifRunning === 'follow' && isOther);
	expectThat(visits.length > 1 && mayBe, `Locked, though it was to ${ifRunning}`);
}

/** Where it was itself aborted, or one that it may have followed. */
function expectAbortedRightly({ page }: TabVisit, visits: readonly TabVisit[]): void {
	if (page.state !== 'aborted' || page.isAborted) return;
	expectThat(
		visits.some((each) => each.page.isAborted),
		'aborted, and nobody has aborted it',
	);
}

/** Who followed an upload when OSS finished it, or when it was aborted, begins none. */
function expectNotBegunAnew({ visit, page }: TabVisit, visits: readonly TabVisit[]): void {
	const { plan, version, owner } = visit;
	const areAlike = visits.every((each) => each.visit.version === version && each.visit.owner === owner);
	const areHeard = plan.channel !== 'wild' && visits.every((each) => each.visit.plan.store === undefined);
	const isUninterrupted = plan.events.every(({ type }) => type !== 'pause');
	if (!areAlike || !areHeard || !isUninterrupted) return;
	const ends = [...(canFind(visit) ? finishedIn(visit) : []), ...droppedIn(visits)];
	for (const { from, to } of page.conduct.followed) {
		const hasEnded = ends.some((at) => at >= from && at < to);
		const isBegunAnew = page.conduct.begun.some((at) => at > to);
		expectThat(
			!(hasEnded && isBegunAnew),
			'what it followed was finished or aborted, and it has begun it anew',
		);
	}
}

/** Nothing keeps it from what OSS has finished. */
function canFind({ schedule, plan }: Visit): boolean {
	const { faults, tokenSeconds, mayList, mayHead, pages } = schedule;
	const isSound = faults.length === 0 && tokenSeconds === 900 && !isForgetful(pages);
	return isSound && mayList && mayHead && plan.cors === 'full' && !plan.credentials;
}

function finishedIn({ oss, requestsBefore }: Visit): readonly number[] {
	return oss.requests.flatMap((each, at) => (at >= requestsBefore && hasMade(each) ? [at] : []));
}

/** When uploads were dropped; where a task waits, that begins anew what was aborted, and is then followed. */
function droppedIn(visits: readonly TabVisit[]): readonly number[] {
	if (visits.some(({ visit }) => visit.plan.ifRunning === 'wait')) return [];
	return visits.flatMap(({ page }) => (page.hasAborted ? page.conduct.dropped : []));
}

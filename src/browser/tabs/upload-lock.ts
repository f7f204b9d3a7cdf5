import type { Clock, UploadLock } from '../../core/ports.js';
import { systemClock } from '../clock.js';
import { PATIENCE_TICKS, ticks } from '../storage/ticks.js';

/** Ids claimed in this page. Of the module, not of a lock: two uploaders in one page must see each other. */
const claimedHere = new Set<string>();

/**
 * Requests of this page by lock name, until the browser has let go of their locks. That happens a moment after a
 * release: a task that follows on another at once must wait for it, or it would find the lock taken, by itself.
 */
const held = new Map<string, Promise<void>>();

/** A request of this page got no answer, and none has got one since: a second is then enough for the next. */
let isDeaf = false;

/**
 * Keeps one upload to one task: within the page always, across tabs by Web Locks where they exist (secure contexts
 * only). The browser releases the lock of a tab that died. Where it does not answer for ten ticks of a second, the page's
 * own registry has to do.
 */
export function createUploadLock(clock: Pick<Clock, 'sleep'> = systemClock): UploadLock {
	return {
		async claim(checkpointId) {
			if (claimedHere.has(checkpointId)) return undefined;
			// Before the first await: two claims of one moment must not both ask the browser.
			claimedHere.add(checkpointId);
			const releaseTabs = await claimAcrossTabs(`oss-resumable-upload:${checkpointId}`, clock);
			if (!releaseTabs) {
				claimedHere.delete(checkpointId);
				return undefined;
			}
			let released = false;
			return () => {
				// A second call must not take the lock from its next holder.
				if (released) return;
				released = true;
				claimedHere.delete(checkpointId);
				releaseTabs();
			};
		},
	};
}

function claimAcrossTabs(name: string, clock: Pick<Clock, 'sleep'>): Promise<(() => void) | undefined> {
	const answered = new AbortController();
	return new Promise((resolve) => {
		let release = () => {};
		const released = new Promise<void>((end) => {
			release = end;
		});
		const answer = (isGiven: boolean) => {
			isDeaf = false;
			answered.abort();
			resolve(isGiven ? release : undefined);
		};
		// Given too late it is held all the same, until the upload ends; or not at all, when that has ended.
		const hold = (lock: Lock | null) => {
			answer(lock !== null);
			return lock ? released : undefined;
		};
		const request = (held.get(name) ?? Promise.resolve())
			.then(() => navigator.locks.request(name, { ifAvailable: true }, hold))
			// No locks (plain http), or refused ones (an opaque origin, a document no longer active): the page's own
			// registry has to do.
			.catch(() => answer(true))
			.then(() => {
				if (held.get(name) === request) held.delete(name);
			});
		held.set(name, request);
		ticks(isDeaf ? 1 : PATIENCE_TICKS, clock, answered.signal).then(
			() => {
				isDeaf = true;
				resolve(release);
			},
			() => {},
		);
	});
}

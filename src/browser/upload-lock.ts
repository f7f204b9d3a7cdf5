import type { UploadLock } from '../core/ports.js';

/** Ids claimed in this page. Of the module, not of a lock: two uploaders in one page must see each other. */
const claimedHere = new Set<string>();

/**
 * Requests of this page by lock name, until the browser has let go of their locks. That happens a moment after a
 * release: a task that follows on another at once must wait for it, or it would find the lock taken, by itself.
 */
const held = new Map<string, Promise<void>>();

/**
 * Keeps one upload to one task: within the page always, across tabs by Web Locks where they exist (secure contexts
 * only). The browser releases the lock of a tab that died.
 */
export function createUploadLock(): UploadLock {
	return {
		async claim(checkpointId) {
			if (claimedHere.has(checkpointId)) return undefined;
			// Before the first await: two claims of one moment must not both ask the browser.
			claimedHere.add(checkpointId);
			const releaseTabs = await claimAcrossTabs(`oss-resumable-upload:${checkpointId}`);
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

async function claimAcrossTabs(name: string): Promise<(() => void) | undefined> {
	await held.get(name);
	return new Promise((resolve) => {
		const holdUntilReleased = (lock: Lock | null) =>
			lock ? new Promise<void>((release) => resolve(release)) : resolve(undefined);
		// Async, so that it rejects where there are no locks to ask.
		const ask = async () => navigator.locks.request(name, { ifAvailable: true }, holdUntilReleased);
		const request = ask()
			// No locks (plain http), or refused ones (an opaque origin, a document no longer active): the page's own
			// registry has to do.
			.catch(() => resolve(() => {}))
			.then(() => void held.delete(name));
		held.set(name, request);
	});
}

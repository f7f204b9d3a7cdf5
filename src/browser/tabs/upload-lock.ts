import { abortable } from '../../base/abortable.js';
import type { Clock, UploadLock } from '../../core/ports.js';
import { systemClock } from '../clock.js';
import { LockQueue } from './lock-queue.js';
import { claimInTabs, idsInTabs, waitInTabs } from './tab-locks.js';

/** Of this page, and of the module, not of a lock: two uploaders in one page must see each other. */
const turns = new LockQueue();

/** Keeps one upload to one task: within the page always, across tabs where the browser has locks for it. */
export function createUploadLock(clock: Pick<Clock, 'sleep'> = systemClock): UploadLock {
	return {
		async claim(id) {
			// Before the first await: two claims of one moment must not both ask the browser.
			if (!turns.take(id)) return undefined;
			const release = await claimInTabs(id, clock);
			if (release) return releasing(id, release);
			turns.end(id);
			return undefined;
		},

		async wait(id, signal) {
			await turns.takeNext(id, signal);
			// First as a claim: a browser that does not answer would be waited for without end.
			const claiming = claimInTabs(id, clock);
			try {
				const release = (await abortable(signal, claiming)) ?? (await waitInTabs(id, signal));
				return releasing(id, release);
			} catch (error) {
				void claiming.then((late) => late?.());
				turns.end(id);
				throw error;
			}
		},

		isOwn: (id) => turns.has(id),

		held: async () => new Set([...(await idsInTabs(clock)), ...turns.ids]),
	};
}

function releasing(id: string, release: () => void): () => void {
	let released = false;
	return () => {
		// A second call must not take the lock from its next holder.
		if (released) return;
		released = true;
		release();
		turns.end(id);
	};
}

import { abortable } from '../../base/abortable.js';
import { Latch } from '../../base/latch.js';
import type { Clock, UploadLock } from '../../core/ports.js';
import { systemClock } from '../clock.js';
import { LockQueue } from './lock-queue.js';
import { claimInTabs, idsInTabs, waitInTabs } from './tab-locks.js';

/** Of this page, and of the module, not of a lock: two uploaders in one page must see each other. */
const turns = new LockQueue();

/** By id, those whose holder in this page only lets go of them: opens when it has. */
const leaving = new Map<string, Latch>();

/** Keeps one upload to one task: within the page always, across tabs where the browser has locks for it. */
export function createUploadLock(clock: Pick<Clock, 'sleep'> = systemClock): UploadLock {
	return {
		async claim(id, signal = new AbortController().signal, letsGo = false) {
			// No await between the last look and the mark: two claims of one moment must not both ask the browser.
			while (!turns.take(id)) {
				const latch = leaving.get(id);
				if (!latch) return undefined;
				await abortable(signal, latch.wait());
			}
			if (letsGo) letGo(id);
			return inTabs(id, clock, signal, async () => undefined);
		},

		async wait(id, signal) {
			await turns.takeNext(id, signal);
			// First as a claim: a browser that does not answer would be waited for without end.
			return inTabs(id, clock, signal, () => waitInTabs(id, signal));
		},

		letGo,

		isOwn: (id) => turns.has(id),

		async held() {
			const elsewhere = await idsInTabs(clock);
			return new Set([...elsewhere, ...[...turns.ids].filter((id) => !leaving.has(id))]);
		},
	};
}

/** What this page has taken: as all tabs have it, or `otherwise` where another one does. */
async function inTabs<T extends (() => void) | undefined>(
	id: string,
	clock: Pick<Clock, 'sleep'>,
	signal: AbortSignal,
	otherwise: () => Promise<T>,
): Promise<(() => void) | T> {
	const claiming = claimInTabs(id, clock);
	try {
		const release = (await abortable(signal, claiming)) ?? (await otherwise());
		if (release) return releasing(id, release);
		end(id);
		return release;
	} catch (error) {
		// One that comes too late goes back at once.
		claiming.then(
			(late) => late?.(),
			() => {},
		);
		end(id);
		throw error;
	}
}

function releasing(id: string, release: () => void): () => void {
	let released = false;
	return () => {
		// A second call must not take the lock from its next holder.
		if (released) return;
		released = true;
		release();
		end(id);
	};
}

function letGo(id: string): void {
	if (!leaving.has(id)) leaving.set(id, new Latch());
}

/** Those who have waited for the lock itself are before those who wait for its holder to let go. */
function end(id: string): void {
	turns.end(id);
	leaving.get(id)?.open();
	leaving.delete(id);
}

import type { Clock } from '../../core/ports.js';
import { PATIENCE_TICKS, ticks } from '../storage/ticks.js';

/**
 * The locks of all tabs, by Web Locks where they exist (secure contexts only). The browser releases the lock of a tab
 * that died. Where there are none, or they do not answer for ten ticks of a second, whoever asks has to do without.
 */

type Sleeper = Pick<Clock, 'sleep'>;

const PREFIX = 'oss-resumable-upload:';

/**
 * Requests of this page by lock name, until the browser has let go of their locks. That happens a moment after a
 * release: a task that follows on another at once must wait for it, or it would find the lock taken, by itself.
 */
const held = new Map<string, Promise<void>>();

/** Names of those that the browser has given to this page, and has not seen let go so far. */
const given = new Set<string>();

/** A request of this page got no answer, and none has got one since: a second is then enough for the next. */
let isDeaf = false;

/** The function that releases the lock, or undefined when another tab holds it. */
export async function claimInTabs(id: string, clock: Sleeper): Promise<(() => void) | undefined> {
	const { isGiven, release } = request(id, { ifAvailable: true });
	// Given too late it is held all the same, until the upload ends; or not at all, when that has ended.
	return (await answerOf(isGiven, clock)) === false ? undefined : release;
}

/** Likewise, once no other tab holds it; rejects with `signal.reason` when aborted first. */
export async function waitInTabs(id: string, signal: AbortSignal): Promise<() => void> {
	const { isGiven, release } = request(id, { signal });
	await isGiven;
	return release;
}

/** The ids of those that other tabs hold. */
export async function idsInTabs(clock: Sleeper): Promise<readonly string[]> {
	const own = new Set(given);
	// Async, so that what throws rejects.
	const asked = (async () => navigator.locks.query())();
	const locks = await answerOf(asked, clock).catch(() => undefined);
	const names = locks?.held?.map(({ name = '' }) => name) ?? [];
	return names
		.filter((name) => name.startsWith(PREFIX) && !own.has(name))
		.map((name) => name.slice(PREFIX.length));
}

function request(id: string, options: LockOptions): { isGiven: Promise<boolean>; release: () => void } {
	const name = PREFIX + id;
	let release = () => {};
	const released = new Promise<void>((end) => {
		release = end;
	});
	const isGiven = new Promise<boolean>((resolve, reject) => {
		const hold = (lock: Lock | null) => {
			resolve(lock !== null);
			if (!lock) return undefined;
			given.add(name);
			return released;
		};
		const ending = (held.get(name) ?? Promise.resolve())
			.then(() => navigator.locks.request(name, options, hold))
			// No locks (plain http), or refused ones (an opaque origin, a document no longer active): the page's own
			// registry has to do.
			.catch((error: unknown) => (options.signal?.aborted ? reject(error) : resolve(true)))
			.then(() => {
				given.delete(name);
				if (held.get(name) === ending) held.delete(name);
			});
		held.set(name, ending);
	});
	return { isGiven, release };
}

/** Undefined where the browser does not answer. */
async function answerOf<T>(answer: Promise<T>, clock: Sleeper): Promise<T | undefined> {
	const answered = new AbortController();
	answer.then(
		() => {
			isDeaf = false;
		},
		() => {},
	);
	const silence = ticks(isDeaf ? 1 : PATIENCE_TICKS, clock, answered.signal).then(() => {
		isDeaf = true;
		return undefined;
	});
	try {
		return await Promise.race([answer, silence]);
	} finally {
		silence.catch(() => {});
		answered.abort();
	}
}

import type { CheckpointStore } from '../core/ports.js';

/**
 * `primary`, until it fails for the first time (private mode, quota, blocked, no IndexedDB): that is told to `warn`
 * once, and `fallback` takes over. No method rejects because of `primary`.
 *
 * What is written or loaded here goes to both stores from the start, so that a part recorded before the failure is
 * known after it; so `fallback` should be cheap, its own, and bear being told a thing twice.
 */
export function resilientCheckpoints(
	primary: CheckpointStore,
	fallback: CheckpointStore,
	warn: (error: unknown) => void,
): CheckpointStore {
	let failed = false;

	async function ask<T>(question: (store: CheckpointStore) => Promise<T>): Promise<T> {
		try {
			if (!failed) return await question(primary);
		} catch (error) {
			// Several calls may be under way when it breaks.
			if (!failed) warn(error);
			failed = true;
		}
		return question(fallback);
	}

	async function write(change: (store: CheckpointStore) => Promise<void>): Promise<void> {
		await change(fallback);
		await ask(change);
	}

	/**
	 * Also tried on a broken `primary`, unawaited: a row left behind there would one day resume an upload that is
	 * long done, and not know that Complete had been sent. A full disk refuses writes, seldom deletes.
	 */
	async function conclude(change: (store: CheckpointStore) => Promise<void>): Promise<void> {
		if (failed) void (async () => change(primary))().catch(() => {});
		await write(change);
	}

	return {
		open: () => primary.open?.(),
		find: (query) => ask((store) => store.find(query)),
		async load(id) {
			const found = await ask((store) => store.load(id));
			if (found && !failed) {
				await fallback.create(found.checkpoint);
				// It is being resumed now, so now is when it was last touched.
				for (const part of found.parts) await fallback.addPart(id, part, Date.now());
			}
			return found;
		},
		create: (checkpoint) => write((store) => store.create(checkpoint)),
		addPart: (id, part, now) => write((store) => store.addPart(id, part, now)),
		markCompleting: (id) => conclude((store) => store.markCompleting(id)),
		delete: (id) => conclude((store) => store.delete(id)),
		expired: (now) => ask((store) => store.expired(now)),
		close() {
			primary.close();
			fallback.close();
		},
	};
}

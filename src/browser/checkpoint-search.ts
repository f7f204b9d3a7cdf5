import type { Checkpoint, CheckpointStore, CheckpointSummary } from '../core/ports.js';

/** `find` and `expired` of a store that can summarize the checkpoints of which `isWanted` says so. */
export function checkpointSearch(
	summarize: (isWanted: (checkpoint: Checkpoint) => boolean) => Promise<CheckpointSummary[]>,
): Pick<CheckpointStore, 'find' | 'expired'> {
	return {
		async find(query) {
			const asked = Object.entries(query);
			const found = await summarize((checkpoint) =>
				asked.every(([name, value]) => value === undefined || value === Reflect.get(checkpoint, name)),
			);
			return found.sort((a, b) => b.updatedAt - a.updatedAt);
		},
		async expired(now) {
			const all = await summarize(() => true);
			return all
				.filter(({ checkpoint, updatedAt }) => updatedAt + checkpoint.ttlMs <= now)
				.map(({ checkpoint }) => checkpoint);
		},
	};
}

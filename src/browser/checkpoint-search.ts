import type { Checkpoint, CheckpointStore, CheckpointSummary } from '../core/ports.js';

/** `find` and `expired` of a store that can summarize the checkpoints of which `isWanted` says so. */
export function checkpointSearch(
	summarize: (isWanted: (checkpoint: Checkpoint) => boolean) => Promise<CheckpointSummary[]>,
): Pick<CheckpointStore, 'find' | 'expired'> {
	return {
		async find({ scope, bucket, key, fingerprint }) {
			const found = await summarize(
				(checkpoint) =>
					checkpoint.scope === scope &&
					checkpoint.bucket === bucket &&
					(key ?? checkpoint.key) === checkpoint.key &&
					(fingerprint ?? checkpoint.fingerprint) === checkpoint.fingerprint,
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

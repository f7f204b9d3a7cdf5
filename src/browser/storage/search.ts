import type { Checkpoint, CheckpointSummary } from '../../core/model.js';
import type { CheckpointQuery } from '../../core/ports.js';

/** Whether a checkpoint answers the query: what was abandoned answers none. */
export function answering(query: CheckpointQuery): (checkpoint: Checkpoint) => boolean {
	const asked = Object.entries(query).filter(([, value]) => value !== undefined);
	return (checkpoint) =>
		!checkpoint.abandoned && asked.every(([name, value]) => Reflect.get(checkpoint, name) === value);
}

/** For `sort`. */
export const newestFirst = (one: CheckpointSummary, other: CheckpointSummary): number =>
	other.updatedAt - one.updatedAt;

/** Whether an upload that was last touched at `updatedAt` counts as given up. */
export const isGivenUp = ({ abandoned, ttlMs }: Checkpoint, updatedAt: number, now: number): boolean =>
	abandoned || updatedAt + ttlMs <= now;

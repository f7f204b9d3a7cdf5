import type { Checkpoint } from '../model.js';
import type { Run } from './run.js';

/**
 * OSS holds nothing of the upload any more. Its record stays, without parts, until that of another upload takes its place:
 * with it would go what is kept of the file, which may be nowhere else, and that Complete was sent, unless `known` says what
 * came of it.
 */
export async function emptyRecord(
	run: Pick<Run, 'checkpoints' | 'world' | 'memory'>,
	id: string,
	known?: Pick<Checkpoint, 'completing'>,
): Promise<void> {
	run.memory.seen = undefined;
	const saved = await run.checkpoints.load(id);
	if (saved) await writeWithoutParts(run, { ...saved.checkpoint, ...known });
}

/** Its parts were the sign of when it was gone on with last: without them it counts as begun now, or it might have expired. */
export const writeWithoutParts = (
	{ checkpoints, world }: Pick<Run, 'checkpoints' | 'world'>,
	checkpoint: Checkpoint,
): Promise<void> => checkpoints.create({ ...checkpoint, createdAt: world.clock.now() });

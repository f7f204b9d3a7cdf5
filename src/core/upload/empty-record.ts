import type { Checkpoint } from '../model.js';
import type { Run } from './run.js';

/**
 * OSS holds nothing of the upload any more. Its record stays, without parts, until that of another upload takes its place:
 * with it would go what is kept of the file, which may be nowhere else.
 */
export const emptyRecord = (
	{ checkpoints }: Pick<Run, 'checkpoints'>,
	checkpoint: Checkpoint,
): Promise<void> => checkpoints.create({ ...checkpoint, completing: false });

import { expect, test } from 'vitest';
import type { Checkpoint } from '../../../src/core/model.js';
import { Holding } from '../../../src/core/upload/holding.js';
import { openUpload } from '../../../src/core/upload/open-upload.js';
import { OLD_ID, PART, scriptedPlan, storeWith } from '../scripted-world.js';

const blob = new Blob([new Uint8Array(3 * PART).fill(7)]);

/** Holds no lock any more of an upload that a task began, of which the store has a record by now. */
async function afterwards(begun: Pick<Checkpoint, 'uploadId'>) {
	const checkpoints = await storeWith(blob);
	const aborted: string[] = [];
	const abort = async (uploadId: string) => void aborted.push(uploadId);
	const { plan } = scriptedPlan(blob, { abort }, { checkpoints });
	const saved = await checkpoints.load(OLD_ID);
	if (saved === undefined) throw new Error('The store has lost it');
	const { checkpoint } = saved;
	const holding = new Holding(plan.run, () => {});
	const { key, settings, fingerprint } = checkpoint;
	holding.target = { id: OLD_ID, key, settings, fingerprint, saved: undefined, release: () => {} };
	holding.memory.upload = openUpload({ ...checkpoint, ...begun });
	return { holding, checkpoints, aborted };
}

test('what the task began and nobody has taken since is dropped', async () => {
	const { holding, checkpoints, aborted } = await afterwards({ uploadId: 'U-old' });
	expect(await holding.dropIfIdle()).toBe(true);
	expect(aborted).toEqual(['U-old']);
	expect(await checkpoints.load(OLD_ID)).toBeUndefined();
});

test('what was begun anew since under its id is left to whoever began it', async () => {
	const { holding, checkpoints, aborted } = await afterwards({ uploadId: 'U-older' });
	expect(await holding.dropIfIdle()).toBe(false);
	expect(aborted).toEqual([]);
	expect(await checkpoints.load(OLD_ID)).toBeDefined();
});

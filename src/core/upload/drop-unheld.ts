import { withDeadline } from '../../base/abortable.js';
import type { Checkpoint } from '../model.js';
import type { FileFacts } from '../ports.js';
import { identify } from './claim.js';
import type { Drop } from './dropper.js';
import { isLocked } from './locked.js';
import { isOnePart } from './plan.js';
import type { Run } from './run.js';

/** Milliseconds in which a task that has not claimed an upload finds out which one it would be. */
const IDENTIFY_MS = 30_000;

const TAKEN_WORDS =
	'This upload was not dropped: it runs by now, here or in another tab. Abort it there, or discard it when it has ended';

const UNKNOWN_WORDS =
	'Nothing was dropped, since the file or the store did not answer: discard what `pending()` lists of this upload';

/** Its file need not be there any more. */
export type UnopenedRun = Omit<Run, 'source'> & { readonly source: FileFacts };

/**
 * Drops the upload of a task that holds none, any more or yet. It may run elsewhere: then it is left alone. `id`: where the
 * task has ever had one; `known`: what the task itself began.
 */
export async function dropUnheld(
	run: UnopenedRun,
	drop: Drop,
	id: string | undefined,
	known: Checkpoint | undefined,
): Promise<void> {
	const { dropper } = run.world;
	try {
		const dropped = id ?? (await idOf(run));
		if (dropped !== undefined) await dropper.dropIdle(drop, dropped, isOwn(known), known);
	} catch (cause) {
		const isTaken = isLocked(cause);
		// One that runs, and was never this task's own, is nobody's to drop here.
		if (isTaken && id === undefined) return;
		drop.warn({ code: 'Abandoned', message: isTaken ? TAKEN_WORDS : UNKNOWN_WORDS, cause });
	}
}

/** What was begun anew since under its id is not its own; `known`: what the task itself began. */
export const isOwn =
	(known: Checkpoint | undefined) =>
	({ uploadId }: Checkpoint): boolean =>
		known === undefined || known.uploadId === uploadId;

/**
 * The id of the upload that a task was to run, where that can be told without asking anybody, and something is recorded that
 * it may be: then the file is looked at. Also after `close()`.
 */
async function idOf(run: UnopenedRun): Promise<string | undefined> {
	const { intent, source, partSize, world, scope, checkpoints } = run;
	if (intent.kind === 'resume') return intent.id;
	const { key } = intent;
	if (typeof key !== 'string' || isOnePart(source.size, partSize)) return undefined;
	return withDeadline(world.clock, IDENTIFY_MS, run.signal, async (signal) => {
		const recorded = await checkpoints.find({ scope, bucket: world.bucket, key });
		return recorded.length > 0 ? identify({ ...run, signal }, key) : undefined;
	});
}

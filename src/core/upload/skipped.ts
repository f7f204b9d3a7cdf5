import { lazy } from '../../base/lazy.js';
import { late } from './late.js';
import type { Round } from './round.js';
import type { Destination, UploadResult } from './run.js';

const loadSkipSame = lazy(() => import('./skip-same.js'));

/** The result where nothing has to be sent, since the same bytes lie at the key already: only who asks for that is asked. */
export async function skipped(round: Round<Destination>): Promise<UploadResult | undefined> {
	const { intent, memory } = round.run;
	// What this task has begun to send it also ends.
	if (intent.kind !== 'upload' || !intent.skipSame || memory.upload || memory.firstPut) return undefined;
	round.run.emit('phase', 'preparing');
	const { skipSame } = await late(round.run, loadSkipSame);
	return skipSame(round);
}

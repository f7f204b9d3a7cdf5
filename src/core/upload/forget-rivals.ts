import type { CheckpointQuery } from '../ports.js';
import type { Drop, Dropper } from './dropper.js';

/** Other unfinished uploads to this key would one day overwrite the object that has just been finished. */
export async function forgetRivals(
	dropper: Dropper,
	drop: Drop,
	query: CheckpointQuery,
	ownId: string | undefined,
): Promise<void> {
	for (const { checkpoint } of await drop.store.find(query)) {
		if (checkpoint.id === ownId) continue;
		// One that is running has its own way to end.
		await dropper.dropIdle(drop, checkpoint.id).catch(() => {});
	}
}

import { claimTarget, reread } from '../upload/claim.js';
import type { Holding } from '../upload/holding.js';
import { putSmall } from '../upload/put-object.js';
import type { Run, UploadResult } from '../upload/run.js';
import { runUpload } from '../upload/run-upload.js';
import type { Company } from './company.js';

/** What a task has from one round to the next. */
export interface Cast {
	readonly holding: Pick<Holding, 'target'>;
	readonly company: Pick<Company, 'aside' | 'lead'>;
	/** The upload is the task's. `isFound`: something was recorded of it before. */
	onClaimed(isFound: boolean): void;
}

/** One round: from a file to what became of it. */
export async function playStory(run: Run, { holding, company, onClaimed }: Cast): Promise<UploadResult> {
	if (run.load === 'small') return putSmall(run);
	run.emit('phase', 'preparing');
	// Later rounds hold the target already, but parts were recorded in the earlier ones.
	const { target } = holding;
	const claimed = await (target ? reread(run, target) : claimTarget(run));
	company.aside = undefined;
	if ('result' in claimed) return claimed.result;
	holding.target = claimed;
	company.lead(claimed);
	onClaimed(!target && claimed.saved !== undefined);
	return runUpload(run, claimed);
}

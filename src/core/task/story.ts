import { CallbackError, ServiceError } from '../../base/errors.js';
import { type Claim, claimTarget, reread } from '../upload/claim.js';
import { tellStored } from '../upload/complete.js';
import type { Holding } from '../upload/holding.js';
import { putSmall } from '../upload/put-object.js';
import type { Run, UploadResult } from '../upload/run.js';
import { runUpload } from '../upload/run-upload.js';
import type { Company } from './company.js';

/** The other task that ran the upload has aborted it. */
export class AbortedByOther extends DOMException {
	constructor() {
		super('The upload was aborted', 'AbortError');
	}
}

/** What a task has from one round to the next. */
export interface Cast {
	readonly holding: Pick<Holding, 'target'>;
	readonly company: Pick<Company, 'aside' | 'lead'>;
	/** The upload is the task's. */
	onClaimed(): void;
}

/** One round: from a file to what became of it. */
export async function playStory(run: Run, { holding, company, onClaimed }: Cast): Promise<UploadResult> {
	if (run.load === 'small') return putSmall(run);
	run.emit('phase', 'preparing');
	// Later rounds hold the target already, but parts were recorded in the earlier ones.
	const { target } = holding;
	const claimed = await (target ? reread(run, target) : claimTarget(run));
	company.aside = undefined;
	if ('ending' in claimed) return endAsOther(run, claimed.ending);
	holding.target = claimed;
	company.lead(claimed);
	onClaimed();
	return runUpload(run, claimed);
}

/** Another task has brought the upload to its end. */
function endAsOther(run: Run, ending: Extract<Claim, { readonly ending: unknown }>['ending']): UploadResult {
	if (ending.how === 'aborted') throw new AbortedByOther();
	tellStored(run);
	run.progress.finish();
	run.emit('progress', true);
	const { result, callback } = ending;
	if (callback) throw new CallbackError(result, new ServiceError(callback.message, callback));
	return result;
}

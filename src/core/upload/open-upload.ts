import type { Checkpoint, ListedPart, ObjectInfo, UploadedPart } from '../model.js';
import { type Plan, planOf } from './plan.js';
import { fitting } from './reconcile.js';

/** An upload that OSS has begun, and what it holds of it. */
export interface OpenUpload {
	readonly checkpoint: Checkpoint;
	readonly plan: Plan;
	/** Parts that OSS holds as recorded, by part number. */
	readonly stored: Map<number, UploadedPart>;
	/** Parts that OSS lists and no record tells of: adopted instead of sent when their bytes are the local ones. */
	unrecorded: Map<number, ListedPart>;
	/** An object that is older than this (by OSS's clock) cannot be this upload's. */
	notBefore: number;
	/** OSS refuses to list parts: the record alone tells. */
	isListingRefused: boolean;
	/** OSS had finished the object before this run began, though nobody heard of it, and it holds what the file holds. */
	readonly finished?: ObjectInfo;
}

/** As it is recorded: what OSS holds of it is not known yet. */
export function openUpload(checkpoint: Checkpoint, recorded: readonly UploadedPart[] = []): OpenUpload {
	const plan = planOf(checkpoint.size, checkpoint.partSize);
	return {
		checkpoint,
		plan,
		stored: fitting(plan, recorded),
		unrecorded: new Map(),
		notBefore: checkpoint.notBefore,
		isListingRefused: false,
	};
}

import { UploadError } from '../../base/errors.js';
import type { Checkpoint, CheckpointSummary, SavedUpload } from '../../core/model.js';
import { checkpointFrom, partFrom } from './rows.js';

/**
 * What a store answers, which may be somebody's own: rows that are not sound count as absent; an answer of another
 * shape is thrown for, as a failure of the store.
 */

export function checkpointsIn(answer: unknown): readonly Checkpoint[] {
	return arrayIn('expired()', answer)
		.map(checkpointFrom)
		.filter((checkpoint) => checkpoint !== undefined);
}

export function summariesIn(answer: unknown): readonly CheckpointSummary[] {
	return arrayIn('find()', answer).flatMap((summary) => {
		const { checkpoint: row, loaded, updatedAt } = fieldsOf<CheckpointSummary>(summary);
		const checkpoint = checkpointFrom(row);
		if (!checkpoint || !isAmount(loaded) || !isAmount(updatedAt)) return [];
		return [{ checkpoint, loaded, updatedAt }];
	});
}

export function savedIn(id: string, answer: unknown): SavedUpload | undefined {
	// Stores that go by `localStorage` say null.
	if (answer === undefined || answer === null) return undefined;
	const { checkpoint: row, parts } = fieldsOf<SavedUpload>(answer);
	const checkpoint = checkpointFrom(row);
	if (checkpoint?.id !== id) return undefined;
	const sound = arrayIn('load().parts', parts)
		.map(partFrom)
		.filter((part) => part !== undefined);
	return { checkpoint, parts: sound };
}

function arrayIn(name: string, answer: unknown): readonly unknown[] {
	if (Array.isArray(answer)) return answer;
	const got = answer === null ? 'null' : typeof answer;
	const message = `Expected \`checkpoints.${name}\` to be an array, got ${got}: mend the store, or leave \`checkpoints\` out`;
	throw new UploadError('Storage', message);
}

/** To be looked at one by one: none of them need be there. */
const fieldsOf = <T>(value: unknown): { readonly [Name in keyof T]?: unknown } =>
	typeof value === 'object' && value !== null ? value : {};

const isAmount = (value: unknown): value is number => Number.isFinite(value) && Number(value) >= 0;

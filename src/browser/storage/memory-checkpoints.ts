import type { Checkpoint, CheckpointSummary, UploadedPart } from '../../core/model.js';
import type { CheckpointStore } from '../../core/ports.js';
import { answering, isGivenUp, newestFirst } from './search.js';

interface Entry {
	checkpoint: Checkpoint;
	updatedAt: number;
	readonly parts: Map<number, UploadedPart>;
}

type Entries = Map<string, Entry>;

/** Of each of these stores: by it others know that what is kept ends with the page. */
export const closeMemory = (): void => {};

/**
 * Remembers unfinished uploads until the page goes: for pages that may leave nothing behind, and for tests. Takes
 * and gives copies, as a database does.
 */
export function memoryCheckpoints(): CheckpointStore {
	const entries: Entries = new Map();
	return { ...reading(entries), ...writing(entries), close: closeMemory };
}

function reading(entries: Entries): Pick<CheckpointStore, 'find' | 'load' | 'expired'> {
	return {
		async find(query) {
			const isWanted = answering(query);
			return [...entries.values()]
				.filter(({ checkpoint }) => isWanted(checkpoint))
				.map(summaryOf)
				.sort(newestFirst);
		},
		async load(id) {
			const entry = entries.get(id);
			if (!entry) return undefined;
			const parts = [...entry.parts.values()].sort((a, b) => a.partNumber - b.partNumber);
			return { checkpoint: structuredClone(entry.checkpoint), parts: parts.map((part) => ({ ...part })) };
		},
		async expired(now) {
			return [...entries.values()]
				.filter(({ checkpoint, updatedAt }) => isGivenUp(checkpoint, updatedAt, now))
				.map(({ checkpoint }) => structuredClone(checkpoint));
		},
	};
}

function writing(entries: Entries): Pick<CheckpointStore, 'create' | 'addPart' | 'mark' | 'delete'> {
	return {
		async create(checkpoint) {
			const { id, createdAt: updatedAt } = checkpoint;
			entries.set(id, { checkpoint: structuredClone(checkpoint), updatedAt, parts: new Map() });
		},
		async addPart(id, part, now) {
			const entry = entries.get(id);
			if (!entry) return false;
			entry.parts.set(part.partNumber, { ...part });
			entry.updatedAt = now;
			return true;
		},
		async mark(id, mark) {
			const entry = entries.get(id);
			if (entry) entry.checkpoint = { ...entry.checkpoint, [mark]: true };
		},
		async delete(id) {
			entries.delete(id);
		},
	};
}

function summaryOf({ checkpoint, updatedAt, parts }: Entry): CheckpointSummary {
	let loaded = 0;
	for (const { size } of parts.values()) loaded += size;
	return { checkpoint: structuredClone(checkpoint), loaded, updatedAt };
}

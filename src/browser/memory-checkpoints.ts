import type { Checkpoint, CheckpointStore, UploadedPart } from '../core/ports.js';
import { checkpointSearch } from './checkpoint-search.js';

interface Entry {
	checkpoint: Checkpoint;
	updatedAt: number;
	readonly parts: Map<number, UploadedPart>;
}

/** Remembers unfinished uploads until the page goes: for pages that may leave nothing behind, and for tests. */
export function memoryCheckpoints(): CheckpointStore {
	const entries = new Map<string, Entry>();
	return {
		...checkpointSearch(async (isWanted) =>
			[...entries.values()]
				.filter(({ checkpoint }) => isWanted(checkpoint))
				.map(({ checkpoint, updatedAt, parts }) => {
					let loaded = 0;
					for (const { size } of parts.values()) loaded += size;
					return { checkpoint, loaded, updatedAt };
				}),
		),
		async load(id) {
			const entry = entries.get(id);
			return (
				entry && {
					checkpoint: entry.checkpoint,
					parts: [...entry.parts.values()].sort((a, b) => a.partNumber - b.partNumber),
				}
			);
		},
		async create(checkpoint) {
			entries.set(checkpoint.id, { checkpoint, updatedAt: checkpoint.createdAt, parts: new Map() });
		},
		async addPart(id, part, now) {
			const entry = entries.get(id);
			if (!entry) return;
			entry.parts.set(part.partNumber, part);
			entry.updatedAt = now;
		},
		async markCompleting(id) {
			const entry = entries.get(id);
			if (entry) entry.checkpoint = { ...entry.checkpoint, completing: true };
		},
		async delete(id) {
			entries.delete(id);
		},
		close() {},
	};
}

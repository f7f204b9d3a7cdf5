import type { Checkpoint, CheckpointQuery, CheckpointStore, UploadedPart } from '../core/ports.js';

interface Entry {
	checkpoint: Checkpoint;
	updatedAt: number;
	readonly parts: Map<number, UploadedPart>;
}

/** Remembers unfinished uploads until the page goes: for pages that may leave nothing behind, and for tests. */
export function memoryCheckpoints(): CheckpointStore {
	const entries = new Map<string, Entry>();
	return {
		async find(query) {
			return [...entries.values()]
				.filter(({ checkpoint }) => matches(checkpoint, query))
				.map(({ checkpoint, parts, updatedAt }) => ({
					checkpoint,
					loaded: [...parts.values()].reduce((sum, part) => sum + part.size, 0),
					updatedAt,
				}))
				.sort((a, b) => b.updatedAt - a.updatedAt);
		},
		async load(id) {
			const entry = entries.get(id);
			if (!entry) return undefined;
			return {
				checkpoint: entry.checkpoint,
				parts: [...entry.parts.values()].sort((a, b) => a.partNumber - b.partNumber),
			};
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
		async expired(now) {
			return [...entries.values()]
				.filter(({ checkpoint, updatedAt }) => updatedAt + checkpoint.ttlMs <= now)
				.map(({ checkpoint }) => checkpoint);
		},
		close() {},
	};
}

function matches(checkpoint: Checkpoint, { scope, bucket, key, fingerprint }: CheckpointQuery): boolean {
	return (
		checkpoint.scope === scope &&
		checkpoint.bucket === bucket &&
		(key === undefined || checkpoint.key === key) &&
		(fingerprint === undefined || checkpoint.fingerprint === fingerprint)
	);
}

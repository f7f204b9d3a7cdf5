import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, test } from 'vitest';
import { MAX_SIZE, schedule } from './arbitraries.js';
import { loadChunks } from './chunks.js';
import { play } from './simulation.js';

const runs = Number(process.env.SEARCH_RUNS ?? 200);
/** `npm test` plays the same schedules each time, so that it says the same of the same code; the long run draws new ones. */
const everyday = process.env.SEARCH_RUNS === undefined ? '1' : undefined;
const chosen = process.env.SEARCH_SEED ?? everyday;
const seed = chosen === undefined ? undefined : Number(chosen);

beforeAll(loadChunks);

const bytes = new Uint8Array(randomBytes(MAX_SIZE));

// Much of a schedule is waiting for the emulator: several are played side by side.
const SHARDS = 4;

test.concurrent.each(Array.from({ length: SHARDS }, (_, shard) => shard))(
	`${runs / SHARDS} schedules of faults and deaths (shard %d): no object is ever wrong, and every upload gets there [F4]`,
	async (shard) => {
		await fc.assert(
			fc.asyncProperty(schedule, (plan) => play(plan, bytes.slice(0, plan.size))),
			{
				numRuns: runs / SHARDS,
				endOnFailure: process.env.SEARCH_SHRINK !== '1',
				verbose: 1,
				...(seed === undefined ? {} : { seed: seed + shard }),
			},
		);
	},
	3_600_000,
);

import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { test } from 'vitest';
import type { FaultAction, FaultRule } from '../../emulator/index.js';
import { PART, type PagePlan, play, type Schedule } from './simulation.js';

const runs = Number(process.env.SEARCH_RUNS ?? 200);
const seed = process.env.SEARCH_SEED === undefined ? undefined : Number(process.env.SEARCH_SEED);

const bytes = new Uint8Array(randomBytes(9 * PART));

const action = fc.oneof(
	fc.constantFrom<FaultAction>(
		{ type: 'status', status: 500, code: 'InternalError' },
		{ type: 'status', status: 503, code: 'ServiceUnavailable' },
		{ type: 'status', status: 429, headers: { 'Retry-After': '1' } },
		{ type: 'status', status: 400, code: 'RequestTimeout' },
		{ type: 'status', status: 403, code: 'SecurityTokenExpired' },
		{ type: 'status', status: 403, code: 'AccessDenied' },
		{ type: 'status', status: 404, code: 'NoSuchUpload' },
		{ type: 'status', status: 200, body: '<Error><Code>InternalError</Code></Error>' },
		{ type: 'status', status: 502, body: '<html>Bad gateway</html>' },
		{ type: 'cut' },
		{ type: 'cut', afterBytes: 5000 },
		{ type: 'hang' },
		{ type: 'hang', applied: true },
		{ type: 'drop-reply' },
		{ type: 'corrupt' },
		{ type: 'forget-upload' },
		{ type: 'expire-tokens' },
		{ type: 'replace-body', body: '' },
		{ type: 'replace-body', body: '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>' },
	),
	fc.record({
		type: fc.constant('skew-clock' as const),
		ms: fc.integer({ min: -3_600_000, max: 3_600_000 }),
	}),
);

const operation = fc.constantFrom(
	'InitiateMultipartUpload' as const,
	'UploadPart' as const,
	'UploadPart' as const,
	'ListParts' as const,
	'CompleteMultipartUpload' as const,
	'PutObject' as const,
	'HeadObject' as const,
	'AbortMultipartUpload' as const,
);

const fault: fc.Arbitrary<FaultRule> = fc.record({
	operation,
	occurrence: fc.integer({ min: 1, max: 9 }),
	times: fc.integer({ min: 1, max: 8 }),
	action,
});

const tick = fc.integer({ min: 1, max: 90 });
const page: fc.Arbitrary<PagePlan> = fc.record({
	diesAt: fc.option(tick, { nil: undefined }),
	pausesAt: fc.array(tick, { maxLength: 2 }),
	offlineAt: fc.option(tick, { nil: undefined, freq: 4 }),
	storeFailsAt: fc.option(tick, { nil: undefined, freq: 6 }),
});

const schedule: fc.Arbitrary<Schedule> = fc.record({
	size: fc.oneof(
		fc.constantFrom(0, 1, PART, PART + 1, 3 * PART),
		fc.integer({ min: PART, max: bytes.length }),
	),
	parallel: fc.integer({ min: 1, max: 4 }),
	verify: fc.constantFrom('crc64' as const, 'crc64' as const, 'md5' as const, 'full' as const),
	mayList: fc.boolean(),
	mayHead: fc.boolean(),
	tokenSeconds: fc.constantFrom(1, 900),
	faults: fc.array(fault, { maxLength: 5 }),
	pages: fc.array(page, { minLength: 1, maxLength: 4 }),
});

// Much of a schedule is waiting: several are played side by side.
const SHARDS = 4;

test.concurrent.each(Array.from({ length: SHARDS }, (_, shard) => shard))(
	`${runs / SHARDS} schedules of faults and deaths (shard %d): no object is ever wrong, and every upload gets there`,
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

import fc from 'fast-check';
import type { FaultAction, FaultRule } from '../../emulator/index.js';
import type { CorsKind } from './cors-rules.js';
import { type Edit, PART, type PageEvent, type PagePlan, type Schedule, type TabPlan } from './schedule.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Bytes of the largest file. */
export const MAX_SIZE: number = 7 * PART;

const action: fc.Arbitrary<FaultAction> = fc.oneof(
	{
		weight: 3,
		arbitrary: fc.constantFrom<FaultAction>(
			{ type: 'status', status: 500, code: 'InternalError' },
			{ type: 'status', status: 503, code: 'ServiceUnavailable' },
			{ type: 'status', status: 429, headers: { 'Retry-After': '1' } },
			{ type: 'status', status: 400, code: 'RequestTimeout' },
			{ type: 'status', status: 403, code: 'SecurityTokenExpired' },
			{ type: 'status', status: 403, code: 'AccessDenied' },
			{ type: 'status', status: 403, code: 'RequestTimeTooSkewed' },
			{ type: 'status', status: 404, code: 'NoSuchUpload' },
			{ type: 'status', status: 200, body: '<Error><Code>InternalError</Code></Error>' },
			{ type: 'status', status: 502, body: '<html>Bad gateway</html>' },
			{ type: 'cut' },
			{ type: 'cut', afterBytes: 5000 },
			{ type: 'drop-reply' },
			{ type: 'corrupt' },
			{ type: 'forget-upload' },
			{ type: 'expire-tokens' },
			{ type: 'hide-headers', names: ['ETag', 'x-oss-hash-crc64ecma', 'x-oss-request-id'] },
			{ type: 'headers', headers: { 'x-oss-qos-delay-time': '5000' } },
			{ type: 'replace-body', body: '' },
			{ type: 'replace-body', body: '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>' },
		),
	},
	{
		weight: 2,
		arbitrary: fc.record({
			type: fc.constant('answer-as' as const),
			as: fc.constantFrom('html' as const, 'empty' as const, 'no-content' as const, 'redirect' as const),
			applied: fc.boolean(),
			cors: fc.boolean(),
		}),
	},
	fc.constantFrom<FaultAction>(
		{ type: 'answer-as', as: 'html', status: 504 },
		{ type: 'answer-as', as: 'html', status: 504, applied: true },
	),
	fc.record({ type: fc.constant('hang' as const), applied: fc.boolean() }),
	fc.record({
		type: fc.constant('delay' as const),
		ms: fc.constantFrom(2000, 20_000, 50_000, 2 * MINUTE, 20 * MINUTE),
		applied: fc.boolean(),
	}),
);

/** What a file of several parts needs. */
const OPERATIONS = [
	'InitiateMultipartUpload',
	'UploadPart',
	'UploadPart',
	'ListParts',
	'CompleteMultipartUpload',
	'CompleteMultipartUpload',
	'HeadObject',
	'AbortMultipartUpload',
	'Preflight',
] as const;
/** What a file of one part needs. */
const PUT_OPERATIONS = ['PutObject', 'PutObject', 'PutObject', 'HeadObject', 'Preflight'] as const;

const occurrence = fc.oneof(fc.constantFrom(1, 2), fc.integer({ min: 1, max: 8 }));
const times = fc.integer({ min: 1, max: 8 });

const faultOf = (operations: typeof OPERATIONS | typeof PUT_OPERATIONS): fc.Arbitrary<FaultRule> =>
	fc.record({ operation: fc.constantFrom(...operations), occurrence, times, action });

/** OSS says so at Complete alone. */
const invalidPart: fc.Arbitrary<FaultRule> = fc.record({
	operation: fc.constant('CompleteMultipartUpload' as const),
	occurrence: fc.constantFrom(1, 2),
	times: fc.constantFrom(1, 2, 3),
	action: fc.constantFrom<FaultAction>(
		{ type: 'status', status: 400, code: 'InvalidPart' },
		{ type: 'status', status: 400, code: 'InvalidPartOrder' },
	),
});

const faultsOf = (fault: fc.Arbitrary<FaultRule>): fc.Arbitrary<FaultRule[]> =>
	fc.oneof(
		{ weight: 1, arbitrary: fc.constant<FaultRule[]>([]) },
		{ weight: 4, arbitrary: fc.array(fault, { minLength: 1, maxLength: 5 }) },
	);

/** Its size, and what goes wrong with the requests that it needs. */
const ofOnePart = fc.record({
	size: fc.oneof(fc.constantFrom(0, 1, PART), fc.integer({ min: 2, max: PART })),
	faults: faultsOf(faultOf(PUT_OPERATIONS)),
});
const ofParts = fc.record({
	size: fc.oneof(fc.constantFrom(PART + 1, 3 * PART), fc.integer({ min: PART + 1, max: MAX_SIZE })),
	faults: faultsOf(
		fc.oneof({ weight: 20, arbitrary: faultOf(OPERATIONS) }, { weight: 1, arbitrary: invalidPart }),
	),
});

/** A page has from 20 to 150 of them. */
const tick = fc.integer({ min: 1, max: 110 });
const aWhile = fc.constantFrom(0, 100, 5000, 2 * MINUTE, 2 * HOUR);

const event: fc.Arbitrary<PageEvent> = fc.oneof(
	{ weight: 4, arbitrary: fc.record({ tick, type: fc.constant('die' as const) }) },
	{ weight: 3, arbitrary: fc.record({ tick, type: fc.constant('pause' as const), ms: aWhile }) },
	{ weight: 2, arbitrary: fc.record({ tick, type: fc.constant('offline' as const), ms: aWhile }) },
	{
		weight: 1,
		arbitrary: fc.record({
			tick,
			type: fc.constantFrom('abort' as const, 'stop' as const, 'close' as const),
		}),
	},
	{
		weight: 1,
		arbitrary: fc.record({
			tick,
			type: fc.constant('set-clock' as const),
			ms: fc.integer({ min: -2 * HOUR, max: 2 * HOUR }),
		}),
	},
);

const edit: fc.Arbitrary<Edit> = fc.oneof(
	{ weight: 4, arbitrary: fc.record({ type: fc.constant('flip' as const), at: fc.nat({ max: MAX_SIZE }) }) },
	{ weight: 1, arbitrary: fc.constant({ type: 'grow' as const }) },
);

const cors = fc.constantFrom<CorsKind>(
	'no PUT',
	'no POST',
	'no GET',
	'no HEAD',
	'no DELETE',
	'no x-oss headers',
	'no meta header',
	'no Content-MD5',
	'exposes nothing',
	'hides ETag',
	'hides CRC64',
	'hides Date',
	'shows ETag alone',
	'off',
	'another origin',
);

const mostly = <T>(weight: number, usual: T, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T> =>
	fc.oneof({ weight, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary });

const first = fc.integer({ min: 1, max: 12 });
/** What befalls one task, whoever else runs. */
const taskPlan = {
	edit: mostly<Edit | undefined>(1, undefined, edit),
	events: fc.oneof(
		fc.array(event, { maxLength: 3 }),
		// In the midst of its parts.
		fc
			.record({ tick: fc.integer({ min: 20, max: 60 }), type: fc.constant('die' as const) })
			.map((death) => [death]),
	),
	store: mostly<PagePlan['store']>(
		5,
		undefined,
		fc.record({
			from: tick,
			how: fc.constantFrom('fails' as const, 'hangs' as const, 'hangs-applied' as const),
		}),
	),
	credentials: mostly<PagePlan['credentials']>(
		6,
		undefined,
		fc.record({
			from: fc.integer({ min: 1, max: 3 }),
			times,
			how: fc.constantFrom('throws' as const, 'hangs' as const, 'network' as const, 'nonsense' as const),
		}),
	),
	hasher: mostly<PagePlan['hasher']>(
		6,
		undefined,
		fc.record({ from: first, times, how: fc.constantFrom('lost' as const, 'gone' as const) }),
	),
	fingerprint: mostly<PagePlan['fingerprint']>(
		20,
		'answers',
		fc.constantFrom('hangs' as const, 'hangs-deaf' as const, 'fails' as const),
	),
	queues: mostly(3, false, fc.constant(true)),
	afterwards: fc.constantFrom('dies' as const, 'lingers' as const, 'closes' as const, 'aborts' as const),
};

const tab: fc.Arbitrary<TabPlan> = fc.record({
	opensAt: fc.oneof(fc.integer({ min: 1, max: 20 }), tick),
	isInPage: mostly(3, false, fc.constant(true)),
	owner: mostly<string | undefined>(10, undefined, fc.constant('v3')),
	plan: fc.record({
		...taskPlan,
		edit: mostly<Edit | undefined>(6, undefined, edit),
		events: mostly<PageEvent[]>(1, [], taskPlan.events),
		store: mostly<PagePlan['store']>(2, undefined, taskPlan.store),
		ifRunning: fc.constantFrom('follow' as const, 'follow' as const, 'follow' as const, 'wait' as const),
	}),
});

const page: fc.Arbitrary<PagePlan> = fc.record({
	...taskPlan,
	gapMs: fc.constantFrom(1000, MINUTE, HOUR, 8 * 24 * HOUR),
	owner: mostly(4, 'v1', fc.constant('v2')),
	cors: mostly<CorsKind>(4, 'full', cors),
	resumes: mostly(4, false, fc.constant(true)),
	ifRunning: fc.constantFrom('fail' as const, 'wait' as const, 'follow' as const),
	tabs: mostly<readonly TabPlan[]>(6, [], fc.array(tab, { minLength: 1, maxLength: 3 })),
	channel: fc.constantFrom('prompt' as const, 'late' as const, 'wild' as const),
});

/**
 * Without what asks for a wrong outcome: of an edited file a client that trusts what it does not compare; of equal bytes
 * with other settings, put there within the quarter of an hour by which OSS's clock may be unknown, one that looks for its own;
 * of two files that are sent to one key at one time, where nobody sees that they are two uploads of one, either.
 */
function withoutAskingForIt(schedule: Schedule): Schedule {
	const isEditable = schedule.verify !== 'none';
	const pages = schedule.pages.map((plan, at) => {
		const isOthers = plan.owner !== (schedule.pages[at - 1]?.owner ?? plan.owner);
		return {
			...plan,
			edit: isEditable ? plan.edit : undefined,
			// A file of one part is not looked up: two tasks put it twice.
			tabs: (schedule.size > PART ? plan.tabs : []).map((tab) => ({
				...tab,
				plan: { ...tab.plan, edit: isEditable && !schedule.isFingerprintTrue ? tab.plan.edit : undefined },
			})),
			gapMs: isOthers ? Math.max(plan.gapMs, HOUR) : plan.gapMs,
		};
	});
	return { ...schedule, pages };
}

const circumstances = fc.record({
	parallel: fc.integer({ min: 1, max: 4 }),
	verify: fc.constantFrom(
		'crc64' as const,
		'crc64' as const,
		'crc64' as const,
		'md5' as const,
		'full' as const,
		'none' as const,
	),
	mayList: mostly(2, true, fc.constant(false)),
	mayHead: mostly(2, true, fc.constant(false)),
	tokenSeconds: mostly(3, 900, fc.constant(1)),
	isFingerprintTrue: mostly(2, false, fc.constant(true)),
	asksKey: mostly(2, false, fc.constant(true)),
	older: mostly<Schedule['older']>(
		1,
		undefined,
		fc.record({
			holds: fc.constantFrom('the same' as const, 'the same' as const, 'something else' as const),
			// OSS's clock may be known to half an hour only: a quarter that it tolerates, and one that we allow.
			agoMs: fc.constantFrom(31 * MINUTE, HOUR, 24 * HOUR),
		}),
	),
	clockAheadMs: mostly(2, 0, fc.integer({ min: -2 * HOUR, max: 2 * HOUR })),
	tellsSent: fc.boolean(),
	latencyMs: fc.constantFrom(0, 50, 500),
	seed: fc.nat(),
	pages: fc.array(page, { minLength: 1, maxLength: 4 }),
});

export const schedule: fc.Arbitrary<Schedule> = fc
	.tuple(fc.oneof({ weight: 1, arbitrary: ofOnePart }, { weight: 3, arbitrary: ofParts }), circumstances)
	.map(([file, rest]) => withoutAskingForIt({ ...file, ...rest }));

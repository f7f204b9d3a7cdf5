import { ServiceError } from '../../src/base/errors.js';
import { digestOnMainThread } from '../../src/browser/hashing/main-thread-hasher.js';
import { createMd5 } from '../../src/browser/hashing/main-thread-md5.js';
import { blobSource } from '../../src/browser/source.js';
import { memoryCheckpoints } from '../../src/browser/storage/memory-checkpoints.js';
import type {
	Checkpoint,
	CheckpointSummary,
	ObjectReceipt,
	ObjectSettings,
	UploadedPart,
	Verify,
} from '../../src/core/model.js';
import type {
	Body,
	CheckpointStore,
	Connectivity,
	Hasher,
	PartToSend,
	Remote,
	Slice,
	Source,
	TabChannel,
	UploadLock,
} from '../../src/core/ports.js';
import { Arrivals } from '../../src/core/schedule/arrivals.js';
import { Line } from '../../src/core/schedule/line.js';
import { LineRequests } from '../../src/core/schedule/line-transport.js';
import type { RetryOptions } from '../../src/core/schedule/retry.js';
import { Scheduler } from '../../src/core/schedule/scheduler.js';
import { Task } from '../../src/core/task/task.js';
import type { TaskPlan } from '../../src/core/task/task-plan.js';
import { TotalsMeter } from '../../src/core/task/totals.js';
import { Bodies } from '../../src/core/upload/bodies.js';
import { Dropper } from '../../src/core/upload/dropper.js';
import { KeyAsking } from '../../src/core/upload/key-asking.js';
import type { IfRunning, World } from '../../src/core/upload/run.js';
import { LocalChannel } from '../local-channel.js';
import { ManualClock } from '../manual-clock.js';

export const PART = 1024;

/** An answer that never comes; it ends with its signal, as a transport's does. */
export function hanging(signal: AbortSignal): Promise<never> {
	return new Promise((_, reject) =>
		signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
	);
}

/** The id of the upload in `storeWith`. */
export const OLD_ID = '/b/old/f';

/** A store that holds an unfinished upload of the blob to the key `old`. */
export async function storeWith(
	{ size }: Blob,
	over: Partial<Checkpoint> = {},
	parts: readonly UploadedPart[] = [],
): Promise<CheckpointStore> {
	const checkpoints = memoryCheckpoints();
	await checkpoints.create({
		id: OLD_ID,
		scope: '',
		bucket: 'b',
		key: 'old',
		fingerprint: 'f',
		uploadId: 'U-old',
		size,
		partSize: PART,
		name: '',
		settings: { headers: {}, guessedContentType: 'text/plain', verify: 'crc64' },
		initiateDigest: '[]',
		createdAt: 0,
		notBefore: 0,
		ttlMs: 1e12,
		completing: false,
		abandoned: false,
		...over,
	});
	for (const part of parts) await checkpoints.addPart(over.id ?? OLD_ID, part, 0);
	return checkpoints;
}

export interface ScriptedOptions {
	readonly verify?: Verify;
	readonly connectivity?: Connectivity;
	readonly checkpoints?: CheckpointStore;
	/** What it is waited for to give, it gives at once or never, unless said otherwise. */
	readonly lock?: Pick<UploadLock, 'claim'> & Partial<UploadLock>;
	/** The key, `'k'` by default; or the id to resume. */
	readonly key?: string | ((unfinished: CheckpointSummary | undefined) => Promise<string>);
	/** The uploader's, when several tasks share one. */
	readonly keys?: KeyAsking;
	readonly resumes?: string;
	readonly skipSame?: boolean;
	/** The uploader's, when several tasks share them. */
	readonly scheduler?: Scheduler;
	readonly clock?: ManualClock;
	/** The page's. */
	readonly bodies?: Bodies;
	/** What tasks say to each other on. */
	readonly channel?: TabChannel;
	readonly ifRunning?: IfRunning;
	readonly totals?: TotalsMeter;
	/** 1 by default. */
	readonly parallel?: number;
	/** The uploader's. */
	readonly retry?: Partial<RetryOptions>;
	/** `PART` by default. */
	readonly partSize?: number;
	readonly fingerprint?: (signal: AbortSignal) => Promise<string>;
	readonly digest?: Hasher['digest'];
	readonly hold?: Hasher['hold'];
	readonly assertReadable?: Source['assertReadable'];
	/** The object's settings under its key. */
	readonly settings?: () => Promise<ObjectSettings>;
	/** What becomes of bytes that only ask how bytes go out, of no upload; refused by default, as OSS does. */
	readonly probe?: Remote['uploadPart'];
	/** Given what the client calls when OSS held a request. */
	readonly hear?: (tell: ((heldMs: number) => void) | undefined) => void;
}

const refused: Remote['uploadPart'] = async () => {
	throw new ServiceError('no such upload', { status: 404, ossCode: 'NoSuchUpload' });
};

/** What a script does not answer ends as on the line, where the uploader's transport is timed. */
function timedRemote(remote: Remote, line: Line, probe = refused): Remote {
	const requests = new LineRequests(line);
	const send: LineRequests['send'] = (...request) => requests.send(...request);
	return Object.create(remote, {
		initiate: {
			value: (_: AbortSignal, inFlight: AbortSignal) => send(0, inFlight, (ended) => remote.initiate(ended)),
		},
		uploadPart: {
			value: (part: PartToSend, signal: AbortSignal) =>
				send(blobOf(part.bytes).size, signal, (ended) =>
					part.uploadId === 'body-probe' ? probe(part, ended) : remote.uploadPart(part, ended),
				),
		},
		listParts: {
			value: (uploadId: string, marker: number, signal: AbortSignal) =>
				send(0, signal, (ended) => remote.listParts(uploadId, marker, ended)),
		},
		abort: {
			value: (uploadId: string, signal: AbortSignal) =>
				send(0, signal, (ended) => remote.abort(uploadId, ended)),
		},
		put: {
			value: (...[bytes, md5, onSent, signal]: Parameters<Remote['put']>) =>
				send(blobOf(bytes).size, signal, (ended) => remote.put(bytes, md5, onSent, ended)),
		},
		head: { value: (signal: AbortSignal) => send(0, signal, (ended) => remote.head(ended)) },
	});
}

/** Whatever carries bytes, as a Blob. */
export function blobOf(content: Body | Slice): Blob {
	if ('blob' in content) return content.blob;
	return 'size' in content ? content : new Blob([content]);
}

/** What a task needs to be told, over a remote that is scripted, by a clock that is moved by hand. */
export function scriptedPlan(blob: Blob, script: Partial<Remote>, options: ScriptedOptions = {}) {
	const { verify = 'crc64', checkpoints = memoryCheckpoints(), key = 'k', resumes } = options;
	const {
		skipSame = false,
		ifRunning = 'fail',
		bodies = new Bodies(),
		channel = new LocalChannel(),
	} = options;
	const { clock = new ManualClock() } = options;
	const lifetime = new AbortController();
	const source = blobSource(blob);
	const digest = (content: Body | Slice, md5: boolean) =>
		digestOnMainThread(blobOf(content), md5 ? createMd5() : undefined, new AbortController().signal);
	const receipt: ObjectReceipt = {
		etag: '"E-1"',
		crc64: undefined,
		location: 'https://x/k',
		requestId: 'ID',
		isEvident: true,
	};
	const answering: Remote = {
		initiateDigest: '[]',
		completeDigest: '[]',
		carriesCallback: false,
		serverTime: (at, seen = 0) => seen || at - 15 * 60_000,
		initiate: async () => 'U',
		uploadPart: async ({ bytes }) => {
			const { crc64, md5 } = await digest(bytes, true);
			return { etag: `"${md5}"`, crc64 };
		},
		listParts: async () => ({ parts: [], nextPartNumberMarker: undefined }),
		complete: async () => ({ ...receipt, crc64: (await digest(blob, false)).crc64 }),
		abort: async () => {},
		put: async () => receipt,
		head: async () => undefined,
		missingCors: async () => undefined,
	};
	// A getter stays one.
	const scripted: Remote = Object.defineProperties(answering, Object.getOwnPropertyDescriptors(script));
	const remote = timedRemote(scripted, new Line(clock), options.probe);
	const { lock = { claim: async () => () => {} } } = options;
	const shared = {
		bucket: 'b',
		parallel: options.parallel ?? 1,
		retry: { patienceMs: 180_000, minDelayMs: 300, maxDelayMs: 20_000, ...options.retry },
		clock,
		connectivity: options.connectivity ?? { isOnline: () => true, whenOnline: async () => {} },
		hasher: {
			digest: options.digest ?? ((bytes, { md5 }) => digest(bytes, md5)),
			...(options.hold && { hold: options.hold }),
		} satisfies Hasher,
		lock: {
			wait: async (id: string, ended: AbortSignal) => (await lock.claim(id, ended)) ?? hanging(ended),
			held: async () => new Set<string>(),
			isOwn: () => false,
			letGo: () => {},
			...lock,
		},
		scheduler: options.scheduler ?? new Scheduler(options.parallel ?? 1, clock),
		checkpointTtlMs: 1000,
		bodies,
		channel,
		lifetime: lifetime.signal,
		remoteFor: (_key: string, _settings: ObjectSettings, tell?: (heldMs: number) => void) => {
			options.hear?.(tell);
			return remote;
		},
	};
	const world: World = {
		...shared,
		keys: options.keys ?? new KeyAsking(),
		dropper: new Dropper({ ...shared, scope: '', forgetKey: () => {} }),
	};
	const settingsFor =
		options.settings ?? (async () => ({ headers: {}, guessedContentType: 'text/plain', verify }));
	const plan: Pick<TaskPlan, 'run' | 'source'> = {
		run: {
			world,
			intent:
				resumes === undefined
					? {
							kind: 'upload',
							key,
							settingsFor,
							skipSame,
							ifRunning,
						}
					: { kind: 'resume', id: resumes },
			scope: '',
			partSize: options.partSize ?? PART,
			checkpoints,
			fingerprint: options.fingerprint ?? (async () => 'f'),
		},
		source: Object.assign(source, options.assertReadable && { assertReadable: options.assertReadable }),
	};
	return { plan, clock, checkpoints, digest, receipt, lifetime, dropper: world.dropper };
}

/** A task of its own by such a plan. */
export function scriptedTask(blob: Blob, script: Partial<Remote>, options: ScriptedOptions = {}) {
	const { plan, clock, ...rest } = scriptedPlan(blob, script, options);
	const task = new Task({
		...plan,
		totals: options.totals ?? new TotalsMeter(clock),
		arrivals: new Arrivals(clock, rest.lifetime.signal),
		onChange: () => {},
		onSettled: () => {},
		signal: undefined,
		onProgress: undefined,
	});
	return { task, clock, ...rest };
}

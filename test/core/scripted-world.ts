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
	CheckpointStore,
	Connectivity,
	Hasher,
	Remote,
	Source,
	UploadLock,
} from '../../src/core/ports.js';
import { Deadlines } from '../../src/core/schedule/deadline.js';
import type { RetryOptions } from '../../src/core/schedule/retry.js';
import { Slots } from '../../src/core/schedule/slots.js';
import { Task } from '../../src/core/task/task.js';
import { Dropper } from '../../src/core/upload/dropper.js';
import { KeyAsking } from '../../src/core/upload/key-asking.js';
import type { World } from '../../src/core/upload/run.js';
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
	readonly lock?: UploadLock;
	/** The key, `'k'` by default; or the id to resume. */
	readonly key?: string | ((unfinished: CheckpointSummary | undefined) => Promise<string>);
	/** The uploader's, when several tasks share one. */
	readonly keys?: KeyAsking;
	readonly resumes?: string;
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
	/** Given what the client calls when OSS held a request. */
	readonly hear?: (tell: ((heldMs: number) => void) | undefined) => void;
}

/** A task over a remote that is scripted, by a clock that is moved by hand. */
export function scriptedTask(blob: Blob, script: Partial<Remote>, options: ScriptedOptions = {}) {
	const { verify = 'crc64', checkpoints = memoryCheckpoints(), key = 'k', resumes } = options;
	const clock = new ManualClock();
	const lifetime = new AbortController();
	const source = blobSource(blob);
	const digest = (bytes: Blob, md5: boolean) =>
		digestOnMainThread(bytes, md5 ? createMd5() : undefined, new AbortController().signal);
	const receipt: ObjectReceipt = {
		etag: '"E-1"',
		crc64: undefined,
		location: 'https://x/k',
		requestId: 'ID',
		isEvident: true,
	};
	const answering: Remote = {
		initiateDigest: '[]',
		carriesCallback: false,
		serverTime: (at) => at - 15 * 60_000,
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
	const remote: Remote = Object.defineProperties(answering, Object.getOwnPropertyDescriptors(script));
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
		lock: options.lock ?? { claim: async () => () => {} },
		deadlines: new Deadlines(),
		checkpointTtlMs: 1000,
		lifetime: lifetime.signal,
		remoteFor: (_key: string, _settings: ObjectSettings, tell?: (heldMs: number) => void) => {
			options.hear?.(tell);
			return remote;
		},
	};
	const world: World = {
		...shared,
		slots: new Slots(options.parallel ?? 1),
		keys: options.keys ?? new KeyAsking(),
		dropper: new Dropper({ ...shared, forgetKey: () => {} }),
	};
	const settingsFor =
		options.settings ?? (async () => ({ headers: {}, guessedContentType: 'text/plain', verify }));
	const task = new Task({
		run: {
			world,
			source: { ...source, assertReadable: options.assertReadable ?? source.assertReadable },
			intent: resumes === undefined ? { kind: 'upload', key, settingsFor } : { kind: 'resume', id: resumes },
			scope: '',
			partSize: options.partSize ?? PART,
			checkpoints,
			fingerprint: options.fingerprint ?? (async () => 'f'),
		},
		admissions: new Slots(1),
		signal: undefined,
		onProgress: undefined,
	});
	return { task, clock, checkpoints, digest, receipt, lifetime, dropper: world.dropper };
}

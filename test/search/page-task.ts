import type { Emulator, StoredObjectInfo } from '../../emulator/index.js';
import { ResilientCheckpoints } from '../../src/browser/storage/resilient-checkpoints.js';
import type { CheckpointSummary, ObjectSettings } from '../../src/core/model.js';
import type {
	CheckpointStore,
	Connectivity,
	Transport,
	TransportRequest,
	UploadLock,
} from '../../src/core/ports.js';
import { Arrivals } from '../../src/core/schedule/arrivals.js';
import type { Progress, UploadWarning } from '../../src/core/task/events.js';
import { Task } from '../../src/core/task/task.js';
import { TotalsMeter } from '../../src/core/task/totals.js';
import type { Intent } from '../../src/core/upload/run.js';
import { PendingUploads } from '../../src/pending.js';
import type { Conduct } from './conduct.js';
import type { FileVersion } from './files.js';
import type { HeldParts } from './held-parts.js';
import type { Line } from './line.js';
import { fingerprintOf, type PageClock, type PortsOptions, sourceOf, storeOf } from './page-ports.js';
import { BUCKET, type LockHolder, type Locks, worldOf } from './page-world.js';
import { PART, type PagePlan, type Schedule } from './schedule.js';
import type { Stage } from './stage.js';
import type { Home, TabChannels } from './tab-channels.js';

/** An object, as it lay there right after it was made. */
export type Made = Pick<StoredObjectInfo, 'sha256' | 'headers' | 'etag' | 'crc64'> & { readonly key: string };

/** What a page finds when it is opened. */
export interface Visit {
	readonly stage: Stage;
	readonly line: Line;
	readonly oss: Emulator;
	readonly disk: CheckpointStore;
	readonly locks: Locks;
	readonly version: FileVersion;
	readonly schedule: Schedule;
	readonly plan: PagePlan;
	/** What is uploaded to; where the page has a key function, what that answers when nothing is unfinished. */
	readonly key: string;
	/** The unfinished upload that is resumed by its id. */
	readonly resumes: string | undefined;
	/** What the object is to bear as its metadata: what the page says, or said when the upload began. */
	readonly owner: string;
	readonly seed: number;
	/** How many OSS had heard before. */
	readonly requestsBefore: number;
	/** The page before died when OSS had finished the very same object. */
	readonly isFinished: boolean;
	/** What is recorded says of somebody else's object that it may be the upload's own. */
	readonly isMisled: boolean;
	readonly home: Home;
	readonly channels: TabChannels;
	/** Of all tasks of this visit. */
	readonly plans: readonly PagePlan[];
	/** Tasks of this visit, or of one before, say different things of the object at one time. */
	readonly isMixed: boolean;
	/** Objects that were made in this visit so far. */
	readonly made: readonly Made[];
	/** The page has come to this tick. */
	readonly onTick: (tick: number) => void;
}

export interface TaskOptions {
	readonly visit: Visit;
	readonly ports: PortsOptions;
	readonly clock: PageClock;
	readonly connectivity: Connectivity;
	readonly held: HeldParts;
	/** Who holds its locks. */
	readonly page: LockHolder;
	readonly conduct: Conduct;
	readonly lifetime: AbortSignal;
	/** The caller's. */
	readonly signal: AbortSignal;
	readonly warn: (warning: UploadWarning) => void;
	readonly onProgress: (progress: Progress) => void;
	/** Notes what an expectation throws: thrown into the library, it might be caught there. */
	readonly check: (expectation: () => void) => void;
}

export interface PageTask {
	readonly task: Task;
	readonly pending: PendingUploads;
	close(): void;
}

/** Makes and joins what `uploader.ts` does for one upload. */
export function beginTask(options: TaskOptions): PageTask {
	const { visit, ports, clock, connectivity, lifetime, warn } = options;
	const { disk, locks, version } = visit;
	const store = new ResilientCheckpoints({
		primary: storeOf(disk, ports),
		clock,
		warn: (cause) => warn({ code: 'Storage', message: 'Told by the store', cause }),
	});
	const lock: UploadLock = {
		claim: (id) => ports.tick(async () => locks.claim(id, options.page)),
		wait: async (id, signal) => {
			const release = await ports.tick(() => locks.wait(id, options.page, signal));
			options.conduct.takesOver();
			return release;
		},
		held: () => ports.tick(async () => locks.held),
		isOwn: (id) => locks.isOwn(id, visit.home),
		letGo: () => {},
	};
	const { world, close } = worldOf({
		...ports,
		...{ oss: visit.oss, clock, connectivity, store, lifetime },
		transport: watchedTransport(options),
		lock,
		channel: options.conduct.watched(visit.channels.portFor(visit.home, options.check)),
	});
	const fingerprint = fingerprintOf(ports);
	const task = new Task({
		run: {
			...{ world, scope: '', partSize: PART, intent: intentOf(options) },
			checkpoints: watchedStore(store, options.held),
			fingerprint: (signal) => fingerprint(version.file, signal),
		},
		source: sourceOf(ports),
		totals: new TotalsMeter(clock),
		arrivals: new Arrivals(clock, lifetime),
		onChange: () => {},
		onSettled: () => {},
		signal: options.signal,
		onProgress: options.onProgress,
	});
	const pending = new PendingUploads({
		...{ store, bucket: BUCKET, scope: '', clock, lock, dropper: world.dropper, lifetime, warn },
		files: { use: () => Promise.reject(new Error('Nothing is kept')) },
		onChange: () => {},
		whenIdle: async () => {
			await undefined;
			await task.settled;
		},
	});
	return { task, pending, close };
}

function intentOf({ visit, ports }: TaskOptions): Intent {
	const { schedule, key, resumes, owner, plan } = visit;
	if (resumes !== undefined) return { kind: 'resume', id: resumes };
	const ask = (unfinished: CheckpointSummary | undefined) =>
		ports.tick(async () => unfinished?.checkpoint.key ?? key);
	const settings: ObjectSettings = {
		headers: { 'x-oss-meta-owner': owner },
		guessedContentType: 'application/octet-stream',
		verify: schedule.verify,
	};
	return {
		...{ kind: 'upload', key: schedule.asksKey ? ask : key, ifRunning: plan.ifRunning },
		settingsFor: async () => settings,
	};
}

function watchedTransport(options: TaskOptions): Transport {
	const { visit, ports, held, connectivity, lifetime, check, conduct } = options;
	const { line, plan, schedule } = visit;
	const transport = line.transportFor({
		...{ connectivity, queues: plan.queues, tellsSent: schedule.tellsSent },
		isGone: () => ports.isDead() || lifetime.aborted,
	});
	return {
		send: (request) =>
			ports.tick(async () => {
				check(() => held.expectNew(request));
				check(() => conduct.expectMaySend(request));
				if (request.method === 'DELETE') await expectWritten(request, options);
				const response = await transport.send(request);
				held.learn(request, response);
				conduct.learn(request, response);
				return response;
			}),
		reaches: (url, signal) => ports.tick(() => transport.reaches(url, signal)),
	};
}

/** OSS is told to drop what nobody could go on with any more; beside what is asked for otherwise now, and begun anew. */
async function expectWritten({ url }: TransportRequest, { visit, check }: TaskOptions): Promise<void> {
	const { disk, plan, owner, version } = visit;
	const recorded = await disk.find({ scope: '', bucket: BUCKET });
	const isLeft = recorded.some(({ checkpoint: { uploadId, settings, size } }) => {
		const isAsked = settings.headers['x-oss-meta-owner'] === owner && size === version.bytes.length;
		return isAsked && uploadId === new URL(url).searchParams.get('uploadId');
	});
	check(() => {
		if (isLeft && plan.store === undefined)
			throw new Error('OSS is told to drop an upload of which nothing says so');
	});
}

/** The store, as the core calls it. */
function watchedStore(store: CheckpointStore, held: HeldParts): CheckpointStore {
	return {
		find: (query) => store.find(query),
		load: async (id) => {
			const saved = await store.load(id);
			if (saved) held.follow(id, saved.checkpoint.uploadId);
			return saved;
		},
		create: (checkpoint) => {
			held.follow(checkpoint.id, checkpoint.uploadId);
			return store.create(checkpoint);
		},
		addPart: (id, part, now) => {
			held.record(id, part);
			return store.addPart(id, part, now);
		},
		mark: (id, mark) => store.mark(id, mark),
		delete: (id) => store.delete(id),
		expired: (now) => store.expired(now),
		close: () => store.close(),
	};
}

import { abortable } from './base/abortable.js';
import { systemClock } from './browser/clock.js';
import { sampledFingerprint } from './browser/hashing/fingerprint.js';
import { createHasher } from './browser/hashing/hasher.js';
import { fetchTransport } from './browser/network/fetch-transport.js';
import { browserConnectivity } from './browser/network/online.js';
import { loadSha256 } from './browser/sha256.js';
import { blobSource, type FileRef, LateSource } from './browser/source.js';
import { indexedDbCheckpoints } from './browser/storage/indexed-db-checkpoints.js';
import { memoryCheckpoints } from './browser/storage/memory-checkpoints.js';
import { ResilientCheckpoints } from './browser/storage/resilient-checkpoints.js';
import { tabChannel } from './browser/tabs/tab-channel.js';
import { createUploadLock } from './browser/tabs/upload-lock.js';
import type { ObjectSettings } from './core/model.js';
import type { CheckpointStore, Fingerprint, Transport } from './core/ports.js';
import { Line } from './core/schedule/line.js';
import { timed } from './core/schedule/line-transport.js';
import { Scheduler } from './core/schedule/scheduler.js';
import type { UploadWarning } from './core/task/events.js';
import { sayOnConsole } from './core/task/listeners.js';
import { Tasks } from './core/task/tasks.js';
import type { UploadTask } from './core/task/upload-task.js';
import { Bodies } from './core/upload/bodies.js';
import { Dropper } from './core/upload/dropper.js';
import { KeyAsking } from './core/upload/key-asking.js';
import type { AskKey, Intent, World } from './core/upload/run.js';
import { type DeviceUse, deviceUse } from './device-use.js';
import { isFileHandle } from './expect-blob.js';
import type { FileKeeper } from './file-keeper.js';
import { optionsOf } from './inside.js';
import { KeptFiles } from './kept-files.js';
import {
	expectFile,
	expectFingerprint,
	expectId,
	expectKey,
	expectResume,
	expectUpload,
	type ResolvedUploaderOptions,
	type ResumeOptions,
	resolveUploaderOptions,
	type UploaderOptions,
	type UploadOptions,
} from './options.js';
import { createOssClient } from './oss/client.js';
import { guessContentType } from './oss/content-type.js';
import { resolveEndpoint } from './oss/endpoint.js';
import { objectHeaders } from './oss/headers.js';
import { Overview } from './overview.js';
import { type PendingUpload, PendingUploads, type Swept } from './pending.js';
import type { Uploader } from './public-uploader.js';

/** Makes an uploader for one bucket. Nothing is asked, opened or started before the first upload. */
export function createUploader(options: UploaderOptions): Uploader {
	return new OssUploader(options);
}

/** What a browser fails at, it fails at for every uploader of the page. */
const bodies = new Bodies();

/** The composition root: the one place where adapters are made and joined to the core. */
class OssUploader implements Uploader {
	readonly #world: World & ResolvedUploaderOptions;
	readonly #store: CheckpointStore;
	readonly #remembers: boolean;
	readonly #fingerprint: Fingerprint;
	readonly #files: KeptFiles;
	readonly #worldOver: (transport: Transport) => World;
	readonly #pending: PendingUploads;
	readonly #overview: Overview;
	readonly #tasks: Tasks;
	readonly #lifetime = new AbortController();
	readonly #release: () => void;

	constructor(options: UploaderOptions) {
		const resolved = resolveUploaderOptions(options);
		optionsOf.set(this, options);
		const lifetime = this.#lifetime.signal;
		const device = deviceUse(options, () =>
			this.#tasks.list().some((task) => !task.isFollowing && !this.#files.loaded?.holds(task)),
		);
		const { client, line, hasher, store, clock, ...adapters } = adaptersOf(options, device, (warning) =>
			this.#tasks.warn(warning),
		);
		// Of keys that have tokens of their own: dropped with the last task.
		const forgetKey = (key: string | undefined) => {
			if (options.credentialsFor === 'key' && key !== undefined && !this.#tasks.isOf(key)) client.forget(key);
		};
		const scheduler = new Scheduler(resolved.parallel, clock);
		const { bucket } = options;
		const shared = { ...resolved, ...adapters, bucket, clock, hasher, bodies, scheduler, lifetime };
		const remoteFor = client.forObject;
		const dropper = new Dropper({ ...shared, remoteFor, forgetKey });
		const world = { ...shared, remoteFor, keys: new KeyAsking(), dropper };
		this.#world = world;
		// One line for all: its rate is that of the network, whatever carries the bytes.
		this.#worldOver = (transport) => ({
			...world,
			remoteFor: (...object) => client.forObject(...object, timed(transport, line)),
		});
		this.#store = store;
		this.#remembers = options.checkpoints !== false;
		this.#fingerprint = options.fingerprint ?? sampledFingerprint(hasher);
		const warn = (warning: UploadWarning) => this.#tasks.warn(warning);
		const whenIdle = () => this.#whenIdle();
		const relist = () => this.#overview.relist();
		this.#files = new KeptFiles({ ...shared, checkpoints: store, warn, onKept: relist, whenIdle });
		// What is discarded has no task here, and is no other task's business.
		const aside = { files: this.#files, warn: sayOnConsole };
		this.#pending = new PendingUploads({ ...shared, ...aside, dropper, store, onChange: relist, whenIdle });
		const listPending = () => this.#pending.list();
		const { channel } = adapters;
		this.#overview = new Overview({ clock, lifetime, channel, tasks: () => this.#tasks, listPending });
		this.#tasks = new Tasks({
			...{ clock, lifetime },
			onActivity: device?.heed,
			onChange: () => this.#overview.change(),
			onSettled: ({ key }) => forgetKey(key),
		});
		this.#release = () => {
			client.close();
			hasher.close();
			store.close();
		};
	}

	/** Vue makes a proxy of what it is given, and through one no private field can be read. */
	get __v_skip(): true {
		return true;
	}

	get tasks(): readonly UploadTask[] {
		return this.#tasks.list();
	}

	upload(blob: Blob | FileSystemFileHandle, options: UploadOptions): UploadTask {
		expectUpload(blob, options);
		const { key, verify = 'crc64', ifRunning = 'fail', skipSame = false, checkpoint, keepCopy = 0 } = options;
		// A copy, since the app's own may change before it is kept.
		const data: unknown = options.data === undefined ? undefined : JSON.parse(JSON.stringify(options.data));
		const headers = objectHeaders(options);
		const source = this.#sourceOf(blob);
		const settingsFor = async (finalKey: string): Promise<ObjectSettings> => {
			const { name, type: blobType } = source;
			const guessedContentType =
				headers['content-type'] ?? (await guessContentType({ blobType, key: finalKey, name }));
			return { headers, guessedContentType, verify };
		};
		const ask: AskKey = async (unfinished, isRunning) => {
			const [found] = await this.#pending.describe(unfinished ? [unfinished] : [], () => isRunning);
			const answer = typeof key === 'string' ? key : await key(await source.blob, found);
			expectKey(answer);
			return answer;
		};
		const intent = { kind: 'upload', settingsFor, ifRunning, skipSame, data } as const;
		const isKeepable = isFileHandle(blob) || keepCopy > 0;
		const keep = () => this.#keep(task, source, blob, keepCopy);
		const intended = { ...intent, key: typeof key === 'string' ? key : ask };
		// What an earlier visit has kept may be of another version of the file.
		const task = this.#start(source, intended, options, isKeepable ? undefined : keep);
		if (checkpoint !== false && isKeepable) keep();
		return task;
	}

	resume(id: string, blob?: Blob | FileSystemFileHandle, options: ResumeOptions = {}): UploadTask {
		expectResume(id, blob, options);
		const source = this.#sourceOf(blob ?? id);
		const task = this.#start(source, { kind: 'resume', id }, options);
		this.#keep(task, source, blob, 0);
		return task;
	}

	async pending(): Promise<readonly PendingUpload[]> {
		this.#begin();
		return this.#pending.list();
	}

	async find(blob: Blob | FileSystemFileHandle): Promise<readonly PendingUpload[]> {
		this.#begin();
		expectFile(blob);
		const { signal } = this.#lifetime;
		const source = this.#sourceOf(blob);
		const fingerprint = await abortable(signal, this.#fingerprintOf(source, signal));
		return (await this.#pending.list(fingerprint)).filter(({ size }) => size === source.size);
	}

	async discard(id: string): Promise<void> {
		this.#begin();
		expectId(id);
		await this.#pending.discard(id);
	}

	async sweep(): Promise<Swept> {
		this.#begin();
		return this.#pending.sweep();
	}

	pauseAll(): void {
		this.#tasks.pause();
	}

	resumeAll(): void {
		this.#tasks.resume();
	}

	readonly snapshot: Uploader['snapshot'] = () => this.#overview.get();

	readonly subscribe: Uploader['subscribe'] = (listener) => this.#overview.subscribe(listener);

	async close(): Promise<void> {
		const reason = new DOMException('The uploader was closed', 'AbortError');
		this.#lifetime.abort(reason);
		this.#tasks.stop(reason);
		await this.#tasks.settled();
		await this.#pending.settled();
		this.#release();
		this.#overview.end();
	}

	/** What was picked, or is kept under an id. */
	#sourceOf(picked: Blob | FileSystemFileHandle | string): FileRef {
		const isId = typeof picked === 'string';
		if (!isId && !isFileHandle(picked)) return blobSource(picked);
		const name = isId ? (this.#files.loaded?.nameOf(picked) ?? '') : picked.name;
		return new LateSource(name, (before) => this.#files.use((keeper) => keeper.open(picked, before)));
	}

	async #fingerprintOf(source: FileRef, signal: AbortSignal): Promise<string> {
		const answer: unknown = await this.#fingerprint(await source.blob, signal);
		expectFingerprint(answer);
		return answer;
	}

	/** An upload does not fail for this. */
	#keep(...keeping: Parameters<FileKeeper['keep']>): void {
		this.#files.useLater((keeper) => keeper.keep(...keeping));
	}

	#start(source: FileRef, intent: Intent, options: Partial<UploadOptions>, onFound?: () => void): UploadTask {
		this.#begin();
		const { partSize = 'auto', checkpoint = true, transport, signal, onProgress } = options;
		const kept = checkpoint && this.#remembers ? this.#store : undefined;
		let own: CheckpointStore | undefined;
		const run = {
			world: transport ? this.#worldOver(transport) : this.#world,
			intent,
			scope: this.#world.scope,
			partSize,
			// Its own is made when it runs: thousands may wait.
			get checkpoints() {
				own ??= kept ?? memoryCheckpoints();
				return own;
			},
			fingerprint: (ended: AbortSignal) => this.#fingerprintOf(source, ended),
		};
		return this.#tasks.begin({ run, source, signal, onProgress, onFound });
	}

	/** @throws {TypeError} after `close()` */
	#begin(): void {
		if (this.#lifetime.signal.aborted) {
			throw new TypeError('This uploader was closed: make another one with createUploader()');
		}
		this.#pending.sweepOnce();
	}

	async #whenIdle(): Promise<void> {
		await undefined;
		await this.#tasks.settled();
	}
}

/** What touches the world, made by the options. */
function adaptersOf(
	options: UploaderOptions,
	device: DeviceUse | undefined,
	warn: (warning: UploadWarning) => void,
) {
	const { checkpoints = indexedDbCheckpoints(), transport = fetchTransport(), workerUrl } = options;
	const clock = systemClock;
	const line = new Line(clock);
	const client = createOssClient({
		...options,
		...{ endpoint: resolveEndpoint(options), loadSha256, clock },
		transport: timed(transport, line),
	});
	const hasher = createHasher({ workerUrl, warn: (cause) => warn(noWorker(cause)) });
	const store = new ResilientCheckpoints({
		primary: checkpoints || memoryCheckpoints(),
		clock,
		warn: (cause) => warn(notRemembered(cause)),
		onCreate: device?.keep,
	});
	const lock = store.observe(createUploadLock(clock));
	const connectivity = browserConnectivity;
	return { clock, client, line, hasher, store, lock, channel: tabChannel, connectivity };
}

const noWorker = (cause: unknown): UploadWarning => ({
	code: 'Hasher',
	message:
		"Checksums are computed without the hash worker, and so more slowly: see `cause`, and let `workerUrl` name a copy of hash.worker.js on the page's own origin",
	cause,
});

const notRemembered = (cause: unknown): UploadWarning => ({
	code: 'Storage',
	message:
		'Unfinished uploads are not remembered beyond this page: its storage does not answer, is full, or is refused (private mode)',
	cause,
});

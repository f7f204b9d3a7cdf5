import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerClock } from './clock.js';
import { Control } from './control.js';
import { type CorsRule, DEFAULT_CORS } from './cors.js';
import { type FaultRule, Faults } from './faults.js';
import { listen } from './http-server.js';
import { Inspection, type StoredObjectInfo, type UploadInfo } from './inspection.js';
import { Uploads } from './multipart.js';
import { ObjectStore } from './object-store.js';
import { RequestLog, type RequestRecord } from './request-log.js';
import { SegmentFiles } from './segment.js';
import { Service } from './service.js';
import { AccessKeys, type MintOptions, type StsCredentials } from './sts.js';

export type { CorsRule } from './cors.js';
export { DEFAULT_CORS } from './cors.js';
export type { FaultAction, FaultRule } from './faults.js';
export type { PartInfo, StoredObjectInfo, UploadInfo } from './inspection.js';
export type { RequestRecord } from './request-log.js';
export type { Operation, OssOperation } from './router.js';
export type { MintOptions, RamAction, StsCredentials } from './sts.js';

export interface EmulatorOptions {
	/** 0 (default): a free one. */
	readonly port?: number;
	/** Where the bytes lie; a new temporary directory by default, removed on close. */
	readonly directory?: string;
	/** `['examplebucket']` by default. */
	readonly buckets?: readonly string[];
	/** Domains bound to a bucket: host name to bucket. */
	readonly cnames?: Readonly<Record<string, string>>;
	/** `cn-hangzhou` by default; what V4 signatures must be made for. */
	readonly region?: string;
	/** The permanent key. */
	readonly accessKeyId?: string;
	readonly accessKeySecret?: string;
	/** Keeps sizes and checksums only: objects cannot be read back. */
	readonly discard?: boolean;
	/** Milliseconds since 1970; the machine's clock by default. */
	readonly now?: () => number;
	/** The bucket's rules; `false`: CORS is off. By default the one rule that uploads need, for any origin. */
	readonly cors?: readonly CorsRule[] | false;
	/** Milliseconds before each request is looked at; 0 by default. */
	readonly latencyMs?: number;
	/** How fast each connection's request bodies are read; without limit by default. */
	readonly bytesPerSecond?: number;
}

export interface Emulator {
	/** `http://127.0.0.1:PORT` */
	readonly url: string;
	readonly region: string;
	readonly accessKeyId: string;
	readonly accessKeySecret: string;
	mintCredentials(options?: MintOptions): StsCredentials;
	addFault(rule: FaultRule): void;
	/** Requests that hang go on. */
	clearFaults(): void;
	/** In the order they ended. */
	readonly requests: readonly RequestRecord[];
	/** A request that has ended, past or future. */
	whenRequest(matches: (record: RequestRecord) => boolean): Promise<RequestRecord>;
	/** A request that has arrived, past or future; it may still be under way. */
	whenArrived(matches: (record: RequestRecord) => boolean): Promise<RequestRecord>;
	clearRequests(): void;
	/** Requests under way, preflights apart. */
	readonly inFlight: number;
	/** The most that were under way at once since the log was last cleared. */
	readonly maxInFlight: number;
	object(bucket: string, key: string): Promise<StoredObjectInfo | undefined>;
	/** Unfinished uploads. */
	uploads(bucket: string): readonly UploadInfo[];
	/** As if somebody had aborted it. Whether there was such an upload. */
	forgetUpload(uploadId: string): Promise<boolean>;
	/** Every token minted so far is expired from now on. */
	expireTokens(): void;
	/** From now on the clock is so far ahead of `now` (negative: behind). */
	skewClock(ms: number): void;
	/** Ends connections, timers and temporary files. */
	close(): Promise<void>;
}

/** An OSS on loopback, strict where OSS is strict. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
	const {
		port = 0,
		buckets = ['examplebucket'],
		cnames = {},
		region = 'cn-hangzhou',
		accessKeyId = 'emulator-access-key-id',
		accessKeySecret = 'emulator-access-key-secret',
		discard = false,
		now = () => Date.now(),
		cors = DEFAULT_CORS,
		latencyMs = 0,
		bytesPerSecond,
	} = options;
	const directory = discard ? undefined : await openDirectory(options.directory);
	const clock = new ServerClock(now);
	const keys = new AccessKeys(clock, accessKeyId, accessKeySecret);
	const faults = new Faults();
	const log = new RequestLog();
	const closing = new AbortController();
	const storage = {
		objects: new ObjectStore(),
		uploads: new Uploads(),
		segments: new SegmentFiles(directory?.path),
		clock,
	};
	const inspection = new Inspection(storage);
	const service = new Service({
		buckets: new Set(buckets),
		cnames,
		cors,
		authority: { keys, clock, region },
		storage,
		faults,
		log,
		latencyMs,
		bytesPerSecond,
		closing: closing.signal,
	});
	const control = new Control({ keys, clock, faults, log, inspection });
	const server = await listen(createServer({ maxHeaderSize: 64 * 1024 }), port, (request, response) =>
		control.isFor(request) ? control.serve(request, response) : service.serve(request, response),
	);
	return {
		url: server.url,
		region,
		accessKeyId,
		accessKeySecret,
		mintCredentials: (mint = {}) => keys.mint(mint),
		addFault: (rule) => faults.add(rule),
		clearFaults: () => faults.clear(),
		get requests() {
			return log.ended;
		},
		whenRequest: (matches) => log.whenEnded(matches),
		whenArrived: (matches) => log.whenArrived(matches),
		clearRequests: () => log.clear(),
		get inFlight() {
			return log.inFlight;
		},
		get maxInFlight() {
			return log.maxInFlight;
		},
		object: (bucket, key) => inspection.object(bucket, key),
		uploads: (bucket) => inspection.uploads(bucket),
		forgetUpload: (uploadId) => storage.uploads.forget(uploadId),
		expireTokens: () => keys.expire(),
		skewClock: (ms) => clock.skew(ms),
		close: async () => {
			closing.abort();
			await server.close();
			await directory?.close();
		},
	};
}

interface Directory {
	readonly path: string;
	close(): Promise<void>;
}

/** The bytes lie in a directory of their own, below the given one: nothing else there is touched. */
async function openDirectory(parent: string | undefined): Promise<Directory> {
	if (parent !== undefined) await mkdir(parent, { recursive: true });
	const path = await mkdtemp(join(parent ?? tmpdir(), 'oss-emulator-'));
	// The index of what lies here ends with the process, so the bytes are of no use to the next one.
	return { path, close: () => rm(path, { recursive: true, force: true }) };
}

import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Control, type Controlled } from './control/control.js';
import { assertFaultRule } from './control/fault-rule.js';
import { type FaultRule, Faults } from './control/faults.js';
import { Inspection } from './control/inspection.js';
import { RequestLog, type RequestRecord } from './control/request-log.js';
import type { StoredObjectInfo, UploadInfo } from './control/stored-info.js';
import { AccessKeys, type MintOptions, type StsCredentials } from './control/sts.js';
import { listen } from './http-server.js';
import { ServerClock } from './protocol/clock.js';
import { BucketCors, type CorsRule, DEFAULT_CORS } from './protocol/cors.js';
import { aclOf, objectHeaders } from './protocol/header-rules.js';
import type { Storage } from './protocol/operations.js';
import { Service } from './protocol/service.js';
import { Uploads } from './store/multipart.js';
import { normalObject, ObjectStore } from './store/object-store.js';
import { SegmentFiles } from './store/segment.js';
import { Sts } from './sts/sts.js';

export type { FaultAction, FaultRule, ImposterKind } from './control/faults.js';
export type { RequestRecord } from './control/request-log.js';
export type { PartInfo, StoredObjectInfo, UploadInfo } from './control/stored-info.js';
export type { MintOptions, RamAction, StsCredentials } from './control/sts.js';
export type { CorsRule } from './protocol/cors.js';
export { DEFAULT_CORS } from './protocol/cors.js';
export type { Operation, OssOperation } from './protocol/router.js';

export interface EmulatorOptions {
	/** Of 127.0.0.1, where it listens and nowhere else. @default 0, a free one */
	readonly port?: number;
	/**
	 * Where the bytes lie, in a folder of its own that is removed on close; what they are is kept in memory, and ends with
	 * the process. @default the system's temporary directory
	 */
	readonly directory?: string;
	/** @default ['examplebucket'] */
	readonly buckets?: readonly string[];
	/** Domains bound to a bucket (`cname: true` of the uploader): host name, without port, to bucket. @default {} */
	readonly cnames?: Readonly<Record<string, string>>;
	/** What V4 signatures must be made for. @default 'cn-hangzhou' */
	readonly region?: string;
	/** Of the permanent key, which may do everything. @default 'emulator-access-key-id' */
	readonly accessKeyId?: string;
	/** @default 'emulator-access-key-secret' */
	readonly accessKeySecret?: string;
	/** Keeps sizes and checksums only, for uploads larger than the disk: objects cannot be read back. @default false */
	readonly discard?: boolean;
	/** Milliseconds since 1970, for tests with a clock of their own. @default the machine's clock */
	readonly now?: () => number;
	/** The bucket's rules; `false`: CORS is off. @default DEFAULT_CORS, the one rule that uploads need, for any origin */
	readonly cors?: readonly CorsRule[] | false;
	/**
	 * The page, or pages, whose requests the control addresses under `/-/` answer: `http://127.0.0.1:5173`. By default
	 * they answer everybody, every page that is open in a browser of this machine included.
	 */
	readonly controlOrigin?: string | readonly string[];
	/** Whether uploads may have their callback, which reaches any server of this machine. @default true */
	readonly callbacks?: boolean;
	/** Milliseconds before each request is looked at. @default 0 */
	readonly latencyMs?: number;
	/** Bytes a second: how fast each connection's request bodies are read. @default without limit */
	readonly bytesPerSecond?: number;
}

/** An OSS that runs, and what a test asks of it. */
export interface Emulator {
	/** `http://127.0.0.1:PORT`: the `endpoint` of an uploader, and of a client of STS, which knows AssumeRole here. */
	readonly url: string;
	readonly region: string;
	readonly accessKeyId: string;
	readonly accessKeySecret: string;
	/** What a server's `/sts` would answer the page; `getCredentials` takes it as it is. */
	mintCredentials(options?: MintOptions): StsCredentials;
	/**
	 * What befalls requests from now on, beside the rules that are there already. What it answers takes the rule away again.
	 *
	 * @throws TypeError for what is no rule
	 */
	addFault(rule: FaultRule): () => void;
	/** All rules are gone; requests that hang go on. */
	clearFaults(): void;
	/** In the order they ended. */
	readonly requests: readonly RequestRecord[];
	/** Resolves with the first request that fits and has ended, past or future: no test needs to wait by time. */
	whenRequest(matches: (record: RequestRecord) => boolean): Promise<RequestRecord>;
	/** With the first that fits and has arrived, past or future; it may still be under way, as one that hangs. */
	whenArrived(matches: (record: RequestRecord) => boolean): Promise<RequestRecord>;
	/** The log begins anew. */
	clearRequests(): void;
	/** Requests under way, preflights apart. */
	readonly inFlight: number;
	/** The most that were under way at once since the log was last cleared. */
	readonly maxInFlight: number;
	/**
	 * The bucket's CORS rules from now on; `false`: CORS is off.
	 *
	 * @throws TypeError for what OSS would not store
	 */
	setCors(rules: readonly CorsRule[] | false): void;
	/** An object that lies there already, as if somebody had put it at `lastModified`. */
	putObject(bucket: string, key: string, body: string | Uint8Array, about?: PutOptions): Promise<void>;
	/** What lies there, with the SHA-256 of its bytes; undefined where nothing does. */
	object(bucket: string, key: string): Promise<StoredObjectInfo | undefined>;
	/** Unfinished uploads. */
	uploads(bucket: string): readonly UploadInfo[];
	/** As if somebody had aborted it. Whether there was such an upload. */
	forgetUpload(uploadId: string): Promise<boolean>;
	/** Every token minted so far is expired from now on. */
	expireTokens(): void;
	/** From now on the clock is so many milliseconds ahead of `now` (negative: behind). */
	skewClock(ms: number): void;
	/** Ends connections, timers and temporary files. */
	close(): Promise<void>;
}

export interface PutOptions {
	/** Of the object, names in lower case: content type, `x-oss-meta-*` and the like. */
	readonly headers?: Readonly<Record<string, string>>;
	/** Milliseconds since 1970; now by the emulator's clock by default. */
	readonly lastModified?: number;
}

/**
 * Starts an OSS on loopback, strict where OSS is strict, and an STS beside it that knows AssumeRole. Whatever it stores
 * ends with it. Rejects when the port is taken.
 *
 * @throws TypeError for CORS rules that OSS would not store
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
	const { port = 0, controlOrigin } = options;
	const parts = await assemble(options);
	const closing = new AbortController();
	const service = createService(options, parts, closing.signal);
	const origins = controlOrigin === undefined ? undefined : [controlOrigin].flat();
	const control = new Control(parts, origins);
	const sts = new Sts(parts, parts.log);
	const server = await listen(port, (request, response) =>
		([control, sts].find((special) => special.isFor(request)) ?? service).serve(request, response),
	);
	return emulatorOf(parts, server.url, async () => {
		closing.abort();
		await server.close();
		await parts.directory?.close();
	});
}

/** What an emulator is made of, before it listens. */
interface Parts extends Controlled {
	readonly account: Pick<Emulator, 'region' | 'accessKeyId' | 'accessKeySecret'>;
	readonly storage: Storage;
	/** Where the bytes lie, if they are kept. */
	readonly directory: Directory | undefined;
}

async function assemble(options: EmulatorOptions): Promise<Parts> {
	const {
		region = 'cn-hangzhou',
		accessKeyId = 'emulator-access-key-id',
		accessKeySecret = 'emulator-access-key-secret',
		discard = false,
		now = () => Date.now(),
		cors: rules = DEFAULT_CORS,
	} = options;
	// First, since wrong rules throw, and should leave no directory behind.
	const cors = new BucketCors(rules);
	const directory = discard ? undefined : await openDirectory(options.directory);
	const clock = new ServerClock(now);
	const segments = new SegmentFiles(directory?.path);
	const storage = { objects: new ObjectStore(), uploads: new Uploads(), segments, clock };
	return {
		account: { region, accessKeyId, accessKeySecret },
		keys: new AccessKeys(clock, accessKeyId, accessKeySecret),
		clock,
		faults: new Faults(),
		log: new RequestLog(),
		inspection: new Inspection(storage),
		cors,
		storage,
		directory,
	};
}

function createService(options: EmulatorOptions, parts: Parts, closing: AbortSignal): Service {
	const { account, keys, clock, cors, storage, faults, log } = parts;
	const {
		buckets = ['examplebucket'],
		cnames = {},
		callbacks = true,
		latencyMs = 0,
		bytesPerSecond,
	} = options;
	return new Service({
		buckets: new Set(buckets),
		cnames,
		cors,
		authority: { keys, clock, region: account.region },
		storage,
		faults,
		log,
		callbacks,
		latencyMs,
		bytesPerSecond,
		closing,
	});
}

function emulatorOf(parts: Parts, url: string, close: () => Promise<void>): Emulator {
	const { account, keys, clock, faults, log, inspection, cors, storage } = parts;
	return {
		url,
		...account,
		mintCredentials: (mint = {}) => keys.mint(mint),
		addFault: (rule) => {
			assertFaultRule(rule);
			return faults.add(rule);
		},
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
		setCors: (next) => cors.set(next),
		putObject: (bucket, key, body, about) => placeObject(storage, { bucket, key, body, ...about }),
		object: (bucket, key) => inspection.object(bucket, key),
		uploads: (bucket) => inspection.uploads(bucket),
		forgetUpload: (uploadId) => storage.uploads.forget(uploadId),
		expireTokens: () => keys.expire(),
		skewClock: (ms) => clock.skew(ms),
		close,
	};
}

async function placeObject(
	{ objects, segments, clock }: Storage,
	{
		bucket,
		key,
		body,
		headers = {},
		lastModified = clock.now(),
	}: PutOptions & { readonly bucket: string; readonly key: string; readonly body: string | Uint8Array },
): Promise<void> {
	const segment = await segments.store(Readable.from([Buffer.from(body)]));
	const about = { bucket, key, headers: objectHeaders(headers), acl: aclOf(headers), lastModified };
	await objects.put(normalObject(about, segment));
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

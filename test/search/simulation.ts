import { createHash } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { type Emulator, type FaultRule, startEmulator } from '../../emulator/index.js';
import { fetchTransport } from '../../src/browser/fetch-transport.js';
import { digestOnMainThread } from '../../src/browser/main-thread-hasher.js';
import { memoryCheckpoints } from '../../src/browser/memory-checkpoints.js';
import { resilientCheckpoints } from '../../src/browser/resilient-checkpoints.js';
import { loadSha256 } from '../../src/browser/sha256.js';
import { blobSource } from '../../src/browser/source.js';
import { Deadlines } from '../../src/core/deadline.js';
import type { CheckpointStore, Clock, Transport, Verify } from '../../src/core/ports.js';
import type { UploadResult, World } from '../../src/core/run.js';
import { Slots } from '../../src/core/slots.js';
import { UploadError } from '../../src/errors.js';
import { createOssClient } from '../../src/oss/client.js';
import { resolveEndpoint } from '../../src/oss/endpoint.js';
import { Task } from '../../src/task.js';
import { HeldParts } from './held-parts.js';
import { Shore } from './shore.js';

export const PART = 100 * 1024;
const bucket = 'examplebucket';
const key = 'dir/object.bin';
/** Simulated time runs so many times faster than the machine's: a time-out of 30 s takes 100 ms. */
const HASTE = 300;

/** What happens to one page. A tick is a call of a port: everything that the core awaits. */
export interface PagePlan {
	/** The page dies at this tick; undefined: never. */
	readonly diesAt: number | undefined;
	readonly pausesAt: readonly number[];
	/** The machine is offline from this tick on, for so many ticks. */
	readonly offlineAt: number | undefined;
	/** Its store fails from this tick on. */
	readonly storeFailsAt: number | undefined;
}

export interface Schedule {
	readonly size: number;
	readonly parallel: number;
	readonly verify: Verify;
	readonly mayList: boolean;
	readonly mayHead: boolean;
	readonly tokenSeconds: number;
	readonly faults: readonly FaultRule[];
	readonly pages: readonly PagePlan[];
}

const CALM: PagePlan = { diesAt: undefined, pausesAt: [], offlineAt: undefined, storeFailsAt: undefined };

/** Plays a schedule, then one calm visit with every right. Throws where a promise of the library is broken. */
export async function play(schedule: Schedule, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
	const oss = await startEmulator({ buckets: [bucket] });
	const sha256 = createHash('sha256').update(bytes).digest('hex');
	const disk = memoryCheckpoints();
	const file = new File([bytes], 'file.bin', { lastModified: 5 });
	const visit = () => ({ oss, disk, file, schedule, held: new HeldParts(bytes, PART) });
	try {
		for (const fault of schedule.faults) oss.addFault(fault);
		for (const plan of schedule.pages) {
			const outcome = await new SimulatedPage(visit(), plan).live();
			const isDone = outcome !== undefined && !(outcome instanceof Error);
			// What OSS itself spoiled is never called done; the calm visit repairs it.
			if (isDone || !wasSpoiled(oss)) await expectNothingWrong(oss, sha256);
		}
		oss.clearFaults();
		const rights = { ...schedule, mayList: true, mayHead: true, tokenSeconds: 900 };
		const outcome = await new SimulatedPage({ ...visit(), schedule: rights }, CALM).live();
		if (outcome instanceof Error) throw new Error('The calm visit failed', { cause: outcome });
		await expectWhole(oss, disk, sha256);
	} finally {
		await oss.close();
	}
}

function wasSpoiled(oss: Emulator): boolean {
	return oss.requests.some(
		({ operation, faulted }) => operation === 'CompleteMultipartUpload' && faulted?.includes('corrupt'),
	);
}

async function expectNothingWrong(oss: Emulator, sha256: string): Promise<void> {
	const object = await oss.object(bucket, key);
	expectThat(object === undefined || object.sha256 === sha256, 'a wrong object is at OSS');
}

async function expectWhole(oss: Emulator, disk: CheckpointStore, sha256: string): Promise<void> {
	expectThat((await oss.object(bucket, key))?.sha256 === sha256, 'the object is not the file');
	expectThat((await disk.find({ scope: '', bucket })).length === 0, 'a checkpoint outlived its upload');
	const completed = new Map<string | undefined, number>();
	for (const { operation, stored, uploadId } of oss.requests) {
		if (operation === 'CompleteMultipartUpload' && stored)
			completed.set(uploadId, (completed.get(uploadId) ?? 0) + 1);
	}
	expectThat(
		[...completed.values()].every((count) => count === 1),
		'Complete succeeded twice',
	);
}

interface Visit {
	readonly oss: Emulator;
	readonly disk: CheckpointStore;
	readonly file: File;
	readonly schedule: Schedule;
	/** Of this visit alone: what one page knew dies with it. */
	readonly held: HeldParts;
}

/** A page with the real core and client, whose ports count ticks and can die under it. */
class SimulatedPage {
	readonly #visit: Visit;
	readonly #plan: PagePlan;
	readonly #life = new AbortController();
	readonly #shore = new Shore();
	#ticks = 0;
	#task: Task | undefined;

	constructor(visit: Visit, plan: PagePlan) {
		this.#visit = visit;
		this.#plan = plan;
		setMaxListeners(0, this.#life.signal);
	}

	/** The result, the error, or undefined when the page died first. */
	async live(): Promise<UploadResult | Error | undefined> {
		const { file, schedule } = this.#visit;
		const world = this.#world();
		const store = resilientCheckpoints(this.#store(), memoryCheckpoints(), () => {});
		const source = blobSource(file);
		const settings = { headers: {}, guessedContentType: 'application/octet-stream', verify: schedule.verify };
		this.#task = new Task({
			run: {
				world,
				source,
				intent: { kind: 'upload', key, settings },
				scope: '',
				partSize: PART,
				checkpoints: store,
				fingerprint: async () => 'fingerprint',
			},
			admissions: new Slots(schedule.parallel),
			signal: undefined,
			onProgress: undefined,
		});
		const { result } = this.#task;
		const outcome = await Promise.race([
			result.catch((error: unknown) => error),
			died(this.#life.signal),
			this.#tooLong(),
		]);
		if (outcome instanceof Error) this.#expectNamed(outcome);
		this.#life.abort();
		await this.#quiet();
		return outcome as UploadResult | Error | undefined;
	}

	#expectNamed(error: Error): void {
		if (!(error instanceof UploadError)) throw new Error('An error that names no cause', { cause: error });
	}

	/** A task always ends. */
	async #tooLong(): Promise<never> {
		await new Promise((resolve) => setTimeout(resolve, 30_000).unref());
		throw new Error(
			`The task hangs in the state ${this.#task?.state} at tick ${this.#ticks} of ${JSON.stringify(this.#plan)}`,
		);
	}

	/** Nothing is left running. */
	async #quiet(): Promise<void> {
		for (let turn = 0; this.#visit.oss.inFlight > 0; turn++) {
			if (turn > 5000) throw new Error('Requests are left running');
			await new Promise((resolve) => setTimeout(resolve, 1));
		}
	}

	/** Everything that the core awaits passes here, before and after. */
	async #tick<T>(work: () => Promise<T>): Promise<T> {
		this.#step();
		try {
			return await this.#alive(work());
		} finally {
			this.#step();
		}
	}

	#step(): void {
		const tick = ++this.#ticks;
		const { diesAt, pausesAt, offlineAt } = this.#plan;
		if (tick === diesAt) this.#life.abort();
		if (pausesAt.includes(tick)) {
			queueMicrotask(() => {
				this.#task?.pause();
				setTimeout(() => this.#task?.resume(), 2);
			});
		}
		if (tick === offlineAt) {
			this.#shore.leave();
			setTimeout(() => this.#shore.land(), 20);
		}
	}

	/** In a dead page no promise settles any more. */
	#alive<T>(work: Promise<T>): Promise<T> {
		return new Promise((resolve, reject) => {
			work.then(
				(value) => this.#life.signal.aborted || resolve(value),
				(error) => this.#life.signal.aborted || reject(error),
			);
		});
	}

	#store(): CheckpointStore {
		const { disk } = this.#visit;
		const { storeFailsAt = Number.POSITIVE_INFINITY } = this.#plan;
		const on =
			<A extends unknown[], R>(method: (...args: A) => Promise<R>) =>
			(...args: A): Promise<R> =>
				this.#tick(async () => {
					if (this.#life.signal.aborted) return new Promise<never>(() => {});
					if (this.#ticks >= storeFailsAt) throw new DOMException('over quota', 'QuotaExceededError');
					return method(...args);
				});
		return {
			find: on(disk.find),
			load: on(disk.load),
			create: on(disk.create),
			addPart: on((id, part, now) => {
				this.#visit.held.record(part);
				return disk.addPart(id, part, now);
			}),
			markCompleting: on(disk.markCompleting),
			delete: on(disk.delete),
			expired: on(disk.expired),
			close() {},
		};
	}

	#transport(): Transport {
		const real = fetchTransport();
		return {
			send: (request) =>
				this.#tick(async () => {
					if (!this.#shore.isOnline()) throw new UploadError('Network', 'offline', { retryable: true });
					this.#visit.held.expectNew(request);
					const signal = AbortSignal.any([request.signal, this.#life.signal]);
					const response = await real.send({ ...request, signal });
					if (!this.#life.signal.aborted) this.#visit.held.learn(request, response);
					return response;
				}),
			reaches: async () => this.#shore.isOnline(),
		};
	}

	#world(): World {
		const { oss, schedule } = this.#visit;
		const clock = hastyClock(this.#life.signal);
		const policy = ['oss:PutObject', 'oss:AbortMultipartUpload'] as const;
		const getCredentials = () =>
			oss.mintCredentials({
				ttlSeconds: schedule.tokenSeconds,
				policy: [
					...policy,
					...(schedule.mayList ? (['oss:ListParts'] as const) : []),
					...(schedule.mayHead ? (['oss:GetObject'] as const) : []),
				],
			});
		const client = createOssClient({
			bucket,
			endpoint: resolveEndpoint({ bucket, region: 'cn-hangzhou', endpoint: oss.url }),
			signatureVersion: 'v4',
			getCredentials: () => this.#tick(async () => getCredentials()),
			credentialsFor: 'uploader',
			transport: this.#transport(),
			clock,
			loadSha256,
		});
		return {
			bucket,
			parallel: schedule.parallel,
			retry: { attempts: 6, minDelayMs: 300, maxDelayMs: 20_000 },
			clock,
			connectivity: this.#shore,
			hasher: {
				digest: (bytes, { md5 }, signal) => this.#tick(() => digestOnMainThread(bytes, md5, signal)),
			},
			lock: { claim: async () => () => {} },
			slots: new Slots(schedule.parallel),
			deadlines: new Deadlines(),
			checkpointTtlMs: 7 * 24 * 3_600_000,
			lifetime: this.#life.signal,
			remoteFor: client.forObject,
		};
	}
}

function died(life: AbortSignal): Promise<undefined> {
	return new Promise((resolve) => life.addEventListener('abort', () => resolve(undefined)));
}

/** Real time of day, but sleeping takes a fraction; timers end with the page. */
function hastyClock(life: AbortSignal): Clock {
	return {
		now: () => Date.now(),
		random: () => 0.5,
		sleep: (ms, signal) =>
			new Promise((resolve, reject) => {
				if (signal.aborted) return reject(signal.reason);
				const listening = new AbortController();
				const end = (settle: () => void) => {
					clearTimeout(timer);
					listening.abort();
					settle();
				};
				const timer = setTimeout(() => end(resolve), ms / HASTE);
				const options = { once: true, signal: listening.signal };
				life.addEventListener('abort', () => end(() => {}), options);
				signal.addEventListener('abort', () => end(() => reject(signal.reason)), options);
			}),
	};
}

function expectThat(holds: boolean, otherwise: string): void {
	if (!holds) throw new Error(otherwise);
}

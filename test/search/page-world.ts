import type { Emulator } from '../../emulator/index.js';
import { abortable } from '../../src/base/abortable.js';
import { nobleSha256 } from '../../src/browser/noble-sha256.js';
import type { ResilientCheckpoints } from '../../src/browser/storage/resilient-checkpoints.js';
import type { Connectivity, TabChannel, Transport, UploadLock } from '../../src/core/ports.js';
import { Line } from '../../src/core/schedule/line.js';
import { timed } from '../../src/core/schedule/line-transport.js';
import { Scheduler } from '../../src/core/schedule/scheduler.js';
import { Bodies } from '../../src/core/upload/bodies.js';
import { Dropper } from '../../src/core/upload/dropper.js';
import { KeyAsking } from '../../src/core/upload/key-asking.js';
import type { World } from '../../src/core/upload/run.js';
import { createOssClient } from '../../src/oss/client.js';
import { resolveEndpoint } from '../../src/oss/endpoint.js';
import { credentialsOf, hasherOf, type PageClock, type PortsOptions } from './page-ports.js';

export const BUCKET = 'examplebucket';
export const CHECKPOINT_TTL_MS: number = 7 * 24 * 3_600_000;

export interface WorldOptions extends PortsOptions {
	readonly oss: Emulator;
	readonly clock: PageClock;
	readonly connectivity: Connectivity;
	readonly transport: Transport;
	readonly store: ResilientCheckpoints;
	readonly lock: UploadLock;
	readonly channel: TabChannel;
	readonly lifetime: AbortSignal;
}

/** Joins what `uploader.ts` joins, by ports that are played. */
export function worldOf(options: WorldOptions): { readonly world: World; close(): void } {
	const { oss, clock, connectivity, transport, store, lock, channel, lifetime, schedule } = options;
	const { parallel, mayList, mayHead, tokenSeconds } = schedule;
	const mint = () =>
		oss.mintCredentials({
			ttlSeconds: tokenSeconds,
			policy: [
				'oss:PutObject',
				'oss:AbortMultipartUpload',
				...(mayList ? (['oss:ListParts'] as const) : []),
				...(mayHead ? (['oss:GetObject'] as const) : []),
			],
		});
	const client = createOssClient({
		bucket: BUCKET,
		endpoint: resolveEndpoint({ bucket: BUCKET, region: 'cn-hangzhou', endpoint: oss.url }),
		getCredentials: credentialsOf(options, mint),
		transport: timed(transport, new Line(clock)),
		clock,
		// Not WebCrypto: its answers come in an order of their own.
		loadSha256: async () => nobleSha256,
	});
	const shared = {
		bucket: BUCKET,
		parallel,
		retry: { patienceMs: 180_000, minDelayMs: 300, maxDelayMs: 20_000 },
		clock,
		connectivity,
		hasher: hasherOf(options),
		lock: store.observe(lock),
		bodies: new Bodies(),
		channel,
		scheduler: new Scheduler(parallel, clock),
		checkpointTtlMs: CHECKPOINT_TTL_MS,
		lifetime,
		remoteFor: client.forObject,
	};
	const dropper = new Dropper({ ...shared, scope: '', forgetKey: client.forget });
	const world: World = { ...shared, keys: new KeyAsking(), dropper };
	return { world, close: () => client.close() };
}

/** Who holds locks: a task, in a page. */
export interface LockHolder {
	readonly home: object;
}

/** Web Locks: those of a page that died are let go. */
export class Locks {
	readonly #holders = new Map<string, LockHolder>();
	/** One for each that waits. */
	readonly #waiting = new Map<() => void, { readonly id: string; readonly holder: LockHolder }>();
	readonly #gone = new WeakSet<LockHolder>();

	get held(): ReadonlySet<string> {
		return new Set(this.#holders.keys());
	}

	claim(id: string, holder: LockHolder): (() => void) | undefined {
		if (this.#holders.has(id) || this.#gone.has(holder)) return undefined;
		this.#holders.set(id, holder);
		let released = false;
		return () => {
			if (released) return;
			released = true;
			if (this.#holders.get(id) === holder) this.#holders.delete(id);
			this.#wake();
		};
	}

	async wait(id: string, holder: LockHolder, signal: AbortSignal): Promise<() => void> {
		for (;;) {
			signal.throwIfAborted();
			const release = this.claim(id, holder);
			if (release) return release;
			let wake = () => {};
			const isFree = new Promise<void>((resolve) => {
				wake = resolve;
			});
			this.#waiting.set(wake, { id, holder });
			await abortable(signal, isFree).finally(() => this.#waiting.delete(wake));
		}
	}

	/** Whether a task of the page holds it, or waits for it. */
	isOwn(id: string, home: object): boolean {
		if (this.#holders.get(id)?.home === home) return true;
		return [...this.#waiting.values()].some((each) => each.id === id && each.holder.home === home);
	}

	holds(holder: LockHolder): boolean {
		return [...this.#holders.values()].includes(holder);
	}

	letGo(holder: LockHolder): void {
		this.#gone.add(holder);
		for (const [id, each] of this.#holders) if (each === holder) this.#holders.delete(id);
		this.#wake();
	}

	#wake(): void {
		const waiting = [...this.#waiting.keys()];
		this.#waiting.clear();
		for (const wake of waiting) wake();
	}
}

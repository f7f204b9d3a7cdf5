import { createHash } from 'node:crypto';
import { abortable } from '../../src/base/abortable.js';
import { UploadError } from '../../src/base/errors.js';
import { hashOnMainThread } from '../../src/browser/hashing/main-thread.js';
import { blobSource } from '../../src/browser/source.js';
import type { Digest } from '../../src/core/model.js';
import type { CheckpointStore, Clock, Fingerprint, Hasher, Source, SourceRef } from '../../src/core/ports.js';
import type { GetCredentials } from '../../src/oss/signing/credentials.js';
import type { FileVersion } from './files.js';
import type { PagePlan, Schedule, Trouble } from './schedule.js';
import { never, type Stage } from './stage.js';

/** What the ports need of the page that they are of. */
export interface PortsOptions {
	readonly stage: Stage;
	readonly plan: PagePlan;
	readonly schedule: Schedule;
	readonly version: FileVersion;
	readonly random: () => number;
	/** Everything that the core awaits passes here; in a dead page it never settles. */
	readonly tick: <T>(work: () => Promise<T>) => Promise<T>;
	readonly ticks: () => number;
	readonly isDead: () => boolean;
}

/** By the machine's own clock, which may be wrong, and set while the page runs. */
export class PageClock implements Clock {
	readonly #options: Pick<PortsOptions, 'stage' | 'random' | 'tick' | 'isDead'>;
	aheadMs: number;
	sleeping = 0;

	constructor(options: Pick<PortsOptions, 'stage' | 'random' | 'tick' | 'isDead'>, aheadMs: number) {
		this.#options = options;
		this.aheadMs = aheadMs;
	}

	now(): number {
		return this.#options.stage.now + this.aheadMs;
	}

	monotonic(): number {
		return this.#options.stage.now;
	}

	turn(): Promise<void> {
		return this.#options.tick(async () => {});
	}

	random(): number {
		return this.#options.random();
	}

	sleep(ms: number, signal: AbortSignal): Promise<void> {
		return new Promise((resolve, reject) => {
			if (signal.aborted) return reject(signal.reason);
			this.sleeping++;
			const onAbort = () => {
				takeBack();
				this.sleeping--;
				reject(signal.reason);
			};
			const takeBack = this.#options.stage.after(ms, () => {
				signal.removeEventListener('abort', onAbort);
				this.sleeping--;
				if (!this.#options.isDead()) resolve();
			});
			signal.addEventListener('abort', onAbort, { once: true });
		});
	}
}

/** The disk, as this page gets at it. */
export function storeOf(disk: CheckpointStore, options: PortsOptions): CheckpointStore {
	const on =
		<A extends unknown[], R>(method: (...args: A) => Promise<R>) =>
		(...args: A): Promise<R> =>
			options.tick(() => storeCall(() => method(...args), options));
	return {
		find: on(disk.find),
		load: on(disk.load),
		create: on(disk.create),
		addPart: on(disk.addPart),
		mark: on(disk.mark),
		delete: on(disk.delete),
		expired: on(disk.expired),
		close() {},
	};
}

async function storeCall<R>(
	work: () => Promise<R>,
	{ plan, ticks, stage, isDead }: PortsOptions,
): Promise<R> {
	if (isDead()) return never();
	const how = plan.store !== undefined && ticks() >= plan.store.from ? plan.store.how : undefined;
	if (how === 'fails') throw new DOMException('over quota', 'QuotaExceededError');
	if (how === 'hangs') return never();
	const answer = await stage.run(work);
	return how === undefined ? answer : never();
}

/** Which calls of something are in trouble. */
function troubled<How extends string>(trouble: Trouble<How> | undefined): () => How | undefined {
	let calls = 0;
	return () => {
		const turn = ++calls - (trouble?.from ?? 0);
		return trouble && turn >= 0 && turn < trouble.times ? trouble.how : undefined;
	};
}

export function hasherOf({ plan, tick, stage }: PortsOptions): Hasher {
	const troubleOf = troubled(plan.hasher);
	return {
		digest: (content, { md5 }, signal) =>
			tick(async (): Promise<Digest> => {
				const blob = 'blob' in content ? content.blob : new Blob([content]);
				const trouble = troubleOf();
				if (trouble === 'lost')
					throw new UploadError('Network', 'A chunk of the page did not come', { retryable: true });
				if (trouble === 'gone') throw new UploadError('Unsupported', 'A chunk of the page is gone');
				return abortable(
					signal,
					stage.run(() => hashOnMainThread(blob, md5, new AbortController().signal)),
				);
			}),
	};
}

export function credentialsOf(
	{ plan, tick }: PortsOptions,
	mint: () => ReturnType<GetCredentials>,
): GetCredentials {
	const troubleOf = troubled(plan.credentials);
	return () =>
		tick(async () => {
			const trouble = troubleOf();
			if (trouble === 'throws') throw new Error('Nobody is signed in');
			if (trouble === 'network') throw new TypeError('Failed to fetch');
			if (trouble === 'hangs') return never();
			if (trouble === 'nonsense') return {} as Awaited<ReturnType<GetCredentials>>;
			return mint();
		});
}

export function sourceOf({ version, tick, stage }: PortsOptions): SourceRef {
	const blob = blobSource(version.file);
	const { size, name, type } = blob;
	const source: Source = {
		...{ size, name, type },
		slice: (start, end) => blob.slice(start, end),
		read: (start, end) => tick(() => stage.run(() => blob.read(start, end))),
		assertReadable: (start, end) => tick(() => stage.run(() => blob.assertReadable(start, end))),
	};
	return { ...{ size, name, type }, open: () => tick(async () => source) };
}

/** Of the content where it is true; else one for all, as the samples of a file edited in place may be. */
export function fingerprintOf({ plan, schedule, version, tick }: PortsOptions): Fingerprint {
	const value = schedule.isFingerprintTrue ? version.sha256.slice(0, 12) : 'fingerprint';
	return (_, signal) =>
		tick(async () => {
			if (plan.fingerprint === 'answers') return value;
			if (plan.fingerprint === 'hangs-deaf') return never();
			if (plan.fingerprint === 'fails') throw new UploadError('FileUnreadable', 'The file cannot be read');
			return abortable(signal, never());
		});
}

/** A key that no visit had before, as of `crypto.randomUUID()`. */
export const newKey = (visit: number): string =>
	`dir/${createHash('md5').update(`visit ${visit}`).digest('hex').slice(0, 8)}`;

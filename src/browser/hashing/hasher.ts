import { abortable } from '../../base/abortable.js';
import type { Digest } from '../../core/model.js';
import type { Hasher, Octets, Slice } from '../../core/ports.js';
import { fileUnreadable } from '../file-unreadable.js';
import { browserConnectivity } from '../network/online.js';
import { wait } from '../wait.js';
import { crc64OnMainThread, hashOnMainThread, loadMainThread } from './main-thread.js';
import type { HashAnswer } from './messages.js';
import { mayHangAtWorker } from './nested.js';
import { type Samples, samplesBlob } from './samples.js';
import { loadInlineWorker, startWorker } from './start-worker.js';
import { WorkerLink } from './worker-link.js';

/** Milliseconds without a digest, and without a task, after which the worker is ended; the next digest starts another. */
const IDLE_MS = 30_000;

/** Milliseconds after its first digest in which a worker has the page to itself. */
const PREPARE_MS = 1_000;

/** Bytes in memory, which are hashed at once up to here: in a millisecond, in less than it takes to have a worker do it. */
const SMALL_SIZE = 256 * 1024;

export interface HasherOptions {
	/** Where the worker's script is, for bundlers that cannot find it. */
	readonly workerUrl?: string | URL | undefined;
	/** Told once of each fallback: to JavaScript in the worker, to the main thread. */
	readonly warn: (error: unknown) => void;
}

export interface FileHasher extends Hasher {
	digest(
		content: Slice | Samples | Octets,
		options: { readonly md5: boolean },
		signal: AbortSignal,
	): Promise<Digest>;
	close(): void;
}

/**
 * Checksums in one worker, started at the first digest that needs it; on the main thread what is small, and where no worker
 * will do.
 */
export function createHasher(options: HasherOptions): FileHasher {
	return new WorkerHasher(options);
}

class WorkerHasher implements FileHasher {
	readonly #options: HasherOptions;
	#link: WorkerLink | undefined;
	#startWorker: () => Worker;
	/** No other way to start a worker is left. */
	#isLastWay: boolean;
	/** Settles when another way to start a worker is there, or has failed too; undefined while none is looked for. */
	#change: Promise<void> | undefined;
	/** A worker has failed, or may not be started: none is tried. */
	#gaveUp: boolean = mayHangAtWorker();
	#warnedOfWasm = false;
	/** Tasks that run. */
	#holds = 0;
	#idle: ReturnType<typeof setTimeout> | undefined;
	/** With this worker: once is enough, whether it came or not. */
	#hasPrepared = false;

	constructor(options: HasherOptions) {
		this.#options = options;
		const { workerUrl } = options;
		this.#startWorker = workerUrl ? () => new Worker(workerUrl, { type: 'module' }) : startWorker;
		this.#isLastWay = Boolean(workerUrl);
	}

	hold(): () => void {
		let isHeld = true;
		this.#holds++;
		this.#watchIdle();
		return () => {
			if (!isHeld) return;
			isHeld = false;
			this.#holds--;
			this.#watchIdle();
		};
	}

	async digest(
		content: Slice | Samples | Octets,
		{ md5 }: { readonly md5: boolean },
		signal: AbortSignal,
	): Promise<Digest> {
		const crc64 = isSmall(content) && !md5 ? await crc64OnMainThread(content, signal) : undefined;
		if (crc64 !== undefined) return { crc64 };
		let answer = await this.#ask(content, md5, signal);
		if (!answer && this.#change !== undefined) {
			await abortable(signal, this.#change);
			answer = await this.#ask(content, md5, signal);
		}
		if (answer?.type === 'digest') {
			this.#prepareMainThread();
			return answer.digest;
		}
		if (answer?.ofFile) throw fileUnreadable(new DOMException(answer.message, answer.name));
		// It failed at its own work, which no other part would fare better at.
		if (answer) this.#fail(new Error(`${answer.name} in the hash worker: ${answer.message}`), true);
		return hashOnMainThread(blobOf(content), md5, signal);
	}

	close(): void {
		const reason = new DOMException('The hasher is closed', 'AbortError');
		this.#stop((job) => job.reject(reason));
	}

	/** Undefined when there is no worker. */
	#ask(
		content: Slice | Samples | Octets,
		md5: boolean,
		signal: AbortSignal,
	): Promise<HashAnswer | undefined> {
		return wait(signal, (resolve, reject) => {
			const link = this.#start();
			if (link) return link.digest(content, md5, { resolve, reject });
			resolve(undefined);
			return () => {};
		});
	}

	/** The worker, unless none will do. */
	#start(): WorkerLink | undefined {
		if (this.#link || this.#gaveUp || this.#change !== undefined) return this.#link;
		try {
			const link: WorkerLink = new WorkerLink(this.#startWorker(), {
				onSlow: () => this.#warnOfWasm(),
				onFailure: (cause, wasReady) => this.#fail(cause, wasReady),
				onChange: () => this.#watchIdle(),
			});
			this.#link = link;
			this.#hasPrepared = false;
			this.#watchIdle();
		} catch (error) {
			this.#giveWay(error);
		}
		return this.#link;
	}

	#fail(cause: unknown, wasReady: boolean): void {
		if (wasReady) this.#giveUp(cause);
		// Offline, its script may be all that is missing: then the next digest tries again.
		else if (browserConnectivity.isOnline()) this.#giveWay(cause);
		else this.#stop((job) => job.resolve());
	}

	/** It could not be started this way. */
	#giveWay(cause: unknown): void {
		if (this.#isLastWay) {
			this.#giveUp(cause);
			return;
		}
		this.#isLastWay = true;
		this.#change = loadInlineWorker()
			.then(
				(start) => {
					this.#startWorker = start;
				},
				() => this.#giveUp(cause),
			)
			.finally(() => {
				this.#change = undefined;
			});
		this.#stop((job) => job.resolve());
	}

	#giveUp(cause: unknown): void {
		if (this.#gaveUp) return;
		this.#gaveUp = true;
		this.#stop((job) => job.resolve());
		this.#options.warn(cause);
	}

	#stop(settle: Parameters<WorkerLink['end']>[0] = () => {}): void {
		clearTimeout(this.#idle);
		const link = this.#link;
		this.#link = undefined;
		link?.end(settle);
	}

	/** As long as a task runs it is kept: a deployment may take its file away while the page is open. */
	#watchIdle(): void {
		clearTimeout(this.#idle);
		if (!this.#link || this.#link.isBusy || this.#holds > 0) return;
		this.#idle = setTimeout(() => this.#stop(), IDLE_MS);
	}

	#warnOfWasm(): void {
		if (this.#warnedOfWasm) return;
		this.#warnedOfWasm = true;
		this.#options.warn(new Error('No WebAssembly in the hash worker'));
	}

	/**
	 * Loads, while all is well, what is needed when a later worker cannot start. Not before something was hashed, and a
	 * moment later: a page does not pay for it before its first upload has begun, nor while that does.
	 */
	#prepareMainThread(): void {
		if (this.#hasPrepared) return;
		this.#hasPrepared = true;
		// When it is needed, it is asked for again, and its absence told.
		setTimeout(() => loadMainThread().catch(() => {}), PREPARE_MS);
	}
}

const isSmall = (content: Slice | Samples | Octets): content is Octets =>
	content instanceof Uint8Array && content.length <= SMALL_SIZE;

function blobOf(content: Slice | Samples | Octets): Blob {
	if ('blob' in content) return content.blob;
	return 'starts' in content ? samplesBlob(content) : new Blob([content]);
}

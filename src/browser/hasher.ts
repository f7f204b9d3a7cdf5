import type { Bytes, Digest, Hasher } from '../core/ports.js';
import { UploadError } from '../errors.js';
import { fileUnreadable } from './file-unreadable.js';
import type { FromHashWorker, ToHashWorker } from './hash-messages.js';

/** Milliseconds in which a worker has to say that it is ready. */
const READY_WITHIN_MS = 10_000;
/** Milliseconds without a digest after which the worker is ended; the next digest starts another. */
const IDLE_MS = 30_000;

export interface HasherOptions {
	/** Where the worker's script is, for bundlers that cannot find it. */
	readonly workerUrl?: string | URL | undefined;
	/** Told once of each fallback: to JavaScript in the worker, to the main thread. */
	readonly warn: (error: unknown) => void;
}

interface Job {
	readonly request: ToHashWorker & { readonly type: 'digest' };
	readonly signal: AbortSignal;
	readonly onAbort: () => void;
	readonly resolve: (digest: Digest | Promise<Digest>) => void;
	readonly reject: (error: unknown) => void;
}

/** Checksums in one worker, started at the first digest; on the main thread where no worker will do. */
export function createHasher(options: HasherOptions): Hasher & { close(): void } {
	return new WorkerHasher(options);
}

class WorkerHasher implements Hasher {
	readonly #options: HasherOptions;
	readonly #jobs = new Map<number, Job>();
	#lastId = 0;
	#worker: Worker | undefined;
	/** Undefined until the worker is ready: nothing is sent to it before. */
	#wasm: boolean | undefined;
	#warnedOfWasm = false;
	/** A worker has failed: no other is tried. */
	#gaveUp = false;
	#timer: ReturnType<typeof setTimeout> | undefined;

	constructor(options: HasherOptions) {
		this.#options = options;
	}

	digest(bytes: Bytes, { md5 }: { readonly md5: boolean }, signal: AbortSignal): Promise<Digest> {
		return new Promise((resolve, reject) => {
			signal.throwIfAborted();
			const id = ++this.#lastId;
			const onAbort = () => {
				this.#send({ type: 'cancel', id });
				this.#take(id)?.reject(signal.reason);
			};
			signal.addEventListener('abort', onAbort);
			this.#jobs.set(id, { request: { type: 'digest', id, bytes, md5 }, signal, onAbort, resolve, reject });
			if (!this.#worker && !this.#gaveUp) this.#start();
			this.#dispatch(id);
			this.#watch();
		});
	}

	close(): void {
		for (const id of this.#jobs.keys())
			this.#take(id)?.reject(new DOMException('The hasher is closed', 'AbortError'));
		this.#stop();
	}

	#start(): void {
		const { workerUrl } = this.#options;
		try {
			// The literal form that bundlers look for.
			const worker = workerUrl
				? new Worker(workerUrl, { type: 'module' })
				: new Worker(new URL('./hash.worker.ts', import.meta.url), { type: 'module' });
			this.#worker = worker;
			worker.onmessage = ({ data }: MessageEvent<FromHashWorker>) => {
				if (worker === this.#worker) this.#receive(data);
			};
			worker.onerror = (event) => {
				// Handled here: the page's own error reporting need not hear of it.
				event.preventDefault();
				if (worker === this.#worker)
					this.#giveUp(new Error(event.message || 'The worker could not be loaded'));
			};
		} catch (error) {
			this.#giveUp(error);
		}
	}

	#receive(message: FromHashWorker): void {
		if (message.type === 'ready') {
			this.#wasm = message.wasm;
			if (!message.wasm && !this.#warnedOfWasm) {
				this.#warnedOfWasm = true;
				this.#options.warn(new Error('WebAssembly is refused in the hash worker: checksums are slower'));
			}
			for (const id of this.#jobs.keys()) this.#dispatch(id);
			this.#watch();
			return;
		}
		const job = this.#take(message.id);
		if (message.type === 'failed')
			job?.reject(fileUnreadable(new DOMException(message.message, message.name)));
		else job?.resolve({ crc64: message.crc64, ...(message.md5 !== undefined && { md5: message.md5 }) });
	}

	/** Sends the job where it can be done, if that is known by now. */
	#dispatch(id: number): void {
		const job = this.#jobs.get(id);
		if (!job) return;
		const { request, signal } = job;
		// Without WebAssembly the worker has no MD5: a second implementation would weigh more than the worker.
		if (this.#gaveUp || (this.#wasm === false && request.md5)) {
			this.#take(id)?.resolve(onMainThread(request.bytes, request.md5, signal));
		} else if (this.#wasm !== undefined) {
			this.#send(request);
		}
	}

	#send(message: ToHashWorker): void {
		this.#worker?.postMessage(message);
	}

	/** The job, which is nobody's business from now on. */
	#take(id: number): Job | undefined {
		const job = this.#jobs.get(id);
		job?.signal.removeEventListener('abort', job.onAbort);
		if (this.#jobs.delete(id)) this.#watch();
		return job;
	}

	/** One timer: for a worker that is not ready, or for one that is idle. */
	#watch(): void {
		clearTimeout(this.#timer);
		if (!this.#worker) return;
		if (this.#jobs.size === 0) this.#timer = setTimeout(() => this.#stop(), IDLE_MS);
		else if (this.#wasm === undefined) {
			this.#timer = setTimeout(() => this.#giveUp(new Error('The worker does not answer')), READY_WITHIN_MS);
		}
	}

	#giveUp(cause: unknown): void {
		this.#gaveUp = true;
		this.#stop();
		this.#options.warn(new Error('No hash worker: checksums are computed on the main thread', { cause }));
		for (const id of this.#jobs.keys()) this.#dispatch(id);
	}

	#stop(): void {
		clearTimeout(this.#timer);
		this.#worker?.terminate();
		this.#worker = undefined;
		this.#wasm = undefined;
	}
}

async function onMainThread(bytes: Bytes, md5: boolean, signal: AbortSignal): Promise<Digest> {
	// Only loaded where it is needed, which is hardly anywhere.
	const loaded = await import('./main-thread-hasher.js').catch((cause: unknown) => {
		throw new UploadError('Network', 'The checksum code could not be loaded', { cause, retryable: true });
	});
	return loaded.digestOnMainThread(bytes, md5, signal).catch((error: unknown) => {
		signal.throwIfAborted();
		throw fileUnreadable(error);
	});
}

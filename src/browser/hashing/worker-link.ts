import type { Octets, Slice } from '../../core/ports.js';
import type { DigestRequest, FromHashWorker, HashAnswer, OnDisk, ToHashWorker } from './messages.js';
import type { Samples } from './samples.js';

/** Milliseconds between two questions to the worker whether it is alive, while there is something to do. */
const BEAT_MS = 5_000;
/** Questions without any word from it, and it is given up. Not one: a machine that slept wakes to timers first. */
const MAX_SILENCES = 3;

export interface WorkerListener {
	/** It has no WebAssembly, and computes all the same. */
	onSlow(): void;
	/** It is of no more use. `wasReady`: its script was there and ran. */
	onFailure(cause: unknown, wasReady: boolean): void;
	/** It got something to do, or has nothing to do any more. */
	onChange(): void;
}

export interface Job {
	/** Without an answer it is to be done on the main thread. */
	resolve(answer?: HashAnswer): void;
	reject(error: unknown): void;
}

/** One hash worker, from its start to its end, and what it is at. */
export class WorkerLink {
	readonly #worker: Worker;
	readonly #listener: WorkerListener;
	readonly #jobs = new Map<number, Job & { readonly request: DigestRequest }>();
	#lastId = 0;
	/** Nothing is sent to the worker before it says so: what it is sent while it loads may be lost. */
	#isReady = false;
	/** One that is ended may still fail at what it was sent before. */
	#isEnded = false;
	/** The file of the last request; 0 is none. */
	#sentFileId = 0;
	#silences = 0;
	#beats: ReturnType<typeof setTimeout> | undefined;

	constructor(worker: Worker, listener: WorkerListener) {
		this.#worker = worker;
		this.#listener = listener;
		worker.onmessage = ({ data }: MessageEvent<FromHashWorker>) => this.#receive(data);
		worker.onmessageerror = () => this.#fail(new Error('The hash worker cannot be understood'));
		worker.onerror = (event) => {
			// Handled here: the page's own error reporting need not hear of it.
			event.preventDefault();
			this.#fail(new Error(event.message || 'The script of the hash worker did not load'));
		};
	}

	get isBusy(): boolean {
		return this.#jobs.size > 0;
	}

	/** The function that this answers is called when nobody waits any more, whether it is done or not. */
	digest(content: Slice | Samples | Octets, md5: boolean, job: Job): () => void {
		const id = ++this.#lastId;
		const request = requestFor(id, content, md5);
		this.#jobs.set(id, { ...job, request });
		if (this.#isReady) this.#ask(request);
		// Not put off by those that come while it is silent.
		if (this.#jobs.size === 1) this.#watch();
		return () => {
			if (this.#jobs.delete(id)) this.#post({ type: 'cancel', id });
			if (!this.isBusy) this.#watch();
		};
	}

	/** Ends the worker, and settles what it was at. */
	end(settle: (job: Job) => void): void {
		this.#isEnded = true;
		clearTimeout(this.#beats);
		this.#worker.terminate();
		for (const job of this.#jobs.values()) settle(job);
		this.#jobs.clear();
	}

	#receive(message: FromHashWorker): void {
		this.#silences = 0;
		switch (message.type) {
			case 'ready':
				this.#isReady = true;
				for (const { request } of this.#jobs.values()) this.#ask(request);
				break;
			case 'slow':
				this.#listener.onSlow();
				break;
			default:
				this.#jobs.get(message.id)?.resolve(message);
				this.#jobs.delete(message.id);
		}
	}

	/** Messages come in order: the worker keeps the file of the last one, and copying it costs as much as a request. */
	#ask(request: DigestRequest): void {
		const { id, content } = request;
		try {
			if ('fileId' in content) {
				const { file, fileId } = content;
				const isThere = fileId === this.#sentFileId;
				this.#post({ ...request, content: { ...content, file: isThere ? undefined : file } });
				this.#sentFileId = fileId;
			} else this.#post({ ...request, content });
		} catch {
			// What only looks like a Blob crosses to no worker.
			this.#jobs.get(id)?.resolve();
			this.#jobs.delete(id);
		}
	}

	#post(message: ToHashWorker): void {
		this.#worker.postMessage(message);
	}

	#watch(): void {
		clearTimeout(this.#beats);
		if (this.isBusy && !this.#isEnded) this.#beats = setTimeout(() => this.#beat(), BEAT_MS);
		this.#listener.onChange();
	}

	#beat(): void {
		if (++this.#silences === MAX_SILENCES) {
			this.#fail(new Error('The hash worker is silent'));
			return;
		}
		// The digest of nothing needs no disk: however slow a read is, the worker answers this beside it.
		this.#ask(requestFor(0, new Uint8Array(), false));
		this.#watch();
	}

	#fail(cause: unknown): void {
		if (!this.#isEnded) this.#listener.onFailure(cause, this.#isReady);
	}
}

/** Files are told apart by number: what crosses to the worker is a copy each time. */
const fileIds = new WeakMap<Blob, number>();
let lastFileId = 0;

function requestFor(id: number, content: Slice | Samples | Octets, md5: boolean): DigestRequest {
	return { type: 'digest', id, md5, content: 'file' in content ? onDisk(content) : content };
}

function onDisk(content: Slice | Samples): OnDisk {
	const { file } = content;
	const fileId = fileIds.get(file) ?? ++lastFileId;
	fileIds.set(file, fileId);
	if ('starts' in content) return { ...content, fileId };
	const { blob, start } = content;
	return { file, fileId, start, end: start + blob.size };
}

import type { Bytes, Digest, Hasher } from '../core/ports.js';
import { lazy } from '../lazy.js';
import { fileUnreadable } from './file-unreadable.js';
import type { DigestRequest, FromHashWorker, HashAnswer, ToHashWorker } from './hash-messages.js';
import { wait } from './wait.js';

/** Milliseconds between two questions to the worker whether it is alive, while there is something to do. */
const BEAT_MS = 5_000;
/** Questions without any word from it, and it is given up. Not one: a machine that slept wakes to timers first. */
const MAX_SILENCES = 3;
/** Milliseconds without a digest after which the worker is ended; the next digest starts another. */
const IDLE_MS = 30_000;

export interface HasherOptions {
	/** Where the worker's script is, for bundlers that cannot find it. */
	readonly workerUrl?: string | URL | undefined;
	/** Told once of each fallback: to JavaScript in the worker, to the main thread. */
	readonly warn: (error: unknown) => void;
}

interface Job {
	readonly request: DigestRequest;
	/** Without an answer it is to be done on the main thread. */
	readonly resolve: (answer?: HashAnswer) => void;
	readonly reject: (error: unknown) => void;
}

/** Checksums in one worker, started at the first digest; on the main thread where no worker will do. */
export function createHasher({ workerUrl, warn }: HasherOptions): Hasher & { close(): void } {
	const jobs = new Map<number, Job>();
	let lastId = 0;
	let worker: Worker | undefined;
	/** Nothing is sent to the worker before it says so: what it is sent while it loads may be lost. */
	let isReady = false;
	/** A worker has failed: no other is tried. */
	let gaveUp = false;
	let warnedOfWasm = false;
	/** The file of the last request; 0 is none. */
	let sentFileId = 0;
	let silences = 0;
	/** One for both: the worker that may be silent, and the one that is idle. */
	let timer: ReturnType<typeof setTimeout> | undefined;

	function start(): void {
		if (gaveUp || worker) return;
		try {
			// The literal form that bundlers look for.
			const started = workerUrl
				? new Worker(workerUrl, { type: 'module' })
				: new Worker(new URL('./hash.worker.ts', import.meta.url), { type: 'module' });
			worker = started;
			silences = 0;
			sentFileId = 0;
			started.onmessage = ({ data }: MessageEvent<FromHashWorker>) => receive(data);
			started.onerror = (event) => {
				// Handled here: the page's own error reporting need not hear of it.
				event.preventDefault();
				// One that is ended may still fail at what it was sent before.
				if (worker === started) giveUp(new Error(event.message || 'No hash worker: see `workerUrl`'));
			};
			watch();
		} catch (error) {
			giveUp(error);
		}
	}

	function receive(message: FromHashWorker): void {
		silences = 0;
		if (message.type !== 'ready') {
			jobs.get(message.id)?.resolve(message);
			jobs.delete(message.id);
			return;
		}
		if (!message.wasm && !warnedOfWasm) {
			warnedOfWasm = true;
			warn(new Error('No WebAssembly in the hash worker'));
		}
		isReady = true;
		for (const { request } of jobs.values()) ask(request);
	}

	/** Messages come in order: the worker keeps the file of the last one, and copying it costs as much as a request. */
	function ask(request: DigestRequest): void {
		const { file, fileId } = request;
		worker?.postMessage({ ...request, file: fileId === sentFileId ? undefined : file });
		sentFileId = fileId;
	}

	function watch(): void {
		clearTimeout(timer);
		if (worker) timer = jobs.size ? setTimeout(beat, BEAT_MS) : setTimeout(stop, IDLE_MS);
	}

	function beat(): void {
		if (++silences === MAX_SILENCES) giveUp(new Error('The hash worker is silent'));
		// The digest of nothing needs no disk: however slow a read is, the worker answers this beside it.
		else ask(requestFor(0, new Blob(), false));
		watch();
	}

	function giveUp(cause: unknown): void {
		gaveUp = true;
		stop();
		warn(cause);
		for (const { resolve } of jobs.values()) resolve();
	}

	function stop(): void {
		clearTimeout(timer);
		worker?.terminate();
		worker = undefined;
		isReady = false;
	}

	return {
		open: start,
		async digest(bytes, { md5 }, signal) {
			const answer = await wait<HashAnswer | undefined>(signal, (resolve, reject) => {
				const id = ++lastId;
				const request = requestFor(id, bytes, md5);
				jobs.set(id, { request, resolve, reject });
				if (gaveUp) resolve(undefined);
				else if (isReady) ask(request);
				else start();
				// Not put off by those that come while it is silent.
				if (jobs.size === 1) watch();
				return () => {
					if (jobs.delete(id)) worker?.postMessage({ type: 'cancel', id } satisfies ToHashWorker);
					if (!jobs.size) watch();
				};
			});
			if (!answer) return onMainThread(bytes, md5, signal);
			if (answer.type === 'digest') return answer.digest;
			throw fileUnreadable(new DOMException(answer.message, answer.name));
		},
		close() {
			for (const { reject } of jobs.values()) reject(new DOMException('The hasher is closed', 'AbortError'));
			stop();
		},
	};
}

/** Files are told apart by number: what crosses to the worker is a copy each time. */
const fileIds = new WeakMap<Blob, number>();
let lastFileId = 0;

function requestFor(id: number, bytes: Bytes, md5: boolean): DigestRequest {
	const { file, start } = bytes.origin ?? { file: bytes, start: 0 };
	const fileId = fileIds.get(file) ?? ++lastFileId;
	fileIds.set(file, fileId);
	return { type: 'digest', id, file, fileId, start, end: start + bytes.size, md5 };
}

async function onMainThread(bytes: Bytes, md5: boolean, signal: AbortSignal): Promise<Digest> {
	const loaded = await lazy(import('./main-thread-hasher.js'));
	return loaded.digestOnMainThread(bytes, md5, signal).catch((error: unknown) => {
		signal.throwIfAborted();
		throw fileUnreadable(error);
	});
}

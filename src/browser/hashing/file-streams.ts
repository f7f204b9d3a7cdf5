import { turn } from '../turn.js';
import { chunksOf } from './chunks.js';
import { ReadFailure } from './read-failure.js';

/** A run of bytes of a file, `end` exclusive. Equal `fileId`: the same file. */
export interface FileRange {
	readonly file: Blob;
	readonly fileId: number;
	readonly start: number;
	readonly end: number;
}

/** Each piece is the reader's only until it returns: its memory is used again. */
export type OnChunk = (chunk: Uint8Array<ArrayBuffer>) => void;

/** Bytes read at once by a stream, and where there are none, by slices. */
const STREAM_CHUNK = 1024 * 1024;
const SLICE_CHUNK = 4 * STREAM_CHUNK;
/** Milliseconds in which no message is heard, when the disk is fast. */
const TURN_MS = 8;
/** Streams kept for the part that follows; each holds some 3 MiB. */
const MAX_IDLE = 4;

/**
 * Reads parts of files. One that begins where another ends goes on with the same stream, behind it; any other has a
 * stream of its own and waits for nobody. In Chromium each stream costs a buffer of 2 MiB in two processes, and each
 * ArrayBuffer of a read its page faults: parts in a row, into one buffer, take 0.6 of the processor time of slices.
 */
export function createFileStreams(): {
	/** Rejects with `signal.reason` when aborted, else with what the browser says when it cannot read the file. */
	read(range: FileRange, signal: AbortSignal, onChunk: OnChunk): Promise<void>;
} {
	// Strong references, on purpose: Chromium forgets a Blob's stream that only its pending read refers to, and the read
	// then never ends.
	let streams: FileStream[] = [];
	const world = { turnOfLoop: createTurns(), hasByteStreams: once(canReadBytes) };
	return {
		async read(range, signal, onChunk) {
			const { fileId, start, end } = range;
			const found = streams.find((stream) => stream.fileId === fileId && stream.end === start);
			const stream = found ?? new FileStream(range, world);
			// The one used last stands last.
			streams = [...streams.filter((each) => each !== stream), stream];
			try {
				await stream.read(end, signal, onChunk);
			} finally {
				const idle = streams.filter(({ isIdle }) => isIdle);
				const done = idle.filter((each, at) => each.isAtEnd || at < idle.length - MAX_IDLE);
				streams = streams.filter((each) => !done.includes(each));
				for (const each of done) each.close();
			}
		},
	};
}

/** Waits behind the messages that have come, when the last wait is `TURN_MS` ago. */
function createTurns(): () => Promise<void> | undefined {
	let lastAt = performance.now();
	return () => {
		const now = performance.now();
		if (now - lastAt < TURN_MS) return undefined;
		lastAt = now;
		return turn();
	};
}

/** What all streams share. */
interface StreamWorld {
	readonly turnOfLoop: () => Promise<void> | undefined;
	readonly hasByteStreams: () => boolean;
}

/**
 * Whether a Blob can be read into a buffer that it is given. Safari, so far, refuses, and has read all the rest of the
 * file by then: it is asked once, and of next to nothing.
 */
function canReadBytes(): boolean {
	try {
		new Blob(['a']).stream().getReader({ mode: 'byob' });
		return true;
	} catch {
		return false;
	}
}

function once<T>(ask: () => T): () => T {
	let answer: { readonly value: T } | undefined;
	return () => {
		answer ??= { value: ask() };
		return answer.value;
	};
}

/** One file from one place on. */
class FileStream {
	readonly fileId: number;
	/** Where the last part that was asked for ends. */
	end: number;
	readonly #file: Blob;
	/** Where the reader stands. */
	#at = -1;
	#reader: ReadableStreamBYOBReader | undefined;
	#buffer = new ArrayBuffer(0);
	readonly #world: StreamWorld;
	#asked = 0;
	#turn: Promise<unknown> = Promise.resolve();

	constructor({ file, fileId, start }: FileRange, world: StreamWorld) {
		this.#world = world;
		this.#file = file;
		this.fileId = fileId;
		this.end = start;
	}

	get isIdle(): boolean {
		return this.#asked === 0;
	}

	get isAtEnd(): boolean {
		return this.end === this.#file.size;
	}

	/** The next bytes, up to `end`, once those asked for before have been read. */
	async read(end: number, signal: AbortSignal, onChunk: OnChunk): Promise<void> {
		const start = this.end;
		this.end = end;
		this.#asked++;
		const work = this.#turn.then(() => this.#readNow(start, end, signal, onChunk));
		// One that fails leaves the stream to those behind it.
		this.#turn = work.catch(() => {});
		await work.finally(() => this.#asked--);
	}

	close(): void {
		this.#reader?.cancel().catch(() => {});
		this.#reader = undefined;
	}

	async #readNow(start: number, end: number, signal: AbortSignal, onChunk: OnChunk): Promise<void> {
		signal.throwIfAborted();
		// The part before was cancelled or could not be read: the stream stands elsewhere, or nowhere.
		if (this.#at !== start) this.#open(start);
		if (!this.#reader) {
			const slices = chunksOf(this.#file.slice(start, end), SLICE_CHUNK, signal);
			for await (const chunk of slices) onChunk(chunk);
			return;
		}
		while (this.#at < end) {
			const at = this.#at;
			const view = new Uint8Array(this.#buffer, 0, Math.min(STREAM_CHUNK, end - at));
			// The buffer goes away with the read, and comes back with its answer.
			this.#at = -1;
			const { value } = await this.#reader.read(view).catch(() => this.#readAgain(at));
			if (!value?.length) throw new ReadFailure('The file has become shorter');
			this.#buffer = value.buffer;
			this.#at = at + value.length;
			// Bytes that are there at once come without a turn of the event loop, and would let nothing else in.
			await this.#world.turnOfLoop();
			signal.throwIfAborted();
			onChunk(value);
		}
	}

	/** A stream does not say why it failed, a slice does. Where that can be read, it was not for the file. */
	async #readAgain(at: number): Promise<never> {
		await this.#file.slice(at, at + 1).arrayBuffer();
		throw new Error('The stream of the file broke off');
	}

	#open(start: number): void {
		this.close();
		if (!this.#world.hasByteStreams()) return;
		this.#reader = this.#file.slice(start).stream().getReader({ mode: 'byob' });
		this.#buffer = new ArrayBuffer(STREAM_CHUNK);
		this.#at = start;
	}
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { type Fault, findFault } from '../control/faults.js';
import type { OpenRecord, RequestLog } from '../control/request-log.js';
import { sleep } from './clock.js';
import { ConnectionLost, OssError } from './oss-error.js';

/** What goes back, before CORS and the headers every answer has. */
export interface Reply {
	readonly status: number;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: string | AsyncIterable<Uint8Array>;
}

/** Bytes; far above 10,000 parts in a Complete. */
const MAX_TEXT_BYTES = 8 * 1024 * 1024;

/** One request and its answer, with the faults that befall it. */
export class Exchange {
	readonly record: OpenRecord;
	readonly faults: readonly Fault[];
	/** Aborted when the client goes, and when the emulator closes. */
	readonly signal: AbortSignal;
	/** Aborted when the emulator closes: what OSS finishes though the client has gone hangs on this one. */
	readonly closing: AbortSignal;
	readonly #request: IncomingMessage;
	readonly #response: ServerResponse;
	// A request that was broken off no longer knows its socket.
	readonly #socket: Socket;
	readonly #log: RequestLog;
	/** Bytes per second; undefined for no limit. */
	readonly #rate: number | undefined;
	#read = false;

	constructor(
		request: IncomingMessage,
		response: ServerResponse,
		options: {
			readonly record: OpenRecord;
			readonly faults: readonly Fault[];
			readonly log: RequestLog;
			readonly bytesPerSecond: number | undefined;
			readonly closing: AbortSignal;
		},
	) {
		this.#request = request;
		this.#response = response;
		this.#socket = request.socket;
		this.record = options.record;
		this.faults = options.faults;
		this.closing = options.closing;
		this.#log = options.log;
		this.#rate = findFault(options.faults, 'throttle')?.action.bytesPerSecond ?? options.bytesPerSecond;
		const gone = new AbortController();
		this.signal = gone.signal;
		response.once('close', () => gone.abort());
		// A connection may break at any time; `close` says all there is to say.
		request.on('error', () => {});
		response.on('error', () => {});
	}

	/** The request's body, which can be read once. Ends only when all of it has arrived and no fault forbids it. */
	async *body(): AsyncGenerator<Buffer> {
		this.#read = true;
		const cut = findFault(this.faults, 'cut');
		const cutAfter = cut ? (cut.action.afterBytes ?? 0) : Number.POSITIVE_INFINITY;
		const startedAt = performance.now();
		try {
			for await (const chunk of this.#request) {
				this.record.bytes += chunk.length;
				if (this.record.bytes >= cutAfter) break;
				yield chunk;
				await this.#pace(startedAt);
			}
		} catch (error) {
			throw new ConnectionLost('The request broke off.', { cause: error });
		}
		if (cut) this.destroy();
		else await this.#hang(false);
		if (cut || !this.#request.complete || this.signal.aborted)
			throw new ConnectionLost('The request broke off.');
		this.#assertAnnouncedLength();
	}

	/** The parser minds a Content-Length itself, but not one beside chunks, as the C SDK sends it. */
	#assertAnnouncedLength(): void {
		const { 'content-length': length, 'transfer-encoding': coding } = this.#request.headers;
		if (coding === undefined || length === undefined || Number(length) === this.record.bytes) return;
		throw new OssError(
			400,
			'IncompleteBody',
			'The body is not as long as the Content-Length HTTP header says.',
		);
	}

	/** @throws OssError when it is absurdly long */
	async text(): Promise<string> {
		const chunks: Buffer[] = [];
		let size = 0;
		for await (const chunk of this.body()) {
			size += chunk.length;
			if (size <= MAX_TEXT_BYTES) chunks.push(chunk);
		}
		if (size > MAX_TEXT_BYTES) {
			throw new OssError(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size.');
		}
		return Buffer.concat(chunks).toString();
	}

	/** Reads on to the end of the body, so that a client that is still sending hears the answer. */
	async drain(): Promise<void> {
		if (this.#read) this.#request.resume();
		else for await (const _ of this.body());
	}

	async #pace(startedAt: number): Promise<void> {
		if (this.#rate === undefined) return;
		const dueAt = startedAt + (this.record.bytes / this.#rate) * 1000;
		const waitMs = dueAt - performance.now();
		if (waitMs > 1) await sleep(waitMs, this.signal);
	}

	/** What faults do between the effect of a request and its answer. */
	async holdReply(): Promise<void> {
		const delay = findFault(this.faults, 'delay')?.action;
		if (delay?.applied) await sleep(delay.ms, this.signal);
		await this.#hang(true);
	}

	async #hang(applied: boolean): Promise<void> {
		const hang = findFault(this.faults, 'hang');
		if (!hang || (hang.action.applied ?? false) !== applied) return;
		const { cleared } = hang;
		if (cleared.aborted || this.signal.aborted) return;
		await new Promise<void>((resolve) => {
			const proceed = (): void => {
				cleared.removeEventListener('abort', proceed);
				this.signal.removeEventListener('abort', proceed);
				resolve();
			};
			cleared.addEventListener('abort', proceed);
			this.signal.addEventListener('abort', proceed);
		});
	}

	/** Ends the connection without an answer. */
	destroy(): void {
		this.end();
		this.#socket.destroy();
	}

	/** Writes the record; what comes after is not part of it. */
	end(): void {
		this.#log.end(this.record);
	}

	async send({ status, headers = {}, body }: Reply): Promise<void> {
		if (this.signal.aborted) throw new ConnectionLost('Nobody waits for the answer any more.');
		this.record.status = status;
		this.#response.writeHead(status, asBytes(headers));
		if (body === undefined || typeof body === 'string') {
			// Written before the client can know of the answer: a test that awaits it finds the record.
			this.end();
			this.#response.end(body);
			return;
		}
		try {
			await pipeline(body, this.#response);
		} finally {
			this.end();
		}
	}
}

/** Node writes header values as Latin-1; what was stored is UTF-8, and goes back byte for byte. */
const asBytes = (headers: Readonly<Record<string, string>>): Record<string, string> =>
	Object.fromEntries(
		Object.entries(headers).map(([name, value]) => [name, Buffer.from(value).toString('latin1')]),
	);

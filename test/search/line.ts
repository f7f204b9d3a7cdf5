import { Faults } from '../../emulator/control/faults.js';
import type { FaultAction, OssOperation } from '../../emulator/index.js';
import { abortable } from '../../src/base/abortable.js';
import { fetchTransport } from '../../src/browser/network/fetch-transport.js';
import type { Connectivity, Transport, TransportRequest, TransportResponse } from '../../src/core/ports.js';
import { sizeOf } from '../../src/core/schedule/line-transport.js';
import { Scheduler } from '../../src/core/schedule/scheduler.js';
import { BrowserCors, noAnswer } from './browser-cors.js';
import { ORIGIN } from './cors-rules.js';
import { never, type Stage } from './stage.js';

/** The page at this end of the line. */
export interface LineEnd {
	readonly connectivity: Pick<Connectivity, 'isOnline'>;
	readonly queues: boolean;
	readonly tellsSent: boolean;
	/** The page is no more, or its uploader was closed. */
	isGone(): boolean;
}

export interface LineOptions {
	readonly stage: Stage;
	readonly latencyMs: number;
	readonly random: () => number;
	/** OSS has answered a request that may have made an object. */
	readonly onMade: () => Promise<void>;
}

/**
 * The way from a page to OSS: requests take their time, wait for one another, hang, or get there after whoever sent them
 * has turned away. A real exchange is never broken off half-way, so that it is clear what OSS has heard of.
 */
export class Line {
	/** Those that hang and those that delay. */
	readonly faults = new Faults();
	readonly #options: LineOptions;
	readonly #real = fetchTransport();
	#underWay = 0;

	constructor(options: LineOptions) {
		this.#options = options;
	}

	/** Requests that may still get to OSS. */
	get isQuiet(): boolean {
		return this.#underWay === 0;
	}

	transportFor(end: LineEnd): Transport {
		const { stage } = this.#options;
		const places = new Scheduler(end.queues ? 1 : 1000, { turn: async () => {} });
		const cors = new BrowserCors((url, headers) =>
			stage.run(() => fetch(url, { method: 'OPTIONS', headers })),
		);
		return {
			send: (request) =>
				places.use('large', request.signal, () =>
					abortable(request.signal, this.#exchange(request, end, cors)),
				),
			reaches: async (url) =>
				end.connectivity.isOnline() && stage.run(() => this.#real.reaches(url, new AbortController().signal)),
		};
	}

	async #exchange(request: TransportRequest, end: LineEnd, cors: BrowserCors): Promise<TransportResponse> {
		if (!end.connectivity.isOnline()) throw noAnswer();
		await cors.expectAllowed(request);
		request.signal.throwIfAborted();
		const faults = this.#strike(request);
		await this.#carry(request, end, faults);
		const answer = await this.#deliver(request, end);
		await this.#travel(delayOf(faults, true));
		if (faults.some((fault) => fault.type === 'hang' && fault.applied)) return never();
		if (!end.connectivity.isOnline()) throw noAnswer();
		return cors.asSeen(answer);
	}

	/** On its way to OSS. What nobody waits for any more may get there all the same. */
	async #carry(request: TransportRequest, end: LineEnd, faults: readonly FaultAction[]): Promise<void> {
		if (faults.some((fault) => fault.type === 'hang' && !fault.applied)) return never();
		this.#underWay++;
		try {
			await this.#travel(delayOf(faults, false));
			const isLost = this.#options.random() < 0.5 || finishes(request, end);
			if ((request.signal.aborted || end.isGone()) && isLost) return never();
		} finally {
			this.#underWay--;
		}
	}

	async #deliver(request: TransportRequest, { tellsSent }: LineEnd): Promise<TransportResponse> {
		const { body, onSent } = request;
		const isHeard = tellsSent && typeof body === 'object' && !request.signal.aborted;
		if (isHeard) onSent?.(Math.floor(sizeOf(body) / 2));
		this.#underWay++;
		try {
			const sent = { ...request, signal: new AbortController().signal };
			const headers = { ...request.headers, origin: ORIGIN };
			return await this.#options.stage.run(async () => {
				const answer = await this.#real.send({ ...sent, headers });
				if (makes(request)) await this.#options.onMade();
				return answer;
			});
		} finally {
			this.#underWay--;
			if (isHeard && !request.signal.aborted) onSent?.(sizeOf(body));
		}
	}

	#travel(delayMs: number): Promise<void> {
		const { stage, latencyMs, random } = this.#options;
		return stage.sleep(delayMs + Math.round(random() * latencyMs));
	}

	#strike({ method, url }: TransportRequest): readonly FaultAction[] {
		const { searchParams } = new URL(url);
		const partNumber = searchParams.get('partNumber');
		const target = { operation: operationOf(method, searchParams), method };
		return this.faults
			.strike(partNumber === null ? target : { ...target, partNumber: Number(partNumber) })
			.map(({ action }) => action);
	}
}

/**
 * Whether it makes an object: such a request must not get there after its page is gone, since the next one may by then have
 * put another version of the file in its place, and no client could do anything about that; nor may a PutObject that was
 * given up for.
 */
function finishes(request: TransportRequest, end: LineEnd): boolean {
	return makes(request) && (request.method === 'PUT' || end.isGone());
}

function makes({ method, url }: TransportRequest): boolean {
	const operation = operationOf(method, new URL(url).searchParams);
	return operation === 'PutObject' || operation === 'CompleteMultipartUpload';
}

function delayOf(faults: readonly FaultAction[], applied: boolean): number {
	let delayMs = 0;
	for (const fault of faults) {
		if (fault.type === 'delay' && (fault.applied ?? false) === applied) delayMs += fault.ms;
	}
	return delayMs;
}

function operationOf(method: string, query: URLSearchParams): OssOperation {
	if (query.has('uploads')) return 'InitiateMultipartUpload';
	const isOfUpload = query.has('uploadId');
	switch (method) {
		case 'PUT':
			return isOfUpload ? 'UploadPart' : 'PutObject';
		case 'POST':
			return 'CompleteMultipartUpload';
		case 'DELETE':
			return 'AbortMultipartUpload';
		case 'GET':
			return 'ListParts';
		default:
			return 'HeadObject';
	}
}

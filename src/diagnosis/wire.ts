import { withDeadline } from '../base/abortable.js';
import { isUploadError, ServiceError, type UploadError } from '../base/errors.js';
import { systemClock } from '../browser/clock.js';
import { fetchTransport } from '../browser/network/fetch-transport.js';
import { loadSha256 } from '../browser/sha256.js';
import type { ObjectSettings } from '../core/model.js';
import type { Remote, Transport, TransportResponse } from '../core/ports.js';
import { createOssClient, type OssClientOptions } from '../oss/client.js';
import { type Endpoint, resolveEndpoint } from '../oss/endpoint.js';
import { isOfOss } from '../oss/evidence.js';
import { answerType } from '../oss/media-type.js';
import { kindOf, type RequestKind } from '../oss/request-kind.js';
import type { Subject } from './subject.js';

/** Seconds that one request may take: none of them carries more than some bytes. */
export const PATIENCE_S = 15;

/** Milliseconds: see `Remote.serverTime`. */
const UNKNOWN_MS = 15 * 60_000;

const inTime = <T>(signal: AbortSignal, work: (scope: AbortSignal) => Promise<T>): Promise<T> =>
	withDeadline(systemClock, 1000 * PATIENCE_S, signal, work);

/**
 * What became of a request: `refused` by OSS, in its words; `foreign`: answered by something else; `unanswered`: nothing can
 * be read; `silent`: nothing came in time; `provider`: it could not be signed.
 */
export type Outcome<T> =
	| { readonly type: 'answered'; readonly value: T }
	| { readonly type: 'refused'; readonly error: ServiceError }
	| { readonly type: 'foreign' | 'unanswered' | 'silent' | 'provider'; readonly error: UploadError };

/** An answer, or why there is none. */
interface Seen {
	/** In a line. */
	readonly words: string;
	readonly response?: TransportResponse;
}

const SETTINGS: ObjectSettings = { headers: {}, guessedContentType: 'text/plain', verify: 'none' };

/** Requests to one object as the uploader would send them, one at a time, and what was seen of each. */
export class Wire {
	readonly endpoint: Endpoint;
	readonly remote: Remote;
	readonly transport: Transport;
	/** Of the latest request. */
	response: TransportResponse | undefined;
	request: RequestKind | undefined;
	/** What came last of each method. */
	readonly latest: Map<string, Seen> = new Map();
	/** OSS has answered, and its request id could not be read. */
	hidesId = false;
	/** A HEAD was taken, and got no answer in time: no other is sent only to see whether anybody is there. */
	keepsHead = false;
	readonly #signal: AbortSignal;
	readonly #close: () => void;

	constructor(options: Subject, key: string, signal: AbortSignal) {
		const transport = options.transport ?? fetchTransport();
		this.endpoint = resolveEndpoint(options);
		this.#signal = signal;
		this.transport = {
			reaches: async (url, asked) => {
				if (this.keepsHead) return false;
				try {
					return await inTime(asked, (scope) => transport.reaches(url, scope));
				} catch {
					asked.throwIfAborted();
					this.keepsHead = true;
					return false;
				}
			},
			send: async (request) => {
				const { method, signal } = request;
				const send = (scope: AbortSignal) => transport.send({ ...request, signal: scope });
				try {
					const response = await inTime(signal, send);
					this.response = response;
					this.hidesId ||= isOfOss(response) && !response.header('x-oss-request-id');
					this.latest.set(method, { words: answerType(response), response });
					return response;
				} catch (error) {
					this.latest.set(method, { words: Object(error).message });
					throw error;
				}
			},
		};
		const recorded: Transport = {
			...this.transport,
			send: (request) => {
				this.request = kindOf(request);
				return this.transport.send(request);
			},
		};
		const world: Pick<OssClientOptions, 'endpoint' | 'transport' | 'clock' | 'loadSha256'> = {
			...{ endpoint: this.endpoint, transport: recorded, clock: systemClock, loadSha256 },
		};
		const client = createOssClient({ ...options, ...world });
		this.remote = client.forObject(key, SETTINGS);
		this.#close = () => client.close();
	}

	async ask<T>(work: (remote: Remote, signal: AbortSignal) => Promise<T>): Promise<Outcome<T>> {
		this.response = undefined;
		this.request = undefined;
		try {
			return { type: 'answered', value: await work(this.remote, this.#signal) };
		} catch (error) {
			this.#signal.throwIfAborted();
			if (!isUploadError(error)) throw error;
			return this.#outcomeOf(error);
		}
	}

	/** What the latest answer to this method was, in a line; by default that to the latest request. */
	seen(method: string = this.request?.method ?? ''): string {
		return this.latest.get(method)?.words ?? 'no answer that can be read';
	}

	/** A HEAD has no body to know OSS by: a header has to show it, where OSS's answers show theirs. */
	get isForeignHead(): boolean {
		const { request, response, hidesId } = this;
		return request?.method === 'HEAD' && response !== undefined && !hidesId && !isOfOss(response);
	}

	/** Milliseconds that OSS's clock is ahead of this machine's, as far as its answers have told. */
	skewMs(): number {
		const now = Date.now();
		const ahead = this.remote.serverTime(now) - now;
		// Where nothing was told, it is behind by as much as OSS bears.
		return Math.abs(ahead) > UNKNOWN_MS ? ahead : 0;
	}

	close(): void {
		this.#close();
	}

	#outcomeOf(error: UploadError): Outcome<never> {
		const { request } = this;
		if (error.code === 'Credentials') return { type: 'provider', error };
		if (error.code === 'Network') return { type: 'unanswered', error };
		if (error.code === 'Timeout') return { type: 'silent', error };
		// A HEAD has no body to tell a code.
		const isCodeless = request?.method === 'HEAD' && !this.isForeignHead;
		const isRefused = error instanceof ServiceError && (error.ossCode !== undefined || isCodeless);
		return isRefused ? { type: 'refused', error } : { type: 'foreign', error };
	}
}

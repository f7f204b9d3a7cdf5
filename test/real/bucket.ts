import { setTimeout as pause } from 'node:timers/promises';
import type { Signer } from '../../src/sign.js';
import type { Ledger } from './ledger.js';

/** Of one request: the line may be slow. */
const PATIENCE_MS = 10 * 60_000;
const TRIES = 3;
const BETWEEN_MS = 2000;

export interface Answer {
	readonly status: number;
	readonly headers: Headers;
	readonly body: Uint8Array;
	/** Of XML; `''` for anything else. */
	readonly text: string;
	/** The text of the first element of that name. */
	xml(name: string): string | undefined;
	/** Milliseconds since 1970, whole seconds, by OSS's clock. */
	readonly date: number;
	/** For a sentence: status, code, EC and request id. */
	toString(): string;
}

export interface Ask {
	readonly query?: Readonly<Record<string, string>>;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: Uint8Array<ArrayBuffer> | string;
}

/** The bucket as this process sees it: no CORS hides anything here. */
export class Bucket {
	readonly #signer: Signer;
	readonly #ledger: Ledger;

	constructor(signer: Signer, ledger: Ledger) {
		this.#signer = signer;
		this.#ledger = ledger;
	}

	/** Whatever is answered; sent again where nothing is, or OSS is busy. */
	async ask(method: string, key: string | undefined, ask: Ask = {}): Promise<Answer> {
		for (let left = TRIES - 1; ; left--) {
			const answer = await this.#send(method, key, ask).catch((error: unknown) => {
				if (left === 0) throw error;
			});
			if (answer && (answer.status !== 503 || left === 0)) return answer;
			await pause(BETWEEN_MS);
		}
	}

	/**
	 * As `ask`.
	 *
	 * @throws Error for any status but 2xx
	 */
	async need(method: string, key: string | undefined, ask: Ask = {}): Promise<Answer> {
		const answer = await this.ask(method, key, ask);
		if (answer.status >= 200 && answer.status < 300) return answer;
		throw new Error(`${method} ${key ?? 'of the bucket'} was answered ${answer}`);
	}

	async #send(method: string, key: string | undefined, { query, headers, body }: Ask): Promise<Answer> {
		const signed = await this.#signer.sign({ method, key, query, headers });
		const at = new Date().toISOString();
		const end = this.#ledger.note({ at, from: 'node', method, url: signed.url });
		const signal = AbortSignal.timeout(PATIENCE_MS);
		const request = {
			method,
			headers: signed.headers,
			signal,
			...(body !== undefined && { body: bytesOf(body) }),
		};
		const response = await fetch(signed.url, request);
		end({ status: response.status, requestId: response.headers.get('x-oss-request-id') ?? undefined });
		return answerOf(response, new Uint8Array(await response.arrayBuffer()));
	}
}

/** A text would go out with a Content-Type that is not signed. */
const bytesOf = (body: Uint8Array<ArrayBuffer> | string): Uint8Array<ArrayBuffer> =>
	typeof body === 'string' ? new TextEncoder().encode(body) : body;

function answerOf({ status, headers }: Response, body: Uint8Array): Answer {
	const isXml = headers.get('content-type')?.includes('xml');
	const text = isXml ? new TextDecoder().decode(body) : '';
	const xml = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1];
	const said = [status, xml('Code'), xml('EC'), xml('Message')].filter(Boolean).join(' ');
	return {
		status,
		headers,
		body,
		text,
		xml,
		date: Date.parse(headers.get('date') ?? ''),
		toString: () => `${said} (request ${headers.get('x-oss-request-id') ?? 'without an id'})`,
	};
}

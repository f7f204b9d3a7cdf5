import type { Transport, TransportRequest, TransportResponse } from '../../src/core/ports.js';

export interface Answer {
	readonly status?: number;
	/** Lower-case names. */
	readonly headers?: Readonly<Record<string, string>>;
	readonly text?: string;
}

/** An OSS whose every answer is written down beforehand; what it was asked stands in `requests`. */
export class ScriptedTransport implements Transport {
	readonly requests: TransportRequest[] = [];
	readonly probes: string[] = [];
	reachable = true;
	readonly #answers: (Answer | Error | (() => Promise<Answer>))[] = [];

	answer(...answers: (Answer | Error | (() => Promise<Answer>))[]): void {
		this.#answers.push(...answers);
	}

	get last(): TransportRequest {
		const last = this.requests.at(-1);
		if (last === undefined) throw new Error('Nothing was sent');
		return last;
	}

	async send(request: TransportRequest): Promise<TransportResponse> {
		this.requests.push(request);
		const next = this.#answers.shift();
		if (next === undefined) throw new Error(`No answer to ${request.method} ${request.url}`);
		if (next instanceof Error) throw next;
		const { status = 200, headers = {}, text = '' } = typeof next === 'function' ? await next() : next;
		return { status, header: (name) => headers[name], text };
	}

	async reaches(url: string): Promise<boolean> {
		this.probes.push(url);
		return this.reachable;
	}
}

/** OSS's error document. */
export const errorXml = (code: string, more = ''): string =>
	`<?xml version="1.0" encoding="UTF-8"?>\n<Error>\n  <Code>${code}</Code>\n  <Message>Why</Message>\n  <RequestId>R-XML</RequestId>\n  <HostId>h</HostId>${more}\n</Error>`;

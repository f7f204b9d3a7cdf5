import { UploadError } from '../../src/base/errors.js';
import type { Transport, TransportRequest, TransportResponse } from '../../src/core/ports.js';

const SIMPLE_METHODS = ['GET', 'HEAD', 'POST'];
const SIMPLE_TYPE = /^(text\/plain|multipart\/form-data|application\/x-www-form-urlencoded)\s*(;|$)/i;
const SIMPLE_HEADERS = ['accept', 'accept-language', 'content-language'];
const ALWAYS_SHOWN = ['cache-control', 'content-length', 'content-type', 'expires', 'last-modified'];

/**
 * Sends as a page of another origin would (Fetch standard, section 3.3): asks for a preflight where one is needed, and
 * tells as little as a browser does.
 */
export class BrowserLikeTransport implements Transport {
	readonly origin: string = 'https://app.example.com';
	/** Of requests that went out, preflights apart. */
	readonly sent: TransportRequest[] = [];
	readonly preflights: string[] = [];
	/** How often it was asked whether anybody is there. */
	reached = 0;
	/** Whether the next connection is lost. */
	loses: () => boolean = () => false;
	/** Cross-origin isolated: what is asked without CORS fails. */
	isIsolated = false;
	/** Answers in place of the server, as a service worker does. */
	interceptor: (request: TransportRequest) => TransportResponse | undefined = () => undefined;

	async send(request: TransportRequest): Promise<TransportResponse> {
		const { method, url, headers, body, signal } = request;
		signal.throwIfAborted();
		const intercepted = this.interceptor(request);
		if (intercepted) return intercepted;
		const asked = unsafe(headers);
		if (asked.length > 0 || !SIMPLE_METHODS.includes(method)) await this.#preflight(request, asked);
		this.sent.push(request);
		const response = await this.#fetch(url, {
			method,
			headers: { ...headers, origin: this.origin },
			body: body ?? null,
			signal,
		});
		if (!this.#isAllowed(response)) throw silence();
		const shown = [...ALWAYS_SHOWN, ...listOf(response, 'access-control-expose-headers')];
		return {
			status: response.status,
			text: await response.text(),
			header: (name) => (shown.includes(name) ? (response.headers.get(name) ?? undefined) : undefined),
		};
	}

	async reaches(url: string, signal: AbortSignal): Promise<boolean> {
		signal.throwIfAborted();
		this.reached++;
		if (this.isIsolated) return false;
		return this.#fetch(url, { method: 'HEAD', signal }).then(
			() => true,
			() => false,
		);
	}

	async #preflight({ method, url, signal }: TransportRequest, names: readonly string[]): Promise<void> {
		this.preflights.push([method, ...names].join(' '));
		const response = await this.#fetch(url, {
			method: 'OPTIONS',
			headers: {
				origin: this.origin,
				'access-control-request-method': method,
				...(names.length > 0 && { 'access-control-request-headers': names.join(',') }),
			},
			signal,
		});
		const methods = [...SIMPLE_METHODS, ...listOf(response, 'access-control-allow-methods')];
		const allowed = listOf(response, 'access-control-allow-headers');
		const passes =
			response.ok &&
			this.#isAllowed(response) &&
			methods.some((each) => each.toUpperCase() === method) &&
			names.every((name) => allowed.includes(name));
		if (!passes) throw silence();
	}

	async #fetch(url: string, init: RequestInit): Promise<Response> {
		if (this.loses()) throw silence();
		return fetch(url, init).catch(() => {
			init.signal?.throwIfAborted();
			throw silence();
		});
	}

	#isAllowed({ headers }: Response): boolean {
		return ['*', this.origin].includes(headers.get('access-control-allow-origin') ?? '');
	}
}

const unsafe = (headers: TransportRequest['headers']): string[] =>
	Object.entries(headers).flatMap(([name, value]) => {
		const isSimple = name === 'content-type' ? SIMPLE_TYPE.test(value) : SIMPLE_HEADERS.includes(name);
		return isSimple ? [] : [name];
	});

const listOf = ({ headers }: Response, name: string): string[] =>
	(headers.get(name) ?? '').split(',').map((each) => each.trim().toLowerCase());

const silence = (): UploadError => new UploadError('Network', 'No answer', { retryable: true });

import { UploadError } from '../../src/base/errors.js';
import type { TransportRequest, TransportResponse } from '../../src/core/ports.js';
import { ORIGIN } from './cors-rules.js';

const SAFE_METHODS: readonly string[] = ['GET', 'HEAD', 'POST'];
const SAFE_TYPE = /^(text\/plain|multipart\/form-data|application\/x-www-form-urlencoded)\b/i;
const SAFE_ANSWER_HEADERS: readonly string[] = [
	'cache-control',
	'content-language',
	'content-length',
	'content-type',
	'expires',
	'last-modified',
	'pragma',
];

type Ask = (url: string, headers: Readonly<Record<string, string>>) => Promise<Response>;

/** What a browser makes of the bucket's CORS rule, which Node does not look at: by OSS's own answers to preflights. */
export class BrowserCors {
	readonly #ask: Ask;
	readonly #passed = new Set<string>();

	constructor(ask: Ask) {
		this.#ask = ask;
	}

	/** Rejects as `fetch` does where the preflight is refused, or gets no answer: both look alike to a page. */
	async expectAllowed({ method, url, headers }: TransportRequest): Promise<void> {
		const names = Object.entries(headers)
			.filter(([name, value]) => name.toLowerCase() !== 'content-type' || !SAFE_TYPE.test(value))
			.map(([name]) => name.toLowerCase())
			.sort();
		const needed = `${method} ${names}`;
		if ((SAFE_METHODS.includes(method) && names.length === 0) || this.#passed.has(needed)) return;
		const answer = await this.#ask(url, {
			origin: ORIGIN,
			'access-control-request-method': method,
			...(names.length > 0 && { 'access-control-request-headers': names.join(',') }),
		}).catch(() => undefined);
		if (!answer?.ok || !isShown((name) => answer.headers.get(name))) throw noAnswer();
		const listed = (name: string): string[] =>
			(answer.headers.get(name) ?? '').split(',').map((each) => each.trim().toLowerCase());
		const methods = listed('access-control-allow-methods');
		const allowed = listed('access-control-allow-headers');
		const isMethodAllowed = SAFE_METHODS.includes(method) || methods.includes(method.toLowerCase());
		if (!isMethodAllowed || !names.every((name) => allowed.includes(name))) throw noAnswer();
		this.#passed.add(needed);
	}

	/** The answer as the page may see it. */
	asSeen(answer: TransportResponse): TransportResponse {
		if (!isShown((name) => answer.header(name))) throw noAnswer();
		const exposed = (answer.header('access-control-expose-headers') ?? '')
			.split(',')
			.map((name) => name.trim().toLowerCase());
		const { status, text } = answer;
		const isReadable = (name: string) => SAFE_ANSWER_HEADERS.includes(name) || exposed.includes(name);
		return { status, text, header: (name) => (isReadable(name) ? answer.header(name) : undefined) };
	}
}

function isShown(header: (name: string) => string | null | undefined): boolean {
	const origin = header('access-control-allow-origin');
	return origin === '*' || origin === ORIGIN;
}

export const noAnswer = (): UploadError => new UploadError('Network', 'No answer', { retryable: true });

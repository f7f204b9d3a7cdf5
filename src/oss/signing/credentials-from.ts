import ky, { HTTPError, type Options } from 'ky';
import { UploadError } from '../../base/errors.js';
import { expect } from '../../base/expect.js';
import { mediaType } from '../media-type.js';
import { quotation } from '../quotation.js';
import type { CredentialsRequest, GetCredentials } from './credentials.js';
import { type CredentialsAnswer, readCredentials } from './credentials-answer.js';
import { isNetworkFailure, isUnserved } from './network-failure.js';
import { unexpected, unreachable } from './provider.js';

/**
 * What `fetch` takes, and ky's `json`, `searchParams`, `hooks`, `retry`, `timeout` and the like. Hooks find `bucket`,
 * `key` and `reason` in their `context`. The signal is the uploader's.
 */
export type CredentialsInit = Omit<Options, 'signal' | 'prefixUrl' | 'throwHttpErrors'>;

/**
 * Makes a `getCredentials` that asks an endpoint of your own server, which answers JSON in any of the shapes of
 * `CredentialsAnswer`. By default a GET that no cache answers; a POST where `init` has a body. Asked again up to two
 * times after 408, 413, 429, 500, 502, 503 and 504, given up after 10 s (`init.retry`, `init.timeout`).
 *
 * The promise rejects with `Credentials`: with a `Network` error as its cause where no answer came; `retryable: false`
 * where the server refused (401, 403, 404 and their like). No error quotes a secret, or the query of `url`.
 *
 * @param url relative to the page, in a worker to its script
 * @throws TypeError at once for a wrong argument
 */
export function credentialsFrom(url: string | URL, init: CredentialsInit = {}): GetCredentials {
	const address = expectAddress(url);
	expectInit(init);
	const input = String(url);
	return async (request) => {
		try {
			return readBody(await ask(input, init, request), address, init.parseJson);
		} catch (error) {
			request.signal.throwIfAborted();
			throw asCredentials(error, address);
		}
	};
}

/** An answer with its body read, so that a body that breaks off counts as no answer. */
interface Body {
	readonly status: number;
	readonly isOk: boolean;
	readonly type: string | undefined;
	readonly text: string;
}

async function ask(
	input: string,
	init: CredentialsInit,
	{ signal, bucket, key, reason }: CredentialsRequest,
): Promise<Body> {
	const defaults: Options = {
		method: hasBody(init) ? 'post' : 'get',
		cache: 'no-store',
		headers: { accept: 'application/json' },
	};
	// As ky merges them: an app's own Accept stands instead of ours.
	const response = await ky
		.create(defaults)(input, {
			...init,
			// A server may ask for an hour, but a provider has 30 s.
			retry: {
				maxRetryAfter: 5_000,
				// Nothing is made by asking: ky would leave a POST at its first answer.
				methods: ['get', 'post', 'put'],
				...(typeof init.retry === 'number' ? { limit: init.retry } : init.retry),
			},
			context: { ...init.context, bucket, key, reason },
			throwHttpErrors: true,
			signal,
		})
		.catch((error: unknown) => {
			if (error instanceof HTTPError) return error.response;
			throw error;
		});
	const type = mediaType(response.headers.get('content-type'));
	return { status: response.status, isOk: response.ok, type, text: await response.text() };
}

/** What the server answered, once it is known to be credentials. */
function readBody(
	body: Body,
	address: string,
	parse: (text: string) => unknown = JSON.parse,
): CredentialsAnswer {
	const json = parseJson(body.text, parse);
	if (!body.isOk || json === undefined) throw refused(body, json, address);
	readCredentials(json, address, unexpected);
	return json as CredentialsAnswer;
}

/** Undefined when it is none. */
function parseJson(text: string, parse: (text: string) => unknown): unknown {
	try {
		return parse(text);
	} catch {
		return undefined;
	}
}

/** Statuses below 500 that may pass by themselves. */
const PASSING = [408, 425, 429];

function refused({ status, isOk, type, text }: Body, json: unknown, address: string): UploadError {
	const answered = `${address} answered ${status}${type ? ` ${type}` : ''}`;
	const retryable = status < 400 || status >= 500 || PASSING.includes(status);
	const message = `${answered}, ${beginning(text, json)}. ${nextStep(status, isOk)}`;
	if (isUnserved(status)) return unreachable(message, undefined, status);
	return new UploadError('Credentials', message, { status, retryable });
}

const SECRET = /secret|token|access_?key|passw|credential|signature/i;

/** So that a login page or a stack trace is recognized. Of JSON that holds a secret, only the names. */
function beginning(text: string, json: unknown): string {
	const names = namesIn(json);
	if (names.some((name) => SECRET.test(name))) {
		return `an object with ${names
			.slice(0, 10)
			.map((name) => `\`${quotation(name, 40)}\``)
			.join(', ')}`;
	}
	// A mere text or list could be one.
	if (json !== undefined && names.length === 0) return 'JSON without a field';
	const quoted = quotation(text, 100);
	return quoted ? `beginning with: ${quoted}` : 'without a body';
}

/** Of all its fields, however deep. */
function namesIn(json: unknown): string[] {
	const names = new Set<string>();
	JSON.stringify(json, (name, value) => {
		if (name && !/^\d+$/.test(name)) names.add(name);
		return value;
	});
	return [...names];
}

function nextStep(status: number, isOk: boolean): string {
	if (isOk) return 'Have it answer the credentials as JSON';
	if (status === 401 || status === 403) {
		return "Sign in, or have the request carry what tells who asks (`headers`, `credentials: 'include'`)";
	}
	if (status === 404 || status === 405) return 'Check the address and the `method`';
	return status >= 500 ? "See the server's log" : 'See what the server expects of the request';
}

function asCredentials(error: unknown, address: string): UploadError {
	if (error instanceof UploadError) return error;
	const cause = isTelling(error) ? undefined : error;
	if (isNetworkFailure(error)) {
		return unreachable(
			`No answer came from ${address}: is it up, and does its CORS let this page in?`,
			cause,
		);
	}
	return new UploadError('Credentials', `${address} could not be asked: see the \`cause\` of this error`, {
		retryable: true,
		cause,
	});
}

/** ky's errors hold the request with its headers, and quote the query, as browsers do of a URL that they refuse. */
const isTelling = (error: unknown): boolean =>
	error instanceof Error && ('request' in error || /\S[?#]\S/.test(error.message));

const hasBody = ({ body, json }: CredentialsInit): boolean => body != null || json !== undefined;

/** What an error may tell of the URL. */
function expectAddress(url: unknown): string {
	const isUrl = typeof url === 'string' || Object.prototype.toString.call(url) === '[object URL]';
	expect(isUrl, 'url', 'a string or URL (a function of your own goes to `getCredentials` as it is)', url);
	const text = String(url);
	// It is not repeated: it may hold a secret. Without a page, as on a server, it is resolved later.
	const wrong = (what: string) => new TypeError(`Expected \`url\` to be an address of your server, ${what}`);
	let parsed: URL;
	try {
		parsed = new URL(text, 'https://page.invalid');
	} catch {
		throw wrong('got something that is none');
	}
	if (!text.trim()) throw wrong('got nothing');
	if (!/^https?:$/.test(parsed.protocol)) throw wrong(`http or https, got ${parsed.protocol}`);
	if (parsed.username || parsed.password) throw wrong('got one with a user: pass `headers` instead');
	return text.replace(/[?#].*/s, '');
}

function expectInit(init: CredentialsInit): void {
	expect(typeof init === 'object' && init !== null, 'init', 'an object, as `fetch` takes it', init);
	const { method = '', headers, timeout, retry, hooks, parseJson: parse } = init;
	expect(typeof method === 'string', 'init.method', 'a string', method);
	const isBodiless = /^(get|head)$/i.test(method);
	expect(!(isBodiless && hasBody(init)), 'init.method', 'POST or the like beside a body', method);
	expect(!('signal' in init), 'init', "without a signal, since the uploader's own is passed", init);
	expect(!('prefixUrl' in init), 'init', 'without a prefixUrl, since `url` is all of the address', init);
	for (const name of WORDS)
		expect(isTaken(name, init), `init.${name}`, 'a word that `fetch` takes', Reflect.get(init, name));
	expect(
		headers === undefined || isHeaders(headers),
		'init.headers',
		'headers that `fetch` takes',
		Object(headers),
	);
	const isTime =
		timeout === undefined ||
		timeout === false ||
		(Number.isFinite(timeout) && timeout > 0 && timeout < 2 ** 31);
	expect(isTime, 'init.timeout', 'milliseconds from 1 to 2147483647, or false', timeout);
	const isRetry = retry === undefined || typeof retry === 'number' || typeof retry === 'object';
	expect(isRetry && retry !== null, 'init.retry', 'a number or an object', retry);
	expect(hooks === undefined || (typeof hooks === 'object' && hooks), 'init.hooks', 'an object', hooks);
	expect(parse === undefined || typeof parse === 'function', 'init.parseJson', 'a function', parse);
}

/** `mode` first: what else may be depends on it. */
const WORDS = ['mode', 'method', 'credentials', 'cache'] as const;

function isTaken(name: (typeof WORDS)[number], { mode, [name]: word }: CredentialsInit): unknown {
	try {
		return new Request('https://page.invalid', { ...(mode && { mode }), ...(word && { [name]: word }) });
	} catch {
		return undefined;
	}
}

function isHeaders(headers: Options['headers']): boolean {
	try {
		new Headers(headers as HeadersInit);
		return true;
	} catch {
		return false;
	}
}

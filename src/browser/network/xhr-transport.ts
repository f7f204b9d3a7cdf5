import { UploadError } from '../../base/errors.js';
import type { Transport, TransportRequest, TransportResponse } from '../../core/ports.js';
import { bodyOf, failureOf, hostOf, MAX_ANSWER_SIZE, noAnswer, redirected, tooLong } from './exchange.js';
import { fetchTransport } from './fetch-transport.js';

/** Milliseconds without a byte sent after which a request counts as stalled. */
const STALL_MS = 60_000;
/** Milliseconds an answer may take once all bytes are sent: OSS still has to store them. */
const ANSWER_MS = 120_000;

/**
 * Sends bodies by XMLHttpRequest, which shows progress inside a part and notices a stalled one; everything else
 * goes by `fetchTransport()`. Unlike fetch, XMLHttpRequest follows redirects: what was answered elsewhere is refused.
 *
 * @throws {TypeError} where there is no XMLHttpRequest, as in a service worker.
 */
export function xhrTransport(): Transport {
	if (typeof XMLHttpRequest === 'undefined') {
		throw new TypeError(
			'Expected an environment with XMLHttpRequest: service workers have none, use fetchTransport()',
		);
	}
	const byFetch = fetchTransport();
	return {
		reaches: byFetch.reaches,
		// By shape, as in `blobSource`: the file may come from another window.
		send: (request) => (typeof request.body === 'object' ? sendBody(request) : byFetch.send(request)),
	};
}

function sendBody(request: TransportRequest): Promise<TransportResponse> {
	const { method, url, headers, body, signal, onSent } = request;
	return new Promise((resolve, reject) => {
		signal.throwIfAborted();
		const host = hostOf(request);
		const xhr = new XMLHttpRequest();
		let timer: ReturnType<typeof setTimeout> | undefined;
		const end = (settle: () => void) => {
			clearTimeout(timer);
			signal.removeEventListener('abort', onAbort);
			settle();
		};
		const fail = (error: unknown) => {
			end(() => reject(error));
			// It would be told of the abort as of a failure.
			xhr.onabort = null;
			xhr.abort();
		};
		const onAbort = () => fail(signal.reason);
		const answerWithin = (ms: number) => {
			clearTimeout(timer);
			timer = setTimeout(() => fail(stalled(host, ms)), ms);
		};

		xhr.upload.onprogress = ({ loaded }) => {
			answerWithin(STALL_MS);
			onSent?.(loaded);
		};
		xhr.upload.onload = () => answerWithin(ANSWER_MS);
		xhr.onprogress = ({ loaded }) => {
			answerWithin(STALL_MS);
			if (loaded > MAX_ANSWER_SIZE) fail(tooLong(host));
		};
		xhr.onload = () => {
			if (isElsewhere(xhr.responseURL ?? '', url)) fail(redirected(host));
			else end(() => resolve(answerOf(xhr)));
		};
		// An `abort` that is not ours (Safari, a page going away) is a lost connection like any other.
		xhr.onerror = xhr.onabort = () => fail(noAnswer(host));
		signal.addEventListener('abort', onAbort);
		try {
			xhr.open(method, url);
			for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value);
			answerWithin(STALL_MS);
			xhr.send(bodyOf(body));
		} catch (error) {
			fail(failureOf(host, error));
		}
	});
}

/**
 * Whether the answer came from another address than was asked. The scheme may differ: a page or a host that insists on
 * https has the browser ask so from the start.
 */
const isElsewhere = (answered: string, asked: string): boolean =>
	answered !== '' && addressOf(answered) !== addressOf(new Request(asked).url);

function addressOf(url: string): string {
	const { host, pathname } = new URL(url);
	return host + pathname;
}

function answerOf(xhr: XMLHttpRequest): TransportResponse {
	// Of one string, since asking XHR for a header that CORS hides writes an error to the console.
	const headers = new Map<string, string>();
	for (const line of xhr.getAllResponseHeaders().split('\r\n')) {
		const colon = line.indexOf(':');
		headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
	}
	return { status: xhr.status, text: xhr.responseText, header: (name) => headers.get(name) };
}

const stalled = (host: string, ms: number): UploadError =>
	new UploadError('Timeout', `Nothing moved for ${ms / 1000} s to or from ${host}`, {
		retryable: true,
	});

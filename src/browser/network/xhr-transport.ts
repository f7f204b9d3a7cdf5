import type { Transport, TransportRequest, TransportResponse } from '../../core/ports.js';
import { wait } from '../wait.js';
import { bodyOf, failureOf, hostOf, MAX_ANSWER_SIZE, noAnswer, redirected } from './exchange.js';
import { fetchTransport } from './fetch-transport.js';

/**
 * Sends bodies by XMLHttpRequest, which shows progress inside a part; everything else goes by `fetchTransport()`.
 * Unlike fetch, XMLHttpRequest follows redirects: what was answered elsewhere is refused. How long nothing may move is
 * for the uploader to say.
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

async function sendBody(request: TransportRequest): Promise<TransportResponse> {
	const { method, url, headers, body, signal, onSent } = request;
	const host = () => hostOf(request);
	// Unlike fetch it would send the user's name and password that an address may hold.
	if (/^[^/]*\/\/[^/]*@/.test(url)) host();
	return wait(signal, (resolve, reject) => {
		const xhr = new XMLHttpRequest();
		if (onSent) xhr.upload.onprogress = ({ loaded }) => onSent(loaded);
		const answered = () => {
			if (isElsewhere(xhr.responseURL ?? '', url)) reject(redirected(host()));
			else resolve(answerOf(xhr));
		};
		xhr.onprogress = ({ loaded }) => {
			if (loaded > MAX_ANSWER_SIZE) answered();
		};
		xhr.onload = answered;
		// An `abort` that is not ours (Safari, a page going away) is a lost connection like any other.
		xhr.onerror = xhr.onabort = () => reject(noAnswer(host()));
		try {
			xhr.open(method, url);
			for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value);
			xhr.send(bodyOf(body));
		} catch (error) {
			reject(failureOf(host(), error));
		}
		// Of one that has been answered this means nothing.
		return () => xhr.abort();
	});
}

/**
 * Whether the answer came from another address than was asked. The scheme may differ: a page or a host that insists on
 * https has the browser ask so from the start.
 */
const isElsewhere = (answered: string, asked: string): boolean =>
	answered !== '' && answered !== asked && addressOf(answered) !== addressOf(new Request(asked).url);

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

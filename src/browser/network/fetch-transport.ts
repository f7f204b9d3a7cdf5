import ky from 'ky';
import { abortable } from '../../base/abortable.js';
import type { Transport, TransportRequest, TransportResponse } from '../../core/ports.js';
import { bodyOf, failureOf, hostOf, MAX_ANSWER_SIZE, redirected } from './exchange.js';

/** The default: a part's bytes go from the disk to the network and never through the page's memory. */
export function fetchTransport(): Transport {
	return {
		async send(request) {
			request.signal.throwIfAborted();
			// Whatever does not heed the signal, a service worker or who wraps `fetch`: the attempt ends with it.
			return abortable(request.signal, exchange(request));
		},
		reaches: (url, signal) =>
			// HEAD, since the body could not be read anyway.
			ky(url, { ...ONCE, method: 'HEAD', mode: 'no-cors', cache: 'no-store', signal }).then(
				() => true,
				() => {
					signal.throwIfAborted();
					return false;
				},
			),
	};
}

/** Retries, time-outs and the meaning of a status are decided above, where each attempt is signed afresh. */
const ONCE = { retry: 0, timeout: false, throwHttpErrors: false, credentials: 'omit' } as const;

async function exchange(request: TransportRequest): Promise<TransportResponse> {
	const response = await respond(request).catch((error: unknown) => {
		throw failureOf(hostOf(request), error);
	});
	const { status, headers, body } = response;
	if (isRedirect(response)) throw redirected(hostOf(request));
	// A stream costs as much as all the rest of a small request, and most answers are empty. That of a HEAD always is, though
	// Chromium has a stream for it; the length that it names is the object's.
	const isEmpty = request.method === 'HEAD' || body === null || headers.get('content-length') === '0';
	const text = isEmpty ? '' : await textOf(body, request);
	return { status, text, header: (name) => headers.get(name) ?? undefined };
}

async function respond({ method, url, headers, body, signal }: TransportRequest): Promise<Response> {
	const init = {
		method,
		headers,
		signal,
		body: bodyOf(body),
		// Not followed, and unlike with `error` it can be told from a lost connection.
		redirect: 'manual',
		// `no-store` only where something is read: it adds `Cache-Control: no-cache` to the request, which OSS would
		// keep as the new object's own Cache-Control.
		cache: method === 'GET' || method === 'HEAD' ? 'no-store' : 'default',
	} as const;
	// Not by ky, which makes two Requests of each call: a file's bytes, since a cloned body is teed into memory in some
	// engines, and a HEAD, since each of a thousand files may want one, and the two take a quarter of a millisecond. By
	// shape, as in `blobSource`: the file may come from another window.
	if (typeof body === 'object' || method === 'HEAD')
		return fetch(url, { ...init, credentials: ONCE.credentials });
	return ky(url, { ...init, ...ONCE });
}

/** A browser hides its status and address, Node shows them. */
const isRedirect = ({ type, status, headers }: Response): boolean =>
	type === 'opaqueredirect' || ([301, 302, 303, 307, 308].includes(status) && headers.has('location'));

/** Still under the request's signal: a body that hangs ends with it. */
async function textOf(body: ReadableStream<Uint8Array>, request: TransportRequest): Promise<string> {
	const reader = body.getReader();
	const decoder = new TextDecoder();
	let text = '';
	for (;;) {
		const { value: chunk } = await reader.read().catch((error: unknown) => {
			throw failureOf(hostOf(request), error);
		});
		text += decoder.decode(chunk, { stream: chunk !== undefined });
		if (!chunk) return text;
		if (text.length > MAX_ANSWER_SIZE) {
			// Not waited for, as it may hang like any other read.
			reader.cancel().catch(() => {});
			return text;
		}
	}
}

import ky from 'ky';
import type { Transport, TransportRequest } from '../core/ports.js';
import { UploadError } from '../errors.js';
import { bodyOf, hostOf, MAX_ANSWER_SIZE, noAnswer, tooLong } from './exchange.js';

/** The default: a part's bytes go from the disk to the network and never through the page's memory. */
export function fetchTransport(): Transport {
	return {
		async send(request) {
			const { signal } = request;
			signal.throwIfAborted();
			try {
				const { status, headers, body } = await respond(request);
				const text = await textOf(body, request);
				return { status, text, header: (name) => headers.get(name) ?? undefined };
			} catch (error) {
				signal.throwIfAborted();
				// Nobody aborted: Safari reports a lost connection as an `AbortError`.
				throw error instanceof UploadError ? error : noAnswer(hostOf(request), error);
			}
		},
		reaches: (url, signal) =>
			// HEAD, since the body could not be read anyway.
			fetch(url, { method: 'HEAD', mode: 'no-cors', cache: 'no-store', credentials: 'omit', signal }).then(
				() => true,
				() => {
					signal.throwIfAborted();
					return false;
				},
			),
	};
}

function respond({ method, url, headers, body, signal }: TransportRequest): Promise<Response> {
	const send = () =>
		fetch(url, {
			method,
			headers,
			signal,
			body: bodyOf(body),
			credentials: 'omit',
			// Followed, a redirect would carry the security token to an address that nobody signed for.
			redirect: 'error',
			// `no-store` only where something is read: it adds `Cache-Control: no-cache` to the request, which OSS would
			// keep as the new object's own Cache-Control.
			cache: method === 'GET' || method === 'HEAD' ? 'no-store' : 'default',
		});
	// A file's bytes go straight to `fetch`: ky makes two Requests of each call, and a cloned body is teed into memory
	// in some engines. By shape, as in `blobSource`: the file may come from another window.
	if (typeof body === 'object') return send();
	// Nor does ky see the signal: it would be tied to another one for each request, for as long as the task lives.
	// Retries, time-outs and the meaning of a status are decided above, where each attempt is signed afresh.
	return ky(url, { retry: 0, timeout: false, throwHttpErrors: false, fetch: send });
}

/** Still under the request's signal: a body that hangs ends with it. */
async function textOf(body: Response['body'], request: TransportRequest): Promise<string> {
	const reader = body?.getReader();
	const decoder = new TextDecoder();
	let text = '';
	for (;;) {
		const chunk = (await reader?.read())?.value;
		text += decoder.decode(chunk, { stream: chunk !== undefined });
		if (!chunk) return text;
		if (text.length > MAX_ANSWER_SIZE) {
			await reader?.cancel();
			throw tooLong(hostOf(request));
		}
	}
}

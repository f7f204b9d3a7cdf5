import { afterEach, expect, test, vi } from 'vitest';
import { fetchTransport } from '../../../src/browser/network/fetch-transport.js';
import { describeTransport } from './transport-contract.js';

describeTransport('fetch', fetchTransport);

afterEach(() => {
	vi.unstubAllGlobals();
});

function stubFetch(answer: () => Promise<Response> = async () => new Response('')) {
	const fetch = vi.fn((_asked: string | Request, _init: RequestInit) => answer());
	vi.stubGlobal('fetch', fetch);
	return fetch;
}

const request = { url: 'https://oss.test/key?s=SECRET', headers: {}, signal: new AbortController().signal };

test('the Blob itself goes to fetch, not a copy and not a stream', async () => {
	const fetch = stubFetch();
	const body = new Blob(['abc']).slice(1, 2);
	await fetchTransport().send({ ...request, method: 'PUT', body });
	expect(fetch.mock.calls[0]?.[1].body).toBe(body);
});

test('a file’s bytes go along with no cookie, and no redirect takes the token elsewhere', async () => {
	const fetch = stubFetch();
	await fetchTransport().send({ ...request, method: 'PUT', body: new Blob(['abc']) });
	expect(fetch.mock.calls[0]?.[1]).toMatchObject({
		credentials: 'omit',
		redirect: 'manual',
		cache: 'default',
	});
});

test('what carries no file is a request of ky’s own, with its method, headers, text and signal', async () => {
	const fetch = stubFetch();
	const controller = new AbortController();
	const headers = { 'x-oss-date': '20231216T162057Z' };
	const { signal } = controller;
	await fetchTransport().send({ ...request, method: 'POST', headers, signal, body: '<xml/>' });
	const asked = fetch.mock.calls[0]?.[0] as Request;
	expect(asked.method).toBe('POST');
	expect(asked.headers.get('x-oss-date')).toBe('20231216T162057Z');
	expect(asked.headers.get('content-type') ?? '').toBe('');
	controller.abort('mine');
	expect(asked.signal.reason).toBe('mine');
});

test('an AbortError that nobody asked for is a lost connection', async () => {
	stubFetch(() => Promise.reject(new DOMException('Safari', 'AbortError')));
	await expect(fetchTransport().send({ ...request, method: 'PUT' })).rejects.toMatchObject({
		code: 'Network',
		retryable: true,
		cause: { name: 'AbortError' },
	});
});

test.each([
	['Chrome', 'Failed to fetch'],
	['Firefox', 'NetworkError when attempting to fetch resource.'],
	['Safari', 'Load failed'],
	['Safari, in Chinese', '网络连接已中断。'],
	['Safari, of CORS', 'Origin https://app.test is not allowed by Access-Control-Allow-Origin.'],
	['Node', 'fetch failed'],
])('a network failure in the words of %s is Network, and may be tried again', async (_, message) => {
	const cause = new TypeError(message);
	stubFetch(() => Promise.reject(cause));
	for (const body of [new Blob(['abc']), 'text', undefined]) {
		await expect(
			fetchTransport().send({ ...request, method: 'POST', ...(body && { body }) }),
		).rejects.toMatchObject({ code: 'Network', retryable: true, cause });
	}
});

const mistakeOf = (code: string): unknown => {
	try {
		return new Function(code)();
	} catch (error) {
		return error;
	}
};

test.each<[string, unknown]>([
	['a call of what is no function', mistakeOf('({}).send()')],
	['a property of nothing', mistakeOf('return undefined.body')],
	[
		'an argument that the browser refuses',
		new TypeError("Failed to execute 'fetch' on 'Window': Invalid name"),
	],
	['a mistake in Firefox’s words', new TypeError('can\'t access property "body", options is undefined')],
	['a mistake in Safari’s words', new TypeError("undefined is not an object (evaluating 'options.body')")],
	['any error that fetch does not know', new RangeError('too much')],
	['what is no error', 'a word'],
])('%s surfaces as what it is, and is not tried again for minutes', async (_, mistake) => {
	stubFetch(() => Promise.reject(mistake));
	for (const body of [new Blob(['abc']), 'text']) {
		await expect(fetchTransport().send({ ...request, method: 'POST', body })).rejects.toBe(mistake);
	}
});

test.each(['NotReadableError', 'NotFoundError'])(
	'a body whose file the browser cannot read (%s) is FileUnreadable [B12]',
	async (name) => {
		const cause = new DOMException('gone', name);
		stubFetch(() => Promise.reject(cause));
		await expect(
			fetchTransport().send({ ...request, method: 'PUT', body: new Blob(['abc']) }),
		).rejects.toMatchObject({ code: 'FileUnreadable', retryable: false, cause });
	},
);

test('a redirect, of which a browser hides all else, is told as one, by its host alone [A5]', async () => {
	stubFetch(async () => Object.assign(Response.error(), { type: 'opaqueredirect' }));
	for (const body of [new Blob(['abc']), 'text']) {
		const failure = await fetchTransport()
			.send({ ...request, method: 'PUT', body })
			.catch((error: unknown) => error);
		expect(failure).toMatchObject({ code: 'Service', retryable: true });
		expect(String(failure)).toMatch(/oss\.test redirects .*`endpoint`/);
		expect(String(failure)).not.toContain('SECRET');
	}
});

test.each<[string, () => Promise<Response>]>([
	['an answer', () => new Promise(() => {})],
	['a body', async () => new Response(new ReadableStream())],
])('%s that hangs and heeds no signal ends with the signal all the same', async (_, answer) => {
	const asked = stubFetch(answer);
	const controller = new AbortController();
	const sent = fetchTransport().send({ ...request, method: 'GET', signal: controller.signal });
	await vi.waitUntil(() => asked.mock.calls.length > 0);
	const reason = new Error('mine');
	controller.abort(reason);
	await expect(sent).rejects.toBe(reason);
});

test('each send is one request, whatever the answer', async () => {
	const fetch = stubFetch(async () => new Response('', { status: 503, headers: { 'Retry-After': '0' } }));
	expect((await fetchTransport().send({ ...request, method: 'PUT' })).status).toBe(503);
	expect(fetch).toHaveBeenCalledTimes(1);
});

test('an answer longer than OSS gives any is not read to its end', async () => {
	const cancel = vi.fn();
	const endless = new ReadableStream({ pull: (stream) => stream.enqueue(new Uint8Array(300_000)), cancel });
	stubFetch(async () => new Response(endless, { status: 502 }));
	const answer = await fetchTransport().send({ ...request, method: 'GET' });
	expect(answer.status).toBe(502);
	expect(answer.text.length).toBeLessThan(2 * 1024 * 1024);
	expect(cancel).toHaveBeenCalledTimes(1);
});

test('a character of the answer that is split between two chunks stays whole', async () => {
	const bytes = new TextEncoder().encode('错');
	const split = new ReadableStream({
		start(stream) {
			stream.enqueue(bytes.slice(0, 2));
			stream.enqueue(bytes.slice(2));
			stream.close();
		},
	});
	stubFetch(async () => new Response(split));
	expect((await fetchTransport().send({ ...request, method: 'GET' })).text).toBe('错');
});

test('an answer that breaks off in its body is a Network error', async () => {
	const cause = new TypeError('network error');
	const broken = new ReadableStream({ pull: (stream) => stream.error(cause) });
	stubFetch(async () => new Response(broken));
	await expect(fetchTransport().send({ ...request, method: 'GET' })).rejects.toMatchObject({
		code: 'Network',
		retryable: true,
		cause,
	});
});

import { afterEach, expect, test, vi } from 'vitest';
import { fetchTransport } from '../../src/browser/fetch-transport.js';
import { describeTransport } from './transport-contract.js';

describeTransport('fetch', fetchTransport);

afterEach(() => {
	vi.unstubAllGlobals();
});

function stubFetch(answer: () => Promise<Response> = async () => new Response('')) {
	const fetch = vi.fn((_url: string, _init: RequestInit) => answer());
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

test('no cookie goes along, and no redirect takes the token elsewhere', async () => {
	const fetch = stubFetch();
	await fetchTransport().send({ ...request, method: 'PUT', body: 'a' });
	expect(fetch.mock.calls[0]?.[1]).toMatchObject({ credentials: 'omit', redirect: 'error' });
});

test.each([
	['GET', 'no-store'],
	['HEAD', 'no-store'],
	['PUT', 'default'],
	['POST', 'default'],
	['DELETE', 'default'],
])(
	'%s has the cache mode %s: elsewhere no-store would set the object’s Cache-Control',
	async (method, cache) => {
		const fetch = stubFetch();
		await fetchTransport().send({ ...request, method });
		expect(fetch.mock.calls[0]?.[1].cache).toBe(cache);
	},
);

test('an AbortError that nobody asked for is a lost connection', async () => {
	stubFetch(() => Promise.reject(new DOMException('Safari', 'AbortError')));
	await expect(fetchTransport().send({ ...request, method: 'PUT' })).rejects.toMatchObject({
		code: 'Network',
		retryable: true,
		cause: { name: 'AbortError' },
	});
});

test('each send is one request, whatever the answer', async () => {
	const fetch = stubFetch(async () => new Response('', { status: 503, headers: { 'Retry-After': '0' } }));
	expect((await fetchTransport().send({ ...request, method: 'PUT' })).status).toBe(503);
	expect(fetch).toHaveBeenCalledTimes(1);
});

test('an answer longer than OSS gives any is refused, and not read to its end', async () => {
	const cancel = vi.fn();
	const endless = new ReadableStream({ pull: (stream) => stream.enqueue(new Uint8Array(300_000)), cancel });
	stubFetch(async () => new Response(endless));
	await expect(fetchTransport().send({ ...request, method: 'GET' })).rejects.toMatchObject({
		code: 'Service',
		retryable: false,
	});
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

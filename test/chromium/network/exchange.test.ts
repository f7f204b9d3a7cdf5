import { afterEach, describe, expect, test, vi } from 'vitest';
import { fetchTransport } from '../../../src/browser/network/fetch-transport.js';
import { xhrTransport } from '../../../src/browser/network/xhr-transport.js';

/** All that a log of it could show. */
const shown = (error: unknown): string =>
	error instanceof Error ? `${error.stack} ${JSON.stringify(error)} ${shown(error.cause)}` : String(error);

describe.each([
	['fetch', fetchTransport()],
	['XHR', xhrTransport()],
])(
	'%s: what cannot be sent is refused unquoted, though the browser’s own message would quote it',
	(_, transport) => {
		const { signal } = new AbortController();

		test.each([
			['a URL that is none', 'https://oss.test:SECRET/', {}],
			['a URL with a password', 'https://user:SECRET@oss.test/', {}],
			['a token with a line break', 'https://oss.test/', { 'x-oss-security-token': 'SECRET\nSECRET' }],
		])('%s', async (_, url, headers) => {
			for (const body of [new Blob(['abc']), 'text']) {
				const failure = await transport
					.send({ method: 'PUT', url, headers, body, signal })
					.catch((error: unknown) => error);
				expect(failure).toBeInstanceOf(TypeError);
				expect(String(failure)).toContain('`endpoint`');
				expect(shown(failure)).not.toContain('SECRET');
			}
		});
	},
);

describe('what fetch is asked for in a browser', () => {
	afterEach(() => {
		vi.restoreAllMocks();
	});

	async function asked(method: string, body?: Blob | string): Promise<Request> {
		const requests: Request[] = [];
		vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
			// At once: of one that is answered, ky lets the body go.
			requests.push(new Request(input, init));
			return new Response('');
		});
		const { signal } = new AbortController();
		const request = { method, url: 'https://oss.test/key', headers: {}, signal, ...(body && { body }) };
		await fetchTransport().send(request);
		expect(requests).toHaveLength(1);
		return requests[0] as Request;
	}

	test.each<[string, string, (Blob | string)?]>([
		['GET', 'no-store'],
		['HEAD', 'no-store'],
		['PUT', 'default', new Blob(['abc'])],
		['PUT', 'default', 'text'],
		['POST', 'default', 'text'],
		['DELETE', 'default'],
	])(
		'%s has the cache mode %s: elsewhere no-store would set the object’s Cache-Control',
		async (method, cache, body) => {
			expect(await asked(method, body)).toMatchObject({ method, cache });
		},
	);

	test.each<[string, Blob | string]>([
		['a file', new Blob(['abc'])],
		['text', 'abc'],
	])('with %s: no cookie, no redirect, no Content-Type that nobody signed', async (_, body) => {
		const request = await asked('POST', body);
		expect(request).toMatchObject({ credentials: 'omit', redirect: 'manual' });
		expect(request.headers.get('content-type')).toBeNull();
		expect(await request.text()).toBe('abc');
	});
});

import { describe, expect, test } from 'vitest';
import { fetchTransport } from '../../src/browser/fetch-transport.js';
import { xhrTransport } from '../../src/browser/xhr-transport.js';

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
		const body = new Blob(['abc']);

		test.each([
			['a URL that is none', 'https://oss.test:SECRET/', {}],
			['a URL with a password', 'https://user:SECRET@oss.test/', {}],
			['a token with a line break', 'https://oss.test/', { 'x-oss-security-token': 'SECRET\nSECRET' }],
		])('%s', async (_, url, headers) => {
			const failure = await transport
				.send({ method: 'PUT', url, headers, body, signal })
				.catch((error: unknown) => error);
			expect(failure).toMatchObject({ code: 'Network', retryable: false });
			expect(shown(failure)).not.toContain('SECRET');
		});
	},
);

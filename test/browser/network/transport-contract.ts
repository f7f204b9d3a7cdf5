import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Transport, TransportRequest } from '../../../src/core/ports.js';
import { type OssLikeServer, startServer } from './oss-like-server.js';

/** What every `Transport` keeps to, against a real server of another origin. */
export function describeTransport(name: string, create: () => Transport): void {
	describe(`${name} transport`, () => {
		let server: OssLikeServer;
		beforeEach(async () => {
			server = await startServer();
		});
		afterEach(() => server.close());

		const send = (request: Partial<TransportRequest> = {}) =>
			create().send({
				method: 'PUT',
				url: `${server.url}/key?partNumber=1&signature=SECRET`,
				headers: { 'x-oss-date': '20231216T162057Z' },
				signal: new AbortController().signal,
				...request,
			});
		const body = new Blob(['some bytes']);

		test('the bytes, the method, the query and the headers arrive as given', async () => {
			const bytes = new Uint8Array(300_000).map((_, index) => index * 7);
			await send({ body: new Blob([bytes]).slice(1000, 290_000) });
			expect(server.received).toMatchObject([
				{
					method: 'PUT',
					url: '/key?partNumber=1&signature=SECRET',
					size: 289_000,
					md5: createHash('md5').update(bytes.subarray(1000, 290_000)).digest('hex'),
					headers: { 'x-oss-date': '20231216T162057Z' },
				},
			]);
		});

		test('the answer has its status, its text in UTF-8, and its headers under any case', async () => {
			server.answer = (_, response) =>
				response.writeHead(403, { ETag: '"ABC"' }).end('<Error>错误 ✓</Error>');
			const answer = await send({ body });
			expect(answer.status).toBe(403);
			expect(answer.text).toBe('<Error>错误 ✓</Error>');
			expect(answer.header('etag')).toBe('"ABC"');
			expect(answer.header('x-oss-absent')).toBeUndefined();
		});

		test('a text body is UTF-8 and brings no Content-Type that nobody signed', async () => {
			const text = '<ETag>"中"</ETag>';
			await send({ method: 'POST', body: text });
			expect(server.received[0]?.md5).toBe(createHash('md5').update(text).digest('hex'));
			expect(server.received[0]?.headers['content-type'] ?? '').toBe('');
		});

		test('a Content-Type that was signed is the one that is sent', async () => {
			await send({ method: 'POST', body: 'a', headers: { 'content-type': 'application/xml' } });
			expect(server.received[0]?.headers['content-type']).toBe('application/xml');
		});

		test('a request without a body gets an answer, HEAD included', async () => {
			server.answer = (_, response) => response.writeHead(200, { ETag: '"H"' }).end();
			const answer = await send({ method: 'HEAD' });
			expect([answer.status, answer.text, answer.header('etag')]).toEqual([200, '', '"H"']);
		});

		test('a connection that is cut is a Network error that may be retried and tells no secret', async () => {
			server.onRequest = (request) => request.socket.destroy();
			const failure = await send({ body }).catch((error: unknown) => error);
			expect(failure).toMatchObject({ code: 'Network', retryable: true });
			expect(String(failure)).toContain('127.0.0.1');
			expect(String(failure)).not.toContain('SECRET');
		});

		test.each([301, 302, 303, 307, 308])(
			'a redirect (%i) is Service, tells whose it is and what to check, and no secret [A5]',
			async (status) => {
				const elsewhere = await startServer();
				try {
					const Location = `${elsewhere.url}/other?signature=SECRET`;
					server.answer = (_, response) => response.writeHead(status, { Location }).end();
					for (const sent of [body, 'text']) {
						const failure = await send({ body: sent }).catch((error: unknown) => error);
						expect(failure).toMatchObject({ code: 'Service', retryable: true });
						expect(String(failure)).toMatch(/127\.0\.0\.1:\d+ redirects .*`endpoint`/);
						expect(String(failure)).not.toContain('SECRET');
					}
				} finally {
					await elsewhere.close();
				}
			},
		);

		test('a server that is not there is a Network error', async () => {
			await expect(send({ body, url: 'http://127.0.0.1:1/?signature=SECRET' })).rejects.toMatchObject({
				code: 'Network',
			});
		});

		// What happy-dom lets pass, headers with line breaks, is refused in `chromium/exchange`.
		test('a URL that is none is a TypeError that quotes nothing', async () => {
			for (const sent of [body, 'text']) {
				const url = 'https://oss.test:SECRET/';
				const failure = await send({ body: sent, url }).catch((error: unknown) => error);
				expect(failure).toBeInstanceOf(TypeError);
				expect(String(failure)).not.toContain('SECRET');
			}
		});

		test('aborted before, it sends nothing and rejects with the reason itself', async () => {
			const reason = new Error('mine');
			await expect(send({ body, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
			expect(server.received).toEqual([]);
		});

		test('aborted while it waits for an answer, it rejects with the reason itself and hangs up', async () => {
			const controller = new AbortController();
			const reason = new Error('mine');
			const hungUp = new Promise((resolve) => {
				server.answer = (request) => {
					request.socket.on('close', resolve);
					controller.abort(reason);
				};
			});
			await expect(send({ body, signal: controller.signal })).rejects.toBe(reason);
			await hungUp;
		});

		test('aborted while the answer comes in, it rejects with the reason itself', async () => {
			const controller = new AbortController();
			const reason = { not: 'even an Error' };
			server.answer = (_, response) => {
				response.writeHead(200).write('<half');
				setTimeout(() => controller.abort(reason), 50);
			};
			await expect(send({ body, signal: controller.signal })).rejects.toBe(reason);
		});

		test('reaches says whether anything answers, whatever it answers', async () => {
			const { signal } = new AbortController();
			server.answer = (_, response) => response.writeHead(500).end();
			expect(await create().reaches(server.url, signal)).toBe(true);
			expect(await create().reaches('http://127.0.0.1:1/', signal)).toBe(false);
		});

		test('reaches, aborted, rejects with the reason itself', async () => {
			const reason = new Error('mine');
			await expect(create().reaches(server.url, AbortSignal.abort(reason))).rejects.toBe(reason);
		});
	});
}

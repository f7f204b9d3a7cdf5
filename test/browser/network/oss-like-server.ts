import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export interface Received {
	readonly method: string | undefined;
	readonly url: string | undefined;
	readonly headers: IncomingMessage['headers'];
	readonly size: number;
	readonly md5: string;
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export interface OssLikeServer {
	readonly url: string;
	readonly received: Received[];
	/** How the next requests (not preflights) are answered, once their body is in. */
	answer: Answer;
	/** Called with the request before its body is read. */
	onRequest: Answer | undefined;
	close(): Promise<void>;
}

/** A server of another origin with real CORS: it exposes `ETag`, and hides `x-oss-hidden`. */
export async function startServer(): Promise<OssLikeServer> {
	const received: Received[] = [];
	const server = createServer((request, response) => {
		response.setHeader('Access-Control-Allow-Origin', request.headers.origin ?? '*');
		response.setHeader('Access-Control-Expose-Headers', 'ETag');
		if (request.method === 'OPTIONS') {
			response.setHeader('Access-Control-Allow-Methods', 'GET, PUT, POST, HEAD, DELETE');
			response.setHeader(
				'Access-Control-Allow-Headers',
				request.headers['access-control-request-headers'] ?? '*',
			);
			response.end();
			return;
		}
		if (handle.onRequest) {
			handle.onRequest(request, response);
			return;
		}
		const md5 = createHash('md5');
		let size = 0;
		request.on('data', (chunk: Buffer) => {
			size += chunk.length;
			md5.update(chunk);
		});
		request.on('end', () => {
			const { method, url, headers } = request;
			received.push({ method, url, headers, size, md5: md5.digest('hex') });
			handle.answer(request, response);
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	const handle: OssLikeServer = {
		url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
		received,
		answer: (_, response) => response.end(),
		onRequest: undefined,
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
	return handle;
}

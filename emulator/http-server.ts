import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

export interface RunningServer {
	/** `http://127.0.0.1:PORT` */
	readonly url: string;
	/** Ends every connection. */
	close(): Promise<void>;
}

type Serve = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Listens on loopback only. */
export async function listen(port: number, serve: Serve): Promise<RunningServer> {
	// The C SDK sends `Transfer-Encoding: chunked` together with a Content-Length, which only this parser takes.
	const server = createServer({ maxHeaderSize: 64 * 1024, insecureHTTPParser: true });
	// A throttled or hanging part may well take longer than Node allows a request by default.
	server.requestTimeout = 0;
	server.timeout = 0;
	const running = new Set<Promise<void>>();
	server.on('request', (request, response) => {
		if (!isPlainHttp(request)) return refuse(request, response);
		const { socket } = request;
		const served = serve(request, response)
			.catch(() => socket.destroy())
			.then(() => {
				running.delete(served);
			});
		running.add(served);
	});
	server.on('clientError', answerUnreadable);
	server.listen(port, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('The server has no port.');
	return {
		url: `http://127.0.0.1:${address.port}`,
		close: async () => {
			const closed = once(server, 'close');
			server.close();
			server.closeAllConnections();
			await closed;
			// Files may only go when nobody writes them any more.
			await Promise.all(running);
		},
	};
}

function refuse(request: IncomingMessage, response: ServerResponse): void {
	// Bytes that nobody read would reset the connection, and the answer might go with it.
	request.on('error', () => {}).resume();
	response.writeHead(400, { Connection: 'close', 'Content-Length': '0' }).end();
}

/** What no parser takes for HTTP. */
function answerUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
	if (!socket.writable || error.code === 'ECONNRESET') {
		socket.destroy();
		return;
	}
	const status =
		error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
	socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** Node's lenient parser lets more pass than the pair of lengths it is there for: OSS takes none of the rest. */
function isPlainHttp({ httpVersion, headers, rawHeaders }: IncomingMessage): boolean {
	const coding = headers['transfer-encoding'];
	return (
		(httpVersion === '1.1' || httpVersion === '1.0') &&
		(coding === undefined || coding.trim().toLowerCase() === 'chunked') &&
		rawHeaders.every((text) => !hasControlCharacter(text))
	);
}

const hasControlCharacter = (text: string): boolean =>
	[...text].some((character) => (character < ' ' && character !== '\t') || character === '\x7f');

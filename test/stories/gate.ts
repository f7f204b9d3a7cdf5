import { request as ask, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { urlOf } from '../served.js';

/** What stands between a page and OSS: a proxy, a firewall, a gateway. Or what stands in OSS's place. */
export interface Gate {
	/** `http://127.0.0.1:PORT` */
	readonly url: string;
	close(): Promise<void>;
}

type Headers = Record<string, string | string[] | undefined>;

export interface GateRules {
	/** Whether the gate has answered itself, or cut, or keeps silent: then nothing goes further. */
	readonly keeps?: (request: IncomingMessage, response: ServerResponse) => boolean;
	/** The same of an answer of OSS, once there is one. */
	readonly replaces?: (answer: IncomingMessage, response: ServerResponse) => boolean;
	/** What OSS gets of the headers, names in lower case. */
	readonly asks?: (headers: Headers) => Headers;
	/** What the page gets of the headers of an answer, names in lower case. */
	readonly answers?: (headers: Headers) => Headers;
}

const unchanged = (headers: Headers): Headers => headers;

export async function gateTo(
	target: string,
	{ keeps = () => false, replaces = () => false, asks = unchanged, answers = unchanged }: GateRules,
): Promise<Gate> {
	const { hostname, port } = new URL(target);
	const server = createServer((request, response) => {
		if (keeps(request, response)) {
			request.resume();
			return;
		}
		const { method, url: path, headers } = request;
		const further = ask({ hostname, port, method, path, headers: asks({ ...headers }) }, (answer) => {
			if (replaces(answer, response)) {
				answer.resume();
				return;
			}
			response.writeHead(answer.statusCode ?? 502, answers({ ...answer.headers }));
			answer.pipe(response);
		});
		further.on('error', () => response.destroy());
		request.pipe(further);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: urlOf(server).slice(0, -1),
		async close() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

/** Everything that it is asked is answered here. */
export const serve = (answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<Gate> =>
	gateTo('http://127.0.0.1:9', {
		keeps(request, response) {
			answer(request, response);
			return true;
		},
	});

import type { EventEmitter } from 'node:events';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import {
	createServer,
	type IncomingMessage,
	type RequestListener,
	type Server,
	type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
	'.html': 'text/html',
	'.js': 'text/javascript',
	'.css': 'text/css',
	'.svg': 'image/svg+xml',
	'.png': 'image/png',
	'.webp': 'image/webp',
};

export interface AnsweredRequest {
	readonly path: string;
	readonly status: number;
	/** What the browser wanted it for: `document`, `script`, `worker` … */
	readonly destination: string;
}

export interface Served {
	readonly url: string;
	/** In the order in which they were answered. */
	readonly answered: readonly AnsweredRequest[];
	close(): Promise<void>;
}

/** Serves the files of a folder, each with these headers, and nothing else: no names are guessed. */
export async function serveFolder(
	directory: string,
	headers: Readonly<Record<string, string>> = {},
): Promise<Served> {
	const server = createServer(answerFiles(directory, headers));
	const answered = logOf(server);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: urlOf(server),
		answered,
		async close() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

/** What a server answers that has the files of a folder, each with these headers, and nothing else. */
export const answerFiles =
	(directory: string, headers: Readonly<Record<string, string>> = {}): RequestListener =>
	async (request, response) => {
		const path = new URL(request.url ?? '/', 'http://localhost').pathname;
		const file = join(directory, path === '/' ? 'index.html' : path);
		const isThere = await stat(file).then(
			(found) => found.isFile(),
			() => false,
		);
		const type = TYPES[extname(file)] ?? 'text/plain';
		response.writeHead(isThere ? 200 : 404, { 'Content-Type': type, ...headers });
		if (isThere) createReadStream(file).pipe(response);
		else response.end();
	};

export const urlOf = (server: Pick<Server, 'address'>): string =>
	`http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

/** Fills while the server runs. */
export function logOf(server: EventEmitter): readonly AnsweredRequest[] {
	const answered: AnsweredRequest[] = [];
	server.on('request', ({ url = '/', headers }: IncomingMessage, response: ServerResponse) => {
		response.on('finish', () => {
			const destination = String(headers['sec-fetch-dest'] ?? '');
			answered.push({ path: url, status: response.statusCode, destination });
		});
	});
	return answered;
}

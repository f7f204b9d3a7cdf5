import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerFiles } from '../served.js';
import type { Tokens } from './tokens.js';

export interface Origin {
	/** As a CORS rule names it: without a slash at its end. */
	readonly origin: string;
	close(): Promise<void>;
}

/**
 * Serves the page, and at `/sts` the tokens: passed on, since the server that answers them need not know of this origin.
 *
 * Rejects when the port is taken, naming the variable that chooses another.
 */
export async function openOrigin(directory: string, tokens: Tokens, port: number): Promise<Origin> {
	const files = answerFiles(directory);
	const server = createServer((request, response) => {
		if (request.url !== '/sts') return files(request, response);
		const reply = (status: number, json: object) => {
			response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
			response.end(JSON.stringify(json));
		};
		tokens.answer().then(
			(json) => reply(200, json),
			(error: Error) => reply(502, { message: error.message }),
		);
	});
	server.listen(port, 'localhost');
	await once(server, 'listening').catch((error: Error) => {
		throw new Error(`The page needs port ${port}: ${error.message}. Choose another by OSS_TEST_ORIGIN_PORT.`);
	});
	return {
		// By its name, as people write it into a CORS rule.
		origin: `http://localhost:${(server.address() as AddressInfo).port}`,
		async close() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

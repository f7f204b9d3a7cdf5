import { createServer } from 'node:http';
import { urlOf } from '../served.js';

/** A server that swallows what any page puts there. */
export interface Sink {
	readonly url: string;
	close(): Promise<void>;
}

export async function startSink(): Promise<Sink> {
	const server = createServer((request, response) => {
		response.setHeader('Access-Control-Allow-Origin', '*');
		response.setHeader('Access-Control-Allow-Methods', 'PUT');
		request.on('error', () => {});
		request.on('end', () => response.end()).resume();
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: urlOf(server),
		async close() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

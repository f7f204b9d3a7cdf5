import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Emulator } from '../../emulator/index.js';
import { isForeign, pageOrigins } from './own-page.js';
import { createPage } from './page.js';
import { answer, createRoutes, refuse } from './routes.js';
import type { DemoOptions } from './settings.js';
import { openStorage } from './storage.js';

export { type DemoOptions, demoOptions } from './settings.js';

export interface Demo {
	/** Of the page. */
	readonly url: string;
	/** Where the page uploads to. */
	readonly endpoint: string;
	/** Undefined when the page talks to a real bucket. */
	readonly emulator: Emulator | undefined;
	close(): Promise<void>;
}

const DEFAULTS: DemoOptions = { port: 0, emulatorPort: 0, tokenSeconds: 900 };

/**
 * Starts the page and, on another port (so that CORS is real), the emulator; both on loopback only. Rejects with a
 * sentence when a port is taken.
 */
export async function startDemo(options: Partial<DemoOptions> = {}): Promise<Demo> {
	const settings = { ...DEFAULTS, ...options };
	const server = createServer();
	await listen(server, settings.port);
	try {
		const storage = await openStorage(settings, pageOrigins(portOf(server))).catch((error: unknown) => {
			throw portTaken(error, settings.emulatorPort, 'EMULATOR_PORT');
		});
		const endpoint = new URL(storage.base).origin;
		const page = await createPage(server, endpoint);
		const routes = createRoutes(storage);
		server.on('request', (request, response) => {
			if (isForeign(request)) return refuse(response);
			answer(routes, request, response).then(
				(taken) => taken || page.middlewares(request, response),
				() => response.destroy(),
			);
		});
		return {
			url: `http://127.0.0.1:${portOf(server)}/`,
			endpoint,
			emulator: storage.emulator,
			close: async () => {
				await Promise.all([closeServer(server), page.close(), storage.close()]);
			},
		};
	} catch (error) {
		await closeServer(server);
		throw error;
	}
}

const listen = (server: Server, port: number): Promise<void> =>
	new Promise((resolve, reject) => {
		server.once('error', (error) => reject(portTaken(error, port, 'PORT')));
		server.listen(port, '127.0.0.1', resolve);
	});

/** A page that is still open keeps its connections; they must not keep the server. */
const closeServer = (server: Server): Promise<void> =>
	new Promise((resolve) => {
		server.close(() => resolve());
		server.closeAllConnections();
	});

function portOf(server: Server): number {
	const address: AddressInfo | string | null = server.address();
	if (typeof address === 'object' && address) return address.port;
	throw new Error('The demo server listens on no port');
}

function portTaken(error: unknown, port: number, name: string): unknown {
	const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
	if (!isTaken) return error;
	return new Error(
		`Port ${port} is taken: end what uses it, or choose another one: ${name}=${port + 10} npm start`,
		{
			cause: error,
		},
	);
}

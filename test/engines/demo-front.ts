import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Demo } from '../../demo/server/index.js';
import { DEFAULT_CORS } from '../../emulator/index.js';
import { urlOf } from '../served.js';
import { countKept } from '../stories/kept-sources.js';

const DRIVER = new URL('./demo-driver.js', import.meta.url);

export interface Front {
	/** Of the demo page with the driver in it. */
	readonly url: string;
	close(): Promise<void>;
}

/**
 * Stands before a demo, and has its page load `demo-driver.js` too, and upload to `endpoint`: a line to the demo's OSS.
 * All else passes as it is.
 */
export async function startFront(demo: Demo, endpoint: string): Promise<Front> {
	const server = createServer((asked, answer) => {
		if (asked.url === '/demo-driver.js') void sendDriver(answer);
		else pass(asked, answer, demo.url, (text) => withDriver(text.replaceAll(demo.endpoint, endpoint)));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const url = urlOf(server);
	// The page has another origin here than the one that the demo's OSS knows.
	demo.emulator?.setCors(DEFAULT_CORS.map((rule) => ({ ...rule, origins: [new URL(url).origin] })));
	return {
		url,
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}

async function sendDriver(answer: ServerResponse): Promise<void> {
	const driver = await readFile(DRIVER, 'utf8');
	answer
		.writeHead(200, { 'content-type': 'text/javascript' })
		.end(`globalThis.countKept = ${countKept};\n${driver}`);
}

/** Firefox's driver makes functions of text, which the page's policy would refuse. */
const withDriver = (html: string): string =>
	html
		.replace("script-src 'self'", "script-src 'self' 'unsafe-eval'")
		.replace('</body>', '<script type="module" src="/demo-driver.js"></script></body>');

/** `change`: of a page, and of where it uploads to. */
function pass(
	asked: IncomingMessage,
	answer: ServerResponse,
	to: string,
	change: (text: string) => string,
): void {
	const { host, origin } = new URL(to);
	const headers = { ...asked.headers, host, ...(asked.headers.origin && { origin }) };
	const sent = request(new URL(asked.url ?? '/', to), { method: asked.method, headers }, (response) => {
		const isChanged =
			asked.url === '/config' || (response.headers['content-type']?.startsWith('text/html') ?? false);
		const { 'content-length': _, ...rest } = response.headers;
		answer.writeHead(response.statusCode ?? 502, isChanged ? rest : response.headers);
		if (isChanged) void text(response).then((whole) => answer.end(change(whole)));
		else response.pipe(answer);
	});
	sent.on('error', () => answer.destroy());
	asked.pipe(sent);
}

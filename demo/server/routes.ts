import type { IncomingMessage, ServerResponse } from 'node:http';
import { createSigner, NotSignedError } from 'oss-resumable-upload/sign';
import type { Emulator } from '../../emulator/index.js';
import { BadRequest } from './bad-request.js';
import { isOwnPage } from './own-page.js';
import { Redirect } from './redirect.js';
import { PREFIX, type Storage } from './storage.js';
import type { TemporaryCredentials } from './sts.js';
import { Weather } from './weather.js';

/** Answers what it answers as JSON, `undefined` as 204, a `Redirect` as such. */
type Route = (body: unknown, query: URLSearchParams) => Promise<unknown>;

const MAX_BODY_BYTES = 64 * 1024;

/** Seconds in which a link to an object has to be followed. */
const LINK_SECONDS = 60;

/** What the page asks its own server: where to upload, tokens, signatures, links, and (emulator only) bad weather. */
export function createRoutes(storage: Storage): ReadonlyMap<string, Route> {
	const { mode, bucket, region, endpoint, emulator } = storage;
	const signer = createSigner({ bucket, region, endpoint, credentials: sharedCredentials(storage) });
	return new Map<string, Route>([
		['GET /config', async () => ({ mode, bucket, region, endpoint })],
		['POST /sts', () => storage.mintCredentials()],
		['POST /sign', (request) => signer.signUpload(request, { prefix: PREFIX })],
		[
			'GET /object',
			async (_, query) => {
				const key = query.get('key') ?? '';
				if (!key.startsWith(PREFIX)) throw new BadRequest(`No object of this page is called so: ${key}`);
				return new Redirect(await signer.presign({ method: 'GET', key }, LINK_SECONDS));
			},
		],
		...(emulator ? weatherRoutes(emulator) : []),
	]);
}

function weatherRoutes(emulator: Emulator): readonly (readonly [string, Route])[] {
	const weather = new Weather(emulator);
	return [
		['GET /weather', async () => weather.state],
		['POST /weather', async (body) => weather.change(asRecord(body))],
		['POST /expire', async () => emulator.expireTokens()],
	];
}

/** One token for all signatures, until it is about to end. */
function sharedCredentials(storage: Storage): () => Promise<TemporaryCredentials> {
	let latest: TemporaryCredentials | undefined;
	return async () => {
		const left = latest ? Date.parse(latest.expiration) - Date.now() : 0;
		if (!latest || left < 2000) latest = await storage.mintCredentials();
		return latest;
	};
}

/** Whether a route took the request. */
export async function answer(
	routes: ReadonlyMap<string, Route>,
	request: IncomingMessage,
	response: ServerResponse,
): Promise<boolean> {
	const { pathname: path, searchParams } = new URL(request.url ?? '/', 'http://page');
	const route = routes.get(`${request.method} ${path}`);
	if (!route) return false;
	if (!isOwnPage(request)) {
		refuse(response);
		return true;
	}
	try {
		const body = request.method === 'POST' ? await readJson(request) : undefined;
		reply(response, 200, await route(body, searchParams));
	} catch (error) {
		const message = error instanceof Error ? error.message : String(error);
		const status = statusOf(error);
		if (status === 502) console.error(`${path}: ${message}`);
		reply(response, status, { message });
	}
	return true;
}

function statusOf(error: unknown): number {
	if (error instanceof NotSignedError) return error.status;
	return error instanceof BadRequest ? 400 : 502;
}

export const refuse = (response: ServerResponse): void =>
	reply(response, 403, { message: 'Only the demo page itself may ask this.' });

async function readJson(request: IncomingMessage): Promise<unknown> {
	const chunks: Buffer[] = [];
	let bytes = 0;
	for await (const chunk of request) {
		const buffer = Buffer.from(chunk);
		bytes += buffer.length;
		if (bytes > MAX_BODY_BYTES) throw new BadRequest('The body is too long');
		chunks.push(buffer);
	}
	const text = Buffer.concat(chunks).toString('utf8');
	try {
		return text === '' ? undefined : JSON.parse(text);
	} catch {
		throw new BadRequest('The body is no JSON');
	}
}

function reply(response: ServerResponse, status: number, body: unknown): void {
	const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
	if (body instanceof Redirect) response.writeHead(302, { ...headers, location: body.location }).end();
	else if (body === undefined) response.writeHead(204, headers).end();
	else response.writeHead(status, headers).end(JSON.stringify(body));
}

const asRecord = (value: unknown): Record<string, unknown> =>
	typeof value === 'object' && value !== null ? { ...value } : {};
